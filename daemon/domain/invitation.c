/* SPDX-License-Identifier: MIT */
/*
 * The invariants: of one entry and person at most one message is on its way; what is handed out later has a
 * higher sequence where it says something else; and whoever may have been told something that is no longer so
 * is told again, also when a message was only perhaps sent.
 */
#include "invitation.h"

#include "day.h"
#include "letter.h"
#include "outbox.h"
#include "pack.h"
#include "reminder_plan.h"
#include "say.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>

/* ---- what was told, and what is to be told ---- */

static struct calendar_told told_of(const struct calendar_turn_row *row, const char *email)
{
    return (struct calendar_told){ .subject = row->subject,
                                   .rotation = row->rotation,
                                   .title = row->title,
                                   .zone = row->zone,
                                   .starts_at = row->starts_at,
                                   .ends_at = row->ends_at,
                                   .from = row->from,
                                   .to = row->to,
                                   .is_team = row->is_team,
                                   .member = row->member,
                                   .member_name = row->is_team ? row->member_name : NULL,
                                   .email = email };
}

/* The entry as it was told, for whoever has it and is to forget it. */
static enum code recall(struct call *call, const char *uid, struct packed bytes,
                        struct calendar_turn_row *row)
{
    struct calendar_told told = { 0 };
    if (record_unpack(&record_calendar_told, bytes, &told, NULL, &call->arena, &call->error))
        return call->error.code;
    *row = (struct calendar_turn_row){ .uid = uid,
                                       .subject = told.subject,
                                       .rotation = told.rotation,
                                       .title = told.title,
                                       .zone = told.zone,
                                       .starts_at = told.starts_at,
                                       .ends_at = told.ends_at,
                                       .from = told.from,
                                       .to = told.to,
                                       .is_team = told.is_team,
                                       .member = told.member,
                                       .member_name = told.member_name };
    return OK;
}

static struct packed pack_told(struct call *call, const struct calendar_turn_row *row, const char *email)
{
    const struct calendar_told told = told_of(row, email);
    return record_packed(&record_calendar_told, &told, &call->arena);
}

