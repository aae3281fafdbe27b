/* SPDX-License-Identifier: MIT */
/* Fills sentences with names, days and ids, and makes mails of them. */
#include "message.h"

#include "company.h"
#include "say.h"
#include "sentences.h"
#include "turn.h"

#include <string.h>

/* ---- filling in ---- */

static const char *when_text(struct call *call, const struct reminder_open_row *reminder)
{
    if (!reminder->local)
        return "";
    return reminder->is_day ? say_full_day(&call->arena, day_of_seconds(*reminder->local))
                            : say_full_time(&call->arena, *reminder->local);
}

static const char *value_of(struct call *call, const struct reminder_open_row *reminder, const char *name,
                            size_t length)
{
    const char *names[] = { "title", "subject", "id", "other", "detail", "when", "day", "person" };
    size_t i = 0;
    while (i < sizeof names / sizeof *names &&
           (strlen(names[i]) != length || strncmp(names[i], name, length) != 0))
        i++;
    switch (i) {
    case 0: return *reminder->title ? reminder->title : reminder->subject;
    case 1: return reminder->subject;
    case 2: return reminder->id;
    case 3:
        return reminder->other_name ? reminder->other_name : reminder->other ? reminder->other : _("nobody");
    case 4: return reminder->detail_name ? reminder->detail_name : reminder->detail ? reminder->detail : "";
    case 5: return when_text(call, reminder);
    case 6: return reminder->local ? say_full_day(&call->arena, day_of_seconds(*reminder->local)) : "";
    case 7: return reminder->person ? reminder->person : reminder->webhook;
    default: return NULL;
    }
}

/* What is no known word in braces stays as it is: it may be somebody's own text. */
static const char *fill(struct call *call, const struct reminder_open_row *reminder, const char *sentence)
{
    const char *text = "";
    for (;;) {
        size_t plain = strcspn(sentence, "{");
        text = arena_print(&call->arena, "%s%.*s", text, (int)plain, sentence);
        sentence += plain;
        if (!*sentence)
            break;
        size_t length = strcspn(sentence + 1, "}");
        const char *value = sentence[1 + length] ? value_of(call, reminder, sentence + 1, length) : NULL;
        text = arena_print(&call->arena, "%s%.*s", text, value ? (int)strlen(value) : 1, value ? value : "{");
        sentence += value ? length + 2 : 1;
    }
    size_t length = strlen(text);
    while (length && text[length - 1] == ' ')
        length--;
    return arena_copy(&call->arena, text, length);
}

/* What was to come before something, and comes when that is over, says so. */
static enum code has_passed(struct call *call, const struct reminder_open_row *reminder, bool *has)
{
    const struct zone *zone;
    *has = false;
    if (!reminder->local || !reminder->lead || *reminder->lead == '+')
        return OK;
    if (company_zone(call, &zone))
        return call->error.code;
    int64_t ends = *reminder->local + (reminder->is_day ? DAY_SECONDS : 0);
    *has = zone_local(zone, call->now) >= ends;
    return OK;
}

/* Bytes of a subject's line, and of what one reminder says: an own text may name a long title many times. */
enum { SUBJECT_MAX = 150, BODY_MAX = 3000 };

static const char *cut(struct call *call, const char *text, size_t most)
{
    size_t length = strlen(text);
    if (length <= most)
        return text;
    length = most;
    while (((unsigned char)text[length] & 0xC0U) == 0x80U)
        length--;
    return arena_print(&call->arena, "%.*s…", (int)length, text);
}

/* To nobody in particular: there is nothing to answer, but of a turn it is told why it is whose it is. */
static enum code render_post(struct call *call, const struct reminder_open_row *reminder,
                             struct message_text *text)
{
    struct sentences sentences = sentences_of(reminder);
    bool is_turn = reminder->about && strcmp(reminder->about, "turn") == 0, is_over;
    const char *title = reminder->rule_text && reminder->rule_title ? reminder->rule_title
                                                                    : sentences.subject;
    const char *sentence = reminder->rule_text ? reminder->rule_text : sentences.sentence, *why = NULL;
    if (has_passed(call, reminder, &is_over) || (is_turn && turn_why(call, reminder->subject, &why)))
        return call->error.code;
    const char *subject = fill(call, reminder, title);
    text->subject = *subject ? cut(call, subject, SUBJECT_MAX) : reminder->id;
    text->body = cut(call, fill(call, reminder, sentence), BODY_MAX);
    if (is_over || why)
        text->body = arena_print(&call->arena, "%s\n%s", text->body,
                                 is_over ? _("This has passed meanwhile.") : why);
    text->command = why ? fill(call, reminder, "laug rotation explain {subject}") : NULL;
    return OK;
}

enum code message_render(struct call *call, const struct reminder_open_row *reminder,
                         struct message_text *text)
{
    if (reminder->webhook)
        return render_post(call, reminder, text);
    struct sentences sentences = sentences_of(reminder);
    bool is_custom = reminder->rule_text != NULL || strcmp(reminder->message, "custom") == 0;
    bool is_answered_here = !sentences.command || reminder->acknowledge || is_custom;
    const char *command = is_answered_here ? "laug reminder done {id}" : sentences.command;
    const char *sentence = reminder->rule_text ? reminder->rule_text : sentences.sentence;
    bool is_over;
    if (has_passed(call, reminder, &is_over))
        return call->error.code;
    if (is_over)
        sentence = arena_print(&call->arena, "%s\n%s", sentence,
                               _("This has passed meanwhile; you need do nothing."));
    const char *title = is_custom && reminder->rule_title ? reminder->rule_title : sentences.subject;
    const char *subject = fill(call, reminder, title);
    text->subject = *subject ? cut(call, subject, SUBJECT_MAX) : reminder->id;
    text->body = arena_print(&call->arena, "%s\n%s", cut(call, fill(call, reminder, sentence), BODY_MAX),
                             fill(call, reminder, sentence_why(reminder->recipient)));
    text->command = fill(call, reminder, command);
    return OK;
}

/* ---- a whole mail ---- */

static const char *first_name(struct call *call, const char *name)
{
    return arena_copy(&call->arena, name, strcspn(name, " "));
}

enum code message_mail(struct call *call, const char *person_name, const struct reminder_open_row *reminders,
                       size_t count, size_t total, struct message_text *mail)
{
    const char *body = arena_print(&call->arena, _("Hello %s,"), first_name(call, person_name));
    for (size_t i = 0; i < count; i++) {
        struct message_text one;
        if (message_render(call, &reminders[i], &one))
            return call->error.code;
        if (i == 0)
            mail->subject = one.subject;
        if (count > 1)
            body = arena_print(&call->arena, "%s\n\n%zu. %s", body, i + 1, one.subject);
        body = arena_print(&call->arena, "%s\n%s%s\n    %s", body, count > 1 ? "" : "\n", one.body,
                           one.command);
    }
    if (total > count)
        body = arena_print(&call->arena, "%s\n\n%s", body,
                           arena_print(&call->arena, _("There are %zu more."), total - count));
    if (count > 1)
        mail->subject = arena_print(&call->arena, _("%zu reminders for you"), total);
    const char *inbox = arena_print(&call->arena, _("All of it is in your inbox, too: laug reminder list %s"),
                                    reminders[0].person);
    mail->body = arena_print(&call->arena, "%s\n\n%s\n", body, inbox);
    return OK;
}
