/* SPDX-License-Identifier: MIT */
/* Finds the words for a reminder's template: names, days and ids, and why somebody gets it. */
#include "message.h"

#include "company.h"
#include "reminder_plan.h"
#include "say.h"
#include "text_out.h"
#include "turn.h"
#include "when.h"

#include <string.h>

/* Bytes that the catalogue lets through, less what frames them: of a text in the inbox, and of what a
 * digest has when no more is put into it. */
enum { INBOX_MAX = 3500, DIGEST_MAX = 25000 };

/* ---- the words ---- */

/* Why somebody gets a reminder, by the word that its row keeps. */
static const char *why_of(const char *recipient)
{
    if (strcmp(recipient, "lead") == 0)
        return _("You get this because you lead {other}.");
    if (strcmp(recipient, "mentor") == 0)
        return _("You get this because you are the mentor of {other}.");
    if (strcmp(recipient, "admins") == 0)
        return _("You get this because you look after Laug here.");
    if (strcmp(recipient, "leads") == 0)
        return _("You get this because you lead a team.");
    if (strcmp(recipient, "everyone") == 0)
        return _("Everybody here gets this.");
    if (strcmp(recipient, "team") == 0)
        return _("You get this because it concerns your team.");
    if (strcmp(recipient, "role") == 0)
        return _("Everybody with your title gets this.");
    if (strcmp(recipient, "people") == 0)
        return _("You are one of those chosen to get this.");
    return _("You get this because it concerns you.");
}

/* To all who read along there is nothing to answer, but of a turn it is told why it is whose it is. */
static enum code find_turn_why(struct call *call, const struct reminder_open_row *reminder, const char **why)
{
    bool is_turn = reminder->about && strcmp(reminder->about, "turn") == 0;
    return is_turn ? turn_why(call, reminder->subject, why) : OK;
}

/* A day is a day wherever the reader is; an instant is told by the reader's clock. */
static void set_when(struct call *call, const struct reminder_open_row *reminder, const struct zone *home,
                     struct template_words *words)
{
    const struct zone *zone = when_zone(call, reminder->zone, home);
    int64_t at = zone_instant(home, *reminder->local);
    int64_t local = reminder->is_day ? *reminder->local : zone_local(zone, at);
    words->of[TEMPLATE_DAY] = say_full_day(&call->arena, day_of_seconds(local));
    words->of[TEMPLATE_WHEN] = reminder->is_day ? words->of[TEMPLATE_DAY]
                                                : when_instant(call, at, zone, home);
}

/* What comes back of a swap is told as the turn that it is, and not as its id. */
static enum code find_detail(struct call *call, const struct reminder_open_row *reminder,
                             const struct zone *home, const char **detail)
{
    struct message_turn_row turn = { 0 };
    *detail = reminder->detail_name ? reminder->detail_name : reminder->detail;
    if (reminder->rule || !reminder->detail ||
        strcmp(reminder->message, notice_words[NOTICE_SWAP_OFFERED]) != 0)
        return OK;
    enum code code = sql_message_turn(call, &(struct message_turn_params){ .id = reminder->detail }, &turn);
    if (code)
        return code == NOT_FOUND ? OK : code;
    const char *when = when_instant(call, turn.starts_at, when_zone(call, reminder->zone, home), home);
    *detail = arena_print(&call->arena, "%s, %s", turn.title, when);
    return OK;
}

static enum code find_words(struct call *call, const struct reminder_open_row *reminder,
                            const struct zone *home, struct template_words *words)
{
    const char *nobody = reminder->other ? reminder->other : _("nobody");
    *words = (struct template_words){ .of = {
        [TEMPLATE_TITLE] = *reminder->title ? reminder->title : reminder->subject,
        [TEMPLATE_SUBJECT] = reminder->subject,
        [TEMPLATE_ID] = reminder->id,
        [TEMPLATE_PERSON] = reminder->person ? reminder->person : reminder->webhook,
        [TEMPLATE_OTHER] = reminder->other_name ? reminder->other_name : nobody,
    } };
    if (find_detail(call, reminder, home, &words->of[TEMPLATE_DETAIL]))
        return call->error.code;
    if (reminder->local)
        set_when(call, reminder, home, words);
    if (reminder->webhook)
        return find_turn_why(call, reminder, &words->of[TEMPLATE_WHY]);
    words->of[TEMPLATE_WHY] = template_fill_text(call, why_of(reminder->recipient), words);
    return OK;
}

