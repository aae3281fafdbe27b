/* SPDX-License-Identifier: MIT */
/*
 * The outbox. The invariant: a message is claimable, or its end is known. What is handed out comes back by
 * itself when nobody settles it; what fails comes again, later each time; after seven days it is given up and
 * somebody is told.
 */
#include "outbox.h"

#include "day.h"
#include "digest.h"
#include "invitation.h"
#include "log.h"
#include "message.h"
#include "post.h"
#include "reminder_plan.h"
#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MINUTE = 60,
    LEASE_SECONDS = 15 * MINUTE, /* the courier gives up on a server well before that */
    DEFAULT_EXPIRY = 24 * 60,    /* minutes */
    LOOKED_AT_ONCE = 500,        /* late messages looked at in one claim */
    WRITTEN_AT_ONCE = 20 * 1024, /* bytes of letters in one claim: more would let others wait for over a ms */
    MORNING = 7 * 60,            /* minutes after midnight */
    BACKOFF_LONGEST = 6 * 60 * MINUTE,
    WEEK_SECONDS = 7 * DAY_SECONDS /* of trying */
};

/* ---- what is late ---- */

bool outbox_coalesces(const struct reminder_open_row *reminder)
{
    return !reminder->snoozes && (!reminder->late || *reminder->late == REMINDER_RULE_LATE_COALESCE);
}

bool outbox_is_useless(const struct reminder_open_row *reminder, int64_t at)
{
    bool expires = !reminder->snoozes && reminder->late && *reminder->late == REMINDER_RULE_LATE_EXPIRE;
    int64_t minutes = reminder->expire_minutes ? *reminder->expire_minutes : DEFAULT_EXPIRY;
    return expires && at - reminder->wanted_at > minutes * MINUTE;
}

/* ---- into the outbox ---- */

static enum code wake_courier(struct call *call, int64_t at)
{
    return sql_job_sooner(
        call, &(struct job_sooner_params){ .kind = "outbox.ready", .subject = "all", .due_at = at });
}

static enum code insert(struct call *call, const struct outbox_insert_params *message)
{
    if (sql_outbox_insert(call, message))
        return call->error.code;
    return wake_courier(call, message->next_at);
}

/* What is put off and comes again is another message. */
static const char *message_id(struct call *call, const struct reminder_open_row *reminder)
{
    return reminder->snoozes ? arena_print(&call->arena, "%s-%" PRId64, reminder->id, reminder->snoozes)
                             : reminder->id;
}

static enum code open_digest(struct call *call, const char *person, enum outgoing_kind kind, int32_t week,
                             const char **mail)
{
    struct outbox_open_digest_row row = { 0 };
    enum code code = sql_outbox_open_digest(
        call, &(struct outbox_open_digest_params){ .person = person, .week = week, .kind = kind }, &row);
    *mail = code == OK ? row.id : NULL;
    return code == NOT_FOUND ? OK : code;
}

/* What is too much for this week, or can wait, on the first morning of the next. */
static enum code add_to_weekly(struct call *call, const struct reminder_days *days, const char *person,
                               int32_t week, const char **mail)
{
    struct outbox_digests_row made = { 0 };
    int64_t next_at;
    char text[DAY_TEXT_SIZE];
    enum code code = open_digest(call, person, OUTGOING_KIND_WEEKLY, week, mail);
    if (code || *mail)
        return code;
    if (sql_outbox_digests(call, &(struct outbox_digests_params){ .person = person, .week = week }, &made) ||
        digest_moment(call, days, person, week, &next_at))
        return call->error.code;
    const char *number = arena_print(&call->arena, "%" PRId64, made.count);
    *mail = reminder_id(call, "digest", person, day_print(week, text), number, person);
    return insert(
        call,
        &(struct outbox_insert_params){
            .id = *mail, .person = person, .kind = OUTGOING_KIND_WEEKLY, .week = week, .next_at = next_at });
}

/* Of who wants one mail a week, what can wait. */
static enum code is_for_digest(struct call *call, const struct reminder_days *days,
                               const struct reminder_open_row *reminder, int32_t week, bool *is)
{
    int64_t at;
    *is = reminder->prefers && *reminder->prefers == PERSON_MAIL_WEEKLY;
    if (!*is)
        return OK;
    if (digest_moment(call, days, reminder->person, week, &at))
        return call->error.code;
    *is = digest_may_hold(days, reminder, at);
    return OK;
}