static bool is_same(struct packed a, struct packed b)
{
    return a.bytes && b.bytes && a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

static const struct calendar_people_row *find_invited(const struct calendar_truth *truth, const char *person)
{
    for (size_t i = 0; i < truth->invited_count; i++)
        if (strcmp(truth->invited[i].person, person) == 0)
            return &truth->invited[i];
    return NULL;
}

static bool has_method(const struct invitation_of_row *known, enum invitation_method method)
{
    return known->method && (enum invitation_method) * known->method == method;
}

/* ---- whose calendar is behind ---- */

struct update {
    struct calendar_truth truth;
    struct invitation_of_row_list known;
    int64_t over_at;
};

static const struct invitation_of_row *find_known(const struct update *update, const char *person)
{
    for (size_t i = 0; i < update->known.items_count; i++)
        if (strcmp(update->known.items[i].person, person) == 0)
            return &update->known.items[i];
    return NULL;
}

static const char *letter_id(struct call *call, const char *uid, const char *person, int64_t letters)
{
    return reminder_id(call, "invitation", uid, arena_print(&call->arena, "%" PRId64, letters), NULL, person);
}

/*
 * Whoever changes things to and fro fills the mailboxes of others with it. So who has had some messages about
 * one entry within a day gets the next ones ever later, each with what is so by then.
 */
enum { AT_ONCE_A_DAY = 4, DOUBLINGS_MOST = 3 };

static enum code find_moment(struct call *call, const char *uid, const char *person,
                             const struct invitation_of_row *known, int64_t *at)
{
    struct invitation_count_row row = { 0 };
    const struct invitation_count_params params = { uid, person, call->now - DAY_SECONDS };
    *at = call->now;
    if (!known || known->letters < AT_ONCE_A_DAY)
        return OK;
    if (sql_invitation_count(call, &params, &row))
        return call->error.code;
    int64_t over = row.count - AT_ONCE_A_DAY;
    if (over >= 0)
        *at += 3600LL << (over < DOUBLINGS_MOST ? over : DOUBLINGS_MOST);
    return OK;
}

static enum code put_on_way(struct call *call, const struct update *update, const char *person,
                            const struct invitation_of_row *known, int64_t over_at)
{
    const char *uid = update->truth.uid;
    int64_t letters = known ? known->letters + 1 : 1;
    const char *mail = letter_id(call, uid, person, letters);
    const struct invitation_mailed_params row = { uid, person, mail, letters, over_at };
    int64_t at;
    if (find_moment(call, uid, person, known, &at) || sql_invitation_mailed(call, &row))
        return call->error.code;
    return outbox_add_invitation(call, mail, person, uid, at, false);
}

/* It was handed out, and nothing more was heard of it. */
static bool is_perhaps(const struct invitation_of_row *known)
{
    return known->method && !known->is_known && !known->is_refused;
}

/* What is past is left alone, but not a reader who still waits for it: it was moved to an earlier day. */
static bool is_ahead(const struct call *call, int64_t over_at, const struct invitation_of_row *known)
{
    return over_at > call->now ||
           (known && has_method(known, INVITATION_METHOD_REQUEST) && known->over_at > call->now);
}

/* A refusal is not tried again until there is something else to say. */
static enum code update_invited(struct call *call, const struct update *update,
                                const struct calendar_people_row *person)
{
    const struct invitation_of_row *known = find_known(update, person->person);
    if (!person->email || (known && known->mail) || !is_ahead(call, update->over_at, known))
        return OK;
    if (known && has_method(known, INVITATION_METHOD_REQUEST) && !is_perhaps(known) &&
        is_same(known->told, pack_told(call, &update->truth.row, person->email)))
        return OK;
    return put_on_way(call, update, person->person, known, update->over_at);
}

static enum code update_former(struct call *call, const struct update *update,
                               const struct invitation_of_row *known)
{
    bool may_have_it = has_method(known, INVITATION_METHOD_REQUEST) || is_perhaps(known);
    if (!may_have_it || known->over_at <= call->now || known->mail || !known->email ||
        find_invited(&update->truth, known->person))
        return OK;
    return put_on_way(call, update, known->person, known, known->over_at);
}

static enum code update_all(struct call *call, struct update *update)
{
    const struct calendar_truth *truth = &update->truth;
    if (truth->is_there && calendar_over_at(call, &truth->row, &update->over_at))
        return call->error.code;
    for (size_t i = 0; truth->is_there && i < truth->invited_count; i++)
        if (update_invited(call, update, &truth->invited[i]))
            return call->error.code;
    for (size_t i = 0; i < update->known.items_count; i++)
        if (update_former(call, update, &update->known.items[i]))
            return call->error.code;
    return OK;
}

static enum code find_on(struct call *call, bool *is_on)
{
    struct invitation_is_on_row row = { 0 };
    if (sql_invitation_is_on(call, &row))
        return call->error.code;
    *is_on = row.is_on;
    return OK;
}

enum code calendar_update_job(struct call *call, const char *uid, int64_t due_at)
{
    struct update update = { 0 };
    bool is_on = false;
    (void)due_at;
    if (calendar_look(call, uid, &update.truth) || find_on(call, &is_on))
        return call->error.code;
    if (!is_on)
        return OK;
    if (sql_invitation_of(call, &(struct invitation_of_params){ .uid = uid }, &update.known))
        return call->error.code;
    return update_all(call, &update);
}

/* ---- what a message has to say ---- */

static enum code read_request(struct call *call, const struct calendar_people_row *person,
                              const struct invitation_of_row *known, struct invitation_news *news)
{
    const struct calendar_truth *truth = &news->truth;
    news->method = INVITATION_METHOD_REQUEST;
    news->what = truth->row;
    news->told = pack_told(call, &truth->row, person->email);
    bool is_told = has_method(known, INVITATION_METHOD_REQUEST) && is_same(known->told, news->told);
    if (calendar_over_at(call, &truth->row, &news->over_at))
        return call->error.code;
    news->has_any = is_ahead(call, news->over_at, known) && !(is_told && known->is_known);
    if (!is_told && known->method)
        news->letters++;
    return OK;
}

/* Also when the turn is past by now: it waited for somebody who was away, and was never theirs. */
static enum code read_cancel(struct call *call, const struct invitation_of_row *known,
                             struct invitation_news *news)
{
    const struct calendar_truth *truth = &news->truth;
    bool is_cancelled = has_method(known, INVITATION_METHOD_CANCEL);
    news->has_any = known->method && !(is_cancelled && known->is_known);
    if (!news->has_any)
        return OK;
    if (recall(call, truth->uid, known->told, &news->what))
        return call->error.code;
    news->method = INVITATION_METHOD_CANCEL;
    news->told = known->told;
    news->over_at = known->over_at;
    news->what.sequence = truth->sequence;
    news->what.stamped_at = truth->stamped_at;
    news->letters += !is_cancelled;
    return OK;
}

enum code invitation_read(struct call *call, const struct outbox_row_row *message,
                          struct invitation_news *news)
{
    struct invitation_of_row known = { 0 };
    bool is_on = false;
    *news = (struct invitation_news){ .mail = message->id };
    enum code code = sql_invitation_row(
        call, &(struct invitation_row_params){ message->subject, message->person }, &known);
    bool is_its_own = code == OK && known.mail && strcmp(known.mail, message->id) == 0;
    if (code == NOT_FOUND || (code == OK && !is_its_own))
        return OK;
    if (code || find_on(call, &is_on) || calendar_look(call, message->subject, &news->truth))
        return call->error.code;
    if (!is_on || !known.email)
        return OK;
    news->letters = known.letters;
    news->zone = known.zone;
    const struct calendar_people_row *invited = find_invited(&news->truth, message->person);
    if (invited ? read_request(call, invited, &known, news) : read_cancel(call, &known, news))
        return call->error.code;
    /* what was said under an id, perhaps more than once, is never another thing */
    bool is_used = known.handed && strcmp(known.handed, message->id) == 0;
    if (news->letters > known.letters && is_used)
        news->mail = letter_id(call, message->subject, message->person, news->letters);
    else
        news->letters = known.letters;
    return OK;
}

/* ---- handing it out, and what becomes of it ---- */

/* Why it is no longer theirs; NULL: nothing is known but that. */
static enum code find_detail(struct call *call, const struct invitation_news *news, const char **detail)
{
    struct sabbatical sabbatical = { 0 };
    const struct calendar_turn_row *now = &news->truth.row;
    bool is_there = news->truth.is_there;
    if (is_there && now->is_open)
        *detail = _("Nobody has it yet.");
    else if (is_there && strcmp(now->member, news->what.member) != 0)
        *detail = arena_print(&call->arena, _("%s has it now."),
                              now->member_name ? now->member_name : now->member);
    else if (!is_there && news->what.starts_at)
        *detail = _("It does not take place.");
    if (is_there || news->what.starts_at)
        return OK;
    const struct sabbatical_row_params was = { .id = news->what.subject };
    enum code code = sql_sabbatical_row(call, &was, &sabbatical);
    *detail = sabbatical.reason;
    return code == NOT_FOUND ? OK : code;
}

/* The words of what is told, and of what has become of it. */
static enum code find_words(struct call *call, const struct invitation_news *news,
                            struct template_words *words)
{
    const struct calendar_turn_row *row = &news->what;
    const struct zone *home;
    if (company_zone(call, &home))
        return call->error.code;
    const struct zone *zone = when_zone(call, news->zone, home);
    int32_t day = row->starts_at ? day_of_seconds(zone_local(zone, *row->starts_at)) : *row->from;
    words->of[TEMPLATE_TITLE] = *row->title ? row->title : _("Sabbatical");
    if (*row->title && !row->starts_at && news->method == INVITATION_METHOD_CANCEL)
        words->of[TEMPLATE_TITLE] = arena_print(&call->arena, "%s: %s", _("Sabbatical"), row->title);
    words->of[TEMPLATE_SUBJECT] = row->subject;
    words->of[TEMPLATE_OTHER] = row->member_name;
    words->of[TEMPLATE_DAY] = say_full_day(&call->arena, day);
    words->of[TEMPLATE_WHEN] = row->starts_at ? when_instant(call, *row->starts_at, zone, home)
                                              : when_days(call, *row->from, *row->to);
    words->of[TEMPLATE_WHY] = row->is_team ? _("You get this because it concerns your team.")
                                           : _("You get this because it concerns you.");
    if (news->method == INVITATION_METHOD_CANCEL)
        return find_detail(call, news, &words->of[TEMPLATE_DETAIL]);
    return OK;
}

static const char *kind_of(const struct invitation_news *news)
{
    if (news->method == INVITATION_METHOD_CANCEL)
        return "invitation_cancelled";
    if (!news->what.starts_at)
        return "invitation_sabbatical";
    return news->what.is_team ? "invitation_turn_team" : "invitation_turn";
}

static enum code write_text(struct call *call, const char *person, const struct invitation_news *news,
                            struct letter *letter)
{
    struct template_words words = { .of = { [TEMPLATE_PERSON] = person } };
    struct filled filled;
    struct letter_text mail;
    if (find_words(call, news, &words) || template_fill(call, kind_of(news), &words, &filled))
        return call->error.code;
    words.of[TEMPLATE_NAME] = letter_first_name(call, letter->to_name);
    if (letter_write(call, "letter_invitation", &words, &filled, 1, &mail))
        return call->error.code;
    letter->subject = mail.subject;
    letter->text = mail.text;
    letter->html = mail.html;
    return OK;
}

enum code invitation_write(struct call *call, const char *person, const struct invitation_news *news,
                           struct letter *letter)
{
    struct invitation *calendar = arena_take(&call->arena, sizeof *calendar);
    struct calendar_entry *entry = arena_take(&call->arena, sizeof *entry);
    if (calendar_fill(call, &news->what, person, entry))
        return call->error.code;
    if (news->method == INVITATION_METHOD_CANCEL)
        entry->state = CALENDAR_ENTRY_STATE_CANCELLED;
    *calendar = (struct invitation){ .method = news->method, .entry = entry };
    letter->calendar = calendar;
    return write_text(call, person, news, letter);
}

enum code invitation_hand_out(struct call *call, const struct outbox_row_row *message,
                              const struct invitation_news *news)
{
    const struct invitation_mailed_params mailed = { message->subject, message->person, news->mail,
                                                     news->letters, news->over_at };
    const struct invitation_handed_params handed = {
        .uid = message->subject,
        .person = message->person,
        .mail = news->mail,
        .method = news->method,
        .sequence = news->what.sequence,
        .told = news->told,
        .over_at = news->over_at,
    };
    return sql_invitation_mailed(call, &mailed) ? call->error.code : sql_invitation_handed(call, &handed);
}

enum code invitation_end(struct call *call, const struct outbox_row_row *message, bool is_known)
{
    struct invitation_is_behind_row row = { 0 };
    const struct invitation_ended_params end = { message->subject, message->person, message->id, is_known };
    if (sql_invitation_ended(call, &end))
        return call->error.code;
    enum code code = sql_invitation_is_behind(
        call, &(struct invitation_is_behind_params){ message->subject, message->person }, &row);
    if (code)
        return code == NOT_FOUND ? OK : code;
    return job_at(call, "calendar.update", message->subject, call->now);
}

enum code invitation_drop(struct call *call, const struct outbox_row_row *message)
{
    return sql_invitation_dropped(
        call, &(struct invitation_dropped_params){ message->subject, message->person, message->id });
}

enum code invitation_retry(struct call *call, const struct outbox_row_row *message)
{
    struct invitation_of_row known = { 0 };
    if (sql_invitation_row(call, &(struct invitation_row_params){ message->subject, message->person },
                           &known))
        return call->error.code;
    bool is_last = known.handed && strcmp(known.handed, message->id) == 0;
    if (known.mail || !is_last)
        return call_fail(call, CONFLICT, "id", _("a newer message has taken its place"));
    return sql_invitation_mailed(call, &(struct invitation_mailed_params){ message->subject, message->person,
                                                                           message->id, known.letters,
                                                                           known.over_at });
}

/* ---- notices that say the same ---- */

/* By whether they are about a turn or a sabbatical. */
static const enum notice_kind of_turns[] = { NOTICE_TURN_ASSIGNED, NOTICE_TURN_LOST, NOTICE_TURN_MOVED,
                                             NOTICE_TURN_CANCELLED };
static const enum notice_kind of_sabbaticals[] = { NOTICE_SABBATICAL_APPROVED, NOTICE_SABBATICAL_CANCELLED };

static bool is_one_of(const char *message, const enum notice_kind *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(notice_words[kinds[i]], message) == 0)
            return true;
    return false;
}

enum code invitation_says_it(struct call *call, const struct reminder_open_row *notice, bool *says_it)
{
    struct invitation_says_row row = { 0 };
    bool is_of_turn = is_one_of(notice->message, of_turns, sizeof of_turns / sizeof *of_turns);
    *says_it = false;
    if (notice->rule || !notice->person ||
        (!is_of_turn &&
         !is_one_of(notice->message, of_sabbaticals, sizeof of_sabbaticals / sizeof *of_sabbaticals)))
        return OK;
    const char *uid = is_of_turn ? notice->subject : calendar_uid_of_sabbatical(call, notice->subject);
    enum code code = sql_invitation_says(call, &(struct invitation_says_params){ uid, notice->person }, &row);
    *says_it = code == OK;
    return code == NOT_FOUND ? OK : code;
}