/* What was to come before something, and comes when that is over, says so. */
static bool has_passed(const struct call *call, const struct reminder_open_row *reminder,
                       const struct zone *home)
{
    if (!reminder->local || !reminder->lead || *reminder->lead == '+')
        return false;
    int64_t ends = *reminder->local + (reminder->is_day ? DAY_SECONDS : 0);
    return zone_local(home, call->now) >= ends;
}

/* ---- one message ---- */

/*
 * To all who read along, what every colleague may know is said of somebody: turn_post; to a lead, what leads
 * may know: turn_other; to who stands for a team, that it is the team's: turn_lost_team. Where there is
 * nothing to say otherwise, the same is said as to the person.
 */
static const char *kind_of(struct call *call, const struct reminder_open_row *reminder)
{
    const char *post = arena_print(&call->arena, "%s_post", reminder->message),
               *others = arena_print(&call->arena, "%s_other", reminder->message);
    const char *team = arena_print(&call->arena, "%s_team", reminder->message);
    bool is_mine = !reminder->webhook && (!reminder->other || strcmp(reminder->other, reminder->person) == 0);
    if (reminder->rule_text)
        return "custom";
    if (!reminder->rule && strcmp(reminder->recipient, "team") == 0 && template_exists(team))
        return team;
    if (reminder->webhook && template_exists(post))
        return post;
    if ((reminder->webhook || reminder->rule) && !is_mine && template_exists(others))
        return others;
    return template_exists(reminder->message) ? reminder->message : "custom";
}

/* A rule's own text and title, in which the same words may stand. */
static void use_own_text(struct call *call, const struct reminder_open_row *reminder,
                         struct template_words *words)
{
    const char *title = words->of[TEMPLATE_TITLE];
    if (reminder->rule_text)
        words->of[TEMPLATE_TEXT] = template_fill_text(call, reminder->rule_text, words);
    if (reminder->rule_title)
        title = template_fill_text(call, reminder->rule_title, words);
    words->of[TEMPLATE_TITLE] = title;
    if (!words->of[TEMPLATE_TEXT])
        words->of[TEMPLATE_TEXT] = arena_print(&call->arena, "%s.", title);
}

static size_t first_command(const struct filled *filled)
{
    size_t at = 0;
    while (at < filled->count && filled->blocks[at].kind == BLOCK_PARAGRAPH)
        at++;
    return at;
}

static void drop_commands(struct filled *filled)
{
    size_t kept = 0;
    for (size_t i = 0; i < filled->count; i++)
        if (filled->blocks[i].kind != BLOCK_COMMAND)
            filled->blocks[kept++] = filled->blocks[i];
    filled->count = kept;
}

/* `text` needs no escaping. */
static void insert(struct call *call, struct filled *filled, size_t at, struct filled_block block)
{
    struct filled_block *blocks = arena_take(&call->arena, (filled->count + 1) * sizeof *blocks);
    memcpy(blocks, filled->blocks, at * sizeof *blocks);
    blocks[at] = block;
    memcpy(blocks + at + 1, filled->blocks + at, (filled->count - at) * sizeof *blocks);
    filled->blocks = blocks;
    filled->count++;
}

/* What an acknowledgement is wanted of is answered by that, unless doing what it asks for is the answer. */
static void answer_by_done(struct call *call, const struct reminder_open_row *reminder, struct filled *filled)
{
    const char *done = arena_print(&call->arena, "laug reminder done %s", reminder->id);
    size_t at = first_command(filled);
    drop_commands(filled);
    insert(call, filled, at, (struct filled_block){ BLOCK_COMMAND, done, done });
}