/* The id of what came late is the first one's, so that one that is alone keeps its own. */
enum code outbox_add(struct call *call, const struct reminder_days *days,
                     const struct reminder_open_row *reminder, bool is_late, const char **mail)
{
    struct outbox_sent_in_week_row sent = { 0 };
    int32_t week = digest_week(call_today(call));
    const char *person = reminder->person;
    bool can_wait;
    enum code code = is_for_digest(call, days, reminder, week, &can_wait);
    *mail = NULL;
    if (code)
        return code;
    if (can_wait)
        return add_to_weekly(call, days, person, week, mail);
    if (is_late)
        code = open_digest(call, person, OUTGOING_KIND_LATE, week, mail);
    if (code || *mail)
        return code;
    if (sql_outbox_sent_in_week(call, &(struct outbox_sent_in_week_params){ .person = person, .week = week },
                                &sent))
        return call->error.code;
    if (sent.count >= sent.cap && !digest_is_question(reminder))
        return add_to_weekly(call, days, person, week, mail);
    *mail = message_id(call, reminder);
    return insert(call,
                  &(struct outbox_insert_params){ .id = *mail,
                                                  .person = person,
                                                  .kind = is_late ? OUTGOING_KIND_LATE : OUTGOING_KIND_SINGLE,
                                                  .week = week,
                                                  .next_at = call->now });
}

enum code outbox_add_post(struct call *call, const struct reminder_open_row *reminder, const char **mail)
{
    *mail = message_id(call, reminder);
    return insert(call, &(struct outbox_insert_params){ .id = *mail,
                                                        .webhook = reminder->webhook,
                                                        .kind = OUTGOING_KIND_POST,
                                                        .week = digest_week(call_today(call)),
                                                        .next_at = call->now });
}

/* New turns are published at midnight, which is no time to wake anybody. */
static enum code not_at_night(struct call *call, int64_t *at)
{
    const struct zone *zone;
    if (company_zone(call, &zone))
        return call->error.code;
    int64_t local = zone_local(zone, *at), midnight = (int64_t)day_of_seconds(local) * DAY_SECONDS;
    if (local < midnight + MORNING * MINUTE)
        *at = zone_instant(zone, midnight + MORNING * MINUTE);
    return OK;
}

enum code outbox_add_invitation(struct call *call, const char *id, const char *person, const char *uid,
                                int64_t next_at, bool is_due)
{
    if (!is_due && not_at_night(call, &next_at))
        return call->error.code;
    return insert(call, &(struct outbox_insert_params){ .id = id,
                                                        .person = person,
                                                        .kind = OUTGOING_KIND_INVITATION,
                                                        .subject = uid,
                                                        .week = digest_week(call_today(call)),
                                                        .next_at = next_at });
}

enum code outbox_look_again(struct call *call, const char *person)
{
    if (person ? sql_outbox_hurry(call, &(struct outbox_hurry_params){ .person = person })
               : sql_outbox_hurry_all(call))
        return call->error.code;
    return store_changes(call->store) > 0 ? wake_courier(call, call->now) : OK;
}

/* ---- trouble ---- */

/* Nobody is told by mail that mail about mail has failed: the inbox and the journal have it. */
static bool is_about_mail(const struct reminder_open_row_list *reminders)
{
    return reminders->items_count > 0 && strncmp(reminders->items[0].message, "mail_", 5) == 0;
}

/* Once a day, however many have failed. */
static enum code tell_post_failed(struct call *call, const char *id, const char *detail)
{
    struct webhook webhook = { 0 };
    char today[DAY_TEXT_SIZE];
    if (sql_webhook_show(call, &(struct webhook_show_params){ .id = id }, &webhook))
        return call->error.code;
    return notify(call, &(struct notice){ .kind = NOTICE_POST_FAILED,
                                          .subject = id,
                                          .title = webhook.title,
                                          .occurrence = day_print(call_today(call), today),
                                          .detail = detail });
}

static enum code tell_trouble(struct call *call, const struct outbox_row_row *row, enum outgoing_state state,
                              const char *detail)
{
    struct reminder_in_mail_params params = { .mail = row->id };
    struct reminder_open_row_list reminders = { 0 };
    char today[DAY_TEXT_SIZE];
    if (sql_reminder_in_mail(call, &params, &reminders))
        return call->error.code;
    log_write(LOG_LEVEL_ERROR,
              state == OUTGOING_STATE_REFUSED ? "a message is refused for good" : "a message is given up",
              "MAIL", row->id, row->webhook ? "WEBHOOK" : "PERSON", row->webhook ? row->webhook : row->person,
              NULL);
    if (is_about_mail(&reminders))
        return OK;
    if (row->webhook)
        return tell_post_failed(call, row->webhook, detail);
    struct notice notice = { .kind = NOTICE_MAIL_REFUSED,
                             .subject = row->person,
                             .other = row->person,
                             .occurrence = day_print(call_today(call), today),
                             .detail = detail };
    if (state == OUTGOING_STATE_REFUSED)
        return notify_lead(call, row->person, &notice);
    notice.kind = NOTICE_MAIL_GIVEN_UP;
    notice.subject = "mail";
    notice.other = NULL;
    return notify(call, &notice);
}

/* The end of a message that did not arrive. */
static enum code fail_mail(struct call *call, const struct outbox_row_row *row, enum outgoing_state state,
                           const char *detail)
{
    const char *said = detail && *detail ? detail : "it did not say why";
    const char *why = arena_print(&call->arena, "%.300s", said);
    if (tell_trouble(call, row, state, said) ||
        sql_outbox_end(call,
                       &(struct outbox_end_params){ .id = row->id, .state = state, .detail = detail }) ||
        (row->kind == OUTGOING_KIND_INVITATION && invitation_end(call, row, false)))
        return call->error.code;
    return sql_outbox_failed(call, &(struct outbox_failed_params){ .mail = row->id, .why = why });
}

/* ---- to the courier ---- */

int64_t outbox_backoff(const char *id, int64_t attempt)
{
    int64_t seconds = MINUTE;
    uint32_t sum = (uint32_t)attempt * 2654435761U;
    for (int64_t i = 1; i < attempt && seconds < BACKOFF_LONGEST; i++)
        seconds *= 2;
    seconds = seconds < BACKOFF_LONGEST ? seconds : BACKOFF_LONGEST;
    for (const char *c = id; *c; c++)
        sum = (sum ^ (unsigned char)*c) * 16777619U;
    sum ^= sum >> 15;
    return seconds + seconds * (int64_t)(sum % 201) / 1000 - seconds / 10;
}

static enum code drop(struct call *call, const char *id)
{
    return sql_outbox_end(call, &(struct outbox_end_params){ .id = id, .state = OUTGOING_STATE_DROPPED });
}

/* A message that may go out only later: its person is away, or the company is closed. */
static enum code wait_for_good_day(struct call *call, const struct reminder_days *days,
                                   const struct outbox_row_row *row, bool any_day, bool *may_go)
{
    int64_t good;
    if (reminder_moment_for(call, days, row->person, any_day, call->now, NINE, &good))
        return call->error.code;
    *may_go = good == call->now;
    if (*may_go)
        return OK;
    if (sql_outbox_rest(call, &(struct outbox_rest_params){ .id = row->id, .until = good }))
        return call->error.code;
    return wake_courier(call, good);
}

static bool goes_any_day(const struct reminder_open_row_list *reminders)
{
    const struct reminder_open_row *first = &reminders->items[0];
    return post_is_test(first) ||
           (reminders->items_count == 1 && first->days && *first->days == REMINDER_RULE_DAYS_ANY);
}

static enum code write_letter(struct call *call, const struct outbox_row_row *row,
                              const struct outbox_addressee_row *to,
                              const struct reminder_open_row_list *reminders, struct letter *letter)
{
    struct letter_text mail = { 0 };
    struct reminder_count_in_mail_row total = { 0 };
    if (sql_reminder_count_in_mail(call, &(struct reminder_count_in_mail_params){ .mail = row->id }, &total))
        return call->error.code;
    if (message_mail(call, to->name, row->kind, reminders->items, reminders->items_count, (size_t)total.count,
                     &mail))
        return call->error.code;
    letter->channel = LETTER_CHANNEL_MAIL;
    letter->subject = mail.subject;
    letter->text = mail.text;
    letter->html = mail.html;
    return OK;
}