static void say_passed(struct call *call, struct filled *filled)
{
    const char *text = _("This has passed meanwhile; you need do nothing.");
    insert(call, filled, first_command(filled), (struct filled_block){ BLOCK_PARAGRAPH, text, text });
}

/* Paragraphs and command. */
static enum code fill(struct call *call, const struct reminder_open_row *reminder, struct filled *filled)
{
    struct template_words words;
    const char *kind = kind_of(call, reminder);
    const struct zone *home;
    if (company_zone(call, &home) || find_words(call, reminder, home, &words))
        return call->error.code;
    bool is_over = has_passed(call, reminder, home);
    if (reminder->webhook && is_over)
        words.of[TEMPLATE_WHY] = _("This has passed meanwhile.");
    bool is_custom = strcmp(kind, "custom") == 0;
    if (is_custom)
        use_own_text(call, reminder, &words);
    if (template_fill(call, kind, &words, filled))
        return call->error.code;
    if (reminder->webhook && (is_over || is_custom || !words.of[TEMPLATE_WHY])) /* else it shows why */
        drop_commands(filled);
    if (reminder->webhook)
        return OK;
    bool is_answered_by_doing = strcmp(reminder->message, "sabbatical_report") == 0;
    if (is_over || (reminder->acknowledge && !is_answered_by_doing))
        answer_by_done(call, reminder, filled);
    if (is_over)
        say_passed(call, filled);
    return OK;
}

enum code message_render(struct call *call, const struct reminder_open_row *reminder,
                         struct message_text *text)
{
    struct filled filled;
    if (fill(call, reminder, &filled))
        return call->error.code;
    text->subject = filled.subject;
    text->body = "";
    text->command = filled_command(&filled);
    if (!text->command && !reminder->webhook) /* a company's own template may have none */
        text->command = arena_print(&call->arena, "laug reminder done %s", reminder->id);
    for (size_t i = 0; i < filled.count; i++)
        if (filled.blocks[i].kind == BLOCK_PARAGRAPH)
            text->body = arena_print(&call->arena, "%s%s%s", text->body, *text->body ? "\n" : "",
                                     filled.blocks[i].text);
    text->body = text_cut(&call->arena, text->body, INBOX_MAX);
    return OK;
}

const char *message_lines(struct call *call, const struct message_text *text)
{
    return text->command ? arena_print(&call->arena, "%s\n%s", text->body, text->command) : text->body;
}

/* ---- a whole mail ---- */

static const char *frame_of(enum outgoing_kind kind, size_t total)
{
    return total == 1 ? "letter_single" : kind == OUTGOING_KIND_WEEKLY ? "letter_weekly" : "letter_late";
}

enum code message_mail(struct call *call, const char *person_name, enum outgoing_kind kind,
                       const struct reminder_open_row *reminders, size_t count, size_t total,
                       struct letter_text *mail)
{
    struct filled *messages = arena_take(&call->arena, count * sizeof *messages);
    struct template_words words = {
        .of = {[TEMPLATE_NAME] = letter_first_name(call, person_name),
               [TEMPLATE_PERSON] = reminders[0].person}
    };
    size_t size = 0, fits = 0;
    for (; fits < count && (fits == 0 || size < DIGEST_MAX); fits++) {
        if (fill(call, &reminders[fits], &messages[fits]))
            return call->error.code;
        size += messages[fits].size;
    }
    words.of[TEMPLATE_REMINDERS] = arena_print(&call->arena, _("%zu reminders"), total);
    if (total > fits)
        words.of[TEMPLATE_MORE] = arena_print(&call->arena, _("There are %zu more."), total - fits);
    return letter_write(call, frame_of(kind, total), &words, messages, fits, mail);
}