enum language outbox_language(const struct outbox_addressee_row *to)
{
    bool is_danish = to->language ? *to->language == PERSON_LANGUAGE_DANISH
                                  : to->company_language == COMPANY_LANGUAGE_DANISH;
    return is_danish ? DANISH : ENGLISH;
}

static struct letter address(const struct outbox_row_row *row, const struct outbox_addressee_row *to)
{
    return (struct letter){ .id = row->id,
                            .to = to->address,
                            .to_name = to->name,
                            .language = outbox_language(to) == DANISH ? "da" : "en",
                            .message_id = row->id,
                            .attempt = row->attempt + 1 };
}

/* In the language of whoever gets it. */
static enum code write_message(struct call *call, const struct outbox_row_row *row,
                               const struct outbox_addressee_row *to,
                               const struct reminder_open_row_list *reminders, struct letter *letter)
{
    enum language before = language_in_use();
    *letter = address(row, to);
    language_use(outbox_language(to));
    enum code code = row->webhook ? post_write(call, &reminders->items[0], to, letter)
                                  : write_letter(call, row, to, reminders, letter);
    language_use(before);
    return code;
}

static enum code write_invitation(struct call *call, const struct outbox_row_row *row,
                                  const struct outbox_addressee_row *to, const struct invitation_news *news,
                                  struct letter *letter)
{
    enum language before = language_in_use();
    *letter = address(row, to);
    letter->channel = LETTER_CHANNEL_MAIL;
    language_use(outbox_language(to));
    enum code code = invitation_write(call, row->person, news, letter);
    language_use(before);
    return code;
}

static enum code expire_unsent(struct call *call, const char *id, const char *why)
{
    const struct outbox_expired_params expired = { .mail = id, .why = why };
    if (sql_outbox_expired(call, &expired))
        return call->error.code;
    return drop(call, id);
}

static enum code claimed(struct call *call, const char *id)
{
    const struct outbox_claimed_params until = { .id = id, .until = call->now + LEASE_SECONDS };
    if (sql_outbox_claimed(call, &until))
        return call->error.code;
    return wake_courier(call, until.until);
}

static enum code drop_invitation(struct call *call, const struct outbox_row_row *row)
{
    return invitation_drop(call, row) ? call->error.code : drop(call, row->id);
}

/* One that says something else than it did when it was handed out before goes on as another message. */
static enum code rename_invitation(struct call *call, struct outbox_row_row *row, const char *id)
{
    if (strcmp(row->id, id) == 0)
        return OK;
    if (drop(call, row->id) || outbox_add_invitation(call, id, row->person, row->subject, call->now, true))
        return call->error.code;
    row->id = id;
    row->attempt = 0;
    return OK;
}

/* What it says is what is so at this moment, or nothing. */
static enum code claim_invitation(struct call *call, const struct reminder_days *days,
                                  struct outbox_row_row *row, const struct outbox_addressee_row *to,
                                  struct letter *letter, bool *is_letter)
{
    struct invitation_news news;
    bool has_left = to->left_on && *to->left_on <= call_today(call), may_go = false;
    if (invitation_read(call, row, &news))
        return call->error.code;
    if (!news.has_any || has_left)
        return drop_invitation(call, row);
    if (row->first_at && call->now - *row->first_at > WEEK_SECONDS && strcmp(row->id, news.mail) == 0)
        return fail_mail(call, row, OUTGOING_STATE_GIVEN_UP, row->detail);
    if (wait_for_good_day(call, days, row, false, &may_go))
        return call->error.code;
    if (!may_go)
        return OK;
    if (rename_invitation(call, row, news.mail) || write_invitation(call, row, to, &news, letter) ||
        invitation_hand_out(call, row, &news) || claimed(call, row->id))
        return call->error.code;
    *is_letter = true;
    return OK;
}

/* Why a post is not to be made after all; NULL where it is. */
static enum code find_needless(struct call *call, const struct outbox_addressee_row *to,
                               const struct reminder_open_row *reminder, const char **why)
{
    struct happening_exists_row row = { 0 };
    if (to->is_paused && !post_is_test(reminder))
        *why = "the webhook is paused";
    if (*why || !reminder->about)
        return OK;
    enum code code = sql_happening_exists(
        call, &(struct happening_exists_params){ reminder->about, reminder->subject }, &row);
    if (code == NOT_FOUND)
        *why = "gone";
    return code == NOT_FOUND ? OK : code;
}

/* *is_letter is false for one that goes later, or never. */
static enum code claim_one(struct call *call, const struct reminder_days *days, const char *id,
                           struct letter *letter, bool *is_letter)
{
    struct outbox_row_row row = { 0 };
    struct outbox_addressee_row to = { 0 };
    struct reminder_open_row_list reminders = { 0 };
    const char *why = NULL;
    bool may_go = false;
    *is_letter = false;
    if (sql_outbox_row(call, &(struct outbox_row_params){ .id = id }, &row) ||
        sql_outbox_addressee(call, &(struct outbox_addressee_params){ row.person, row.webhook }, &to))
        return call->error.code;
    if (row.kind == OUTGOING_KIND_INVITATION)
        return claim_invitation(call, days, &row, &to, letter, is_letter);
    if (sql_reminder_in_mail(call, &(struct reminder_in_mail_params){ .mail = id }, &reminders))
        return call->error.code;
    if (reminders.items_count == 0 || (to.left_on && *to.left_on <= call_today(call)))
        return drop(call, id);
    if (!to.address)
        return fail_mail(call, &row, OUTGOING_STATE_REFUSED, "the person has no address");
    if (row.first_at && call->now - *row.first_at > WEEK_SECONDS)
        return fail_mail(call, &row, OUTGOING_STATE_GIVEN_UP, row.detail);
    const struct reminder_open_row *first = &reminders.items[0];
    if (row.webhook && find_needless(call, &to, first, &why))
        return call->error.code;
    if (why)
        return expire_unsent(call, id, why);
    bool is_alone = row.kind == OUTGOING_KIND_SINGLE || row.kind == OUTGOING_KIND_POST;
    if (is_alone && outbox_is_useless(first, call->now))
        return expire_unsent(call, id, "too late to be of use");
    if (wait_for_good_day(call, days, &row, goes_any_day(&reminders), &may_go))
        return call->error.code;
    if (!may_go)
        return OK;
    if (write_message(call, &row, &to, &reminders, letter) || claimed(call, id))
        return call->error.code;
    *is_letter = true;
    return OK;
}

/* While reminders wait to be fired, more may join what came late. */
static enum code has_backlog(struct call *call, bool *has)
{
    struct reminder_next_due_row next = { 0 };
    enum code code = sql_reminder_next_due(call, &next);
    *has = code == OK && next.due_at <= call->now;
    return code == NOT_FOUND ? OK : code;
}

static size_t size_of(const struct letter *letter)
{
    return strlen(letter->text) + (letter->html ? strlen(letter->html) : 0);
}

/* Claims until there are `limit` letters, nothing is left, or enough was looked at for one turn: then the
 * courier is told to come again. */
static enum code claim_ready(struct call *call, const struct reminder_days *days, size_t limit, bool has_late,
                             struct outbox_claim_result *result)
{
    for (size_t seen = 0, written = 0; result->items_count < limit;) {
        struct outbox_claimable_row_list ready = { 0 };
        const struct outbox_claimable_params params = { (int64_t)(limit - result->items_count), has_late };
        if (sql_outbox_claimable(call, &params, &ready))
            return call->error.code;
        for (size_t i = 0; i < ready.items_count; i++) {
            bool is_letter;
            if (claim_one(call, days, ready.items[i].id, &result->items[result->items_count], &is_letter))
                return call->error.code;
            if (is_letter)
                written += size_of(&result->items[result->items_count++]);
            if (written >= WRITTEN_AT_ONCE)
                return wake_courier(call, call->now);
        }
        seen += ready.items_count;
        if (ready.items_count == 0)
            return OK;
        if (seen >= LOOKED_AT_ONCE)
            return wake_courier(call, call->now);
    }
    return OK;
}

enum code outbox_claim(struct call *call, const struct outbox_claim_params *params,
                       struct outbox_claim_result *result)
{
    struct reminder_days days;
    bool is_held, is_behind;
    if (outbox_is_held(call, &is_held) || reminder_days_load(call, &days) || has_backlog(call, &is_behind))
        return call->error.code;
    result->items = arena_take(&call->arena, (size_t)params->limit * sizeof *result->items);
    return is_held ? OK : claim_ready(call, &days, (size_t)params->limit, !is_behind, result);
}

/* ---- what became of it ---- */

static enum code defer(struct call *call, const struct outbox_row_row *row, const char *detail,
                       const int64_t *wait_seconds)
{
    if (row->first_at && call->now - *row->first_at > WEEK_SECONDS)
        return fail_mail(call, row, OUTGOING_STATE_GIVEN_UP, detail);
    int64_t seconds = outbox_backoff(row->id, row->attempt);
    int64_t next_at = call->now + (wait_seconds && *wait_seconds > seconds ? *wait_seconds : seconds);
    if (sql_outbox_postpone(
            call, &(struct outbox_postpone_params){ .id = row->id, .next_at = next_at, .detail = detail }))
        return call->error.code;
    return wake_courier(call, next_at);
}

/* A message that was sent was sent, whoever else has been told to try it meanwhile. Other news of one that
 * has met its end is too late. */
enum code outbox_settle(struct call *call, const struct outbox_settle_params *params)
{
    struct outbox_row_row row = { 0 };
    if (sql_outbox_row(call, &(struct outbox_row_params){ .id = params->id }, &row))
        return call->error.code;
    if (params->outcome == OUTBOX_SETTLE_PARAMS_OUTCOME_SENT) {
        if (sql_outbox_end(call, &(struct outbox_end_params){ .id = row.id,
                                                              .state = OUTGOING_STATE_SENT,
                                                              .detail = params->detail }) ||
            (row.kind == OUTGOING_KIND_INVITATION && invitation_end(call, &row, true)))
            return call->error.code;
        return sql_outbox_delivered(call, &(struct outbox_delivered_params){ .mail = row.id });
    }
    if (row.state != OUTGOING_STATE_CLAIMED)
        return OK;
    if (params->outcome == OUTBOX_SETTLE_PARAMS_OUTCOME_REFUSED)
        return fail_mail(call, &row, OUTGOING_STATE_REFUSED, params->detail);
    return defer(call, &row, params->detail, params->wait_seconds);
}

enum code outbox_list(struct call *call, const struct outbox_list_params *params,
                      struct outbox_list_result *result)
{
    return sql_outbox_list(call, params, result);
}

enum code outbox_find(struct call *call, const char *id, struct outgoing *result)
{
    struct outbox_row_row *row = arena_take(&call->arena, sizeof *row);
    if (sql_outbox_row(call, &(struct outbox_row_params){ .id = id }, row))
        return call->error.code;
    bool is_settled = row->state != OUTGOING_STATE_WAITING && row->state != OUTGOING_STATE_CLAIMED;
    *result = (struct outgoing){ .id = row->id,
                                 .person = row->person,
                                 .webhook = row->webhook,
                                 .kind = row->kind,
                                 .state = row->state,
                                 .made_at = row->made_at,
                                 .next_at = is_settled ? NULL : &row->next_at,
                                 .attempt = row->attempt,
                                 .detail = row->detail };
    return OK;
}

enum code outbox_retry(struct call *call, const struct outbox_retry_params *params, struct outgoing *result)
{
    struct outbox_row_row row = { 0 };
    if (sql_outbox_row(call, &(struct outbox_row_params){ .id = params->id }, &row))
        return call->error.code;
    if (row.state != OUTGOING_STATE_REFUSED && row.state != OUTGOING_STATE_GIVEN_UP)
        return call_fail(call, CONFLICT, "id", _("this message was not refused or given up"));
    if ((row.kind == OUTGOING_KIND_INVITATION && invitation_retry(call, &row)) ||
        sql_outbox_reset(call, &(struct outbox_reset_params){ .id = row.id }) ||
        sql_outbox_again(call, &(struct outbox_again_params){ .mail = row.id }) ||
        wake_courier(call, call->now))
        return call->error.code;
    return outbox_find(call, row.id, result);
}

/* ---- the job ---- */

enum code outbox_ready(struct call *call, const char *subject, int64_t due_at)
{
    struct outbox_waiting_row waiting = { 0 };
    struct outbox_next_row next = { 0 };
    (void)due_at;
    if (sql_outbox_waiting(call, &waiting))
        return call->error.code;
    if (waiting.count && tell_outbox_ready(call, &(struct outbox_ready_event){ .waiting = waiting.count }))
        return call->error.code;
    enum code code = sql_outbox_next(call, &(struct outbox_next_params){ .after = call->now }, &next);
    if (code)
        return code == NOT_FOUND ? OK : code;
    return job_at(call, "outbox.ready", subject, next.next_at);
}
