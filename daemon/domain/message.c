/* SPDX-License-Identifier: MIT */
/*
 * The sentences. Words in braces are filled in: {title} and {subject} are what it is about, {when} and {day}
 * its time, {other} another person's name, {detail} what else was said, {id} the reminder.
 */
#include "message.h"

#include "company.h"
#include "day.h"
#include "reminder.h"

#include <stdio.h>
#include <string.h>

struct sentences {
    const char *subject, *sentence;
    const char *command; /* NULL: reminder.done */
};

/* ---- time in words ---- */

static const char *weekday_name(enum weekday weekday)
{
    switch (weekday) {
    case MONDAY: return _("Monday");
    case TUESDAY: return _("Tuesday");
    case WEDNESDAY: return _("Wednesday");
    case THURSDAY: return _("Thursday");
    case FRIDAY: return _("Friday");
    case SATURDAY: return _("Saturday");
    default: return _("Sunday");
    }
}

static const char *month_name(int month)
{
    switch (month) {
    case 1: return _("January");
    case 2: return _("February");
    case 3: return _("March");
    case 4: return _("April");
    case 5: return _("May");
    case 6: return _("June");
    case 7: return _("July");
    case 8: return _("August");
    case 9: return _("September");
    case 10: return _("October");
    case 11: return _("November");
    default: return _("December");
    }
}

static const char *day_text(struct call *call, int32_t day)
{
    struct civil civil = day_to_civil(day);
    /* translators: weekday, day, month, year */
    return arena_print(&call->arena, _("%s %d %s %d"), weekday_name(day_weekday(day)), civil.day,
                       month_name(civil.month), civil.year);
}

static const char *when_text(struct call *call, int64_t local, bool is_day)
{
    int32_t day = day_of_seconds(local);
    int minutes = (int)((local - (int64_t)day * DAY_SECONDS) / 60);
    if (is_day)
        return day_text(call, day);
    /* translators: a day and the time of day: Thursday 4 March 2027 at 10:00 */
    return arena_print(&call->arena, _("%s at %02d:%02d"), day_text(call, day), minutes / 60, minutes % 60);
}

/* ---- the sentences ---- */

static struct sentences of_turn_to_come(bool is_mine)
{
    if (is_mine)
        return (struct sentences){
            _("Your turn: {title}, {day}"),
            _("Your turn for {title} is on {when}. If you cannot do it, offer it to others."),
            "laug turn offer {subject}"
        };
    return (struct sentences){ _("{title}, {day}"), _("{other} has the turn for {title} on {when}."), NULL };
}

static struct sentences of_turn_notice(enum notice_kind kind)
{
    switch (kind) {
    case NOTICE_TURN_ASSIGNED:
        return (struct sentences){
            _("You have a turn: {title}, {day}"),
            _("You now have the turn for {title} on {when}. If you cannot do it, offer it to "
              "others."),
            "laug turn offer {subject}"
        };
    case NOTICE_TURN_LOST:
        return (struct sentences){
            _("{title}, {day}, is no longer yours"),
            _("Your turn for {title} on {when} has gone to {other}. You need do nothing."), NULL
        };
    case NOTICE_TURN_REPLACED:
        return (
            struct sentences){ _("{title}, {day}: somebody else takes the turn"),
                               _("{detail} cannot take the turn for {title} on {when}; {other} has it now."),
                               "laug rotation explain {subject}" };
    case NOTICE_TURN_OPEN:
        return (struct sentences){
            _("Nobody has the turn: {title}, {day}"),
            _("Nobody can take the turn for {title} on {when}. It is filled by itself as soon as "
              "somebody can; the command tells who was considered."),
            "laug rotation explain {subject}"
        };
    case NOTICE_TURN_MOVED:
        return (struct sentences){
            _("Your turn has moved: {title}, {day}"),
            _("Your turn for {title} is now {when}. If you cannot do it, offer it to others."),
            "laug turn offer {subject}"
        };
    case NOTICE_TURN_CANCELLED:
        return (struct sentences){ _("Cancelled: {title}, {day}"),
                                   _("Your turn for {title} on {when} is cancelled. It costs you nothing."),
                                   NULL };
    default: return (struct sentences){ "{title}", "{detail}", NULL };
    }
}

static struct sentences of_offer(enum notice_kind kind)
{
    switch (kind) {
    case NOTICE_TURN_OFFERED:
        return (struct sentences){
            _("Could you take a turn: {title}, {day}?"),
            _("{other} asks whether you could take the turn for {title} on {when}. It counts as "
              "one of yours."),
            "laug turn accept {subject}"
        };
    case NOTICE_SWAP_OFFERED:
        return (struct sentences){
            _("Would you swap turns: {title}, {day}?"),
            _("{other} would like to swap: you take the turn for {title} on {when}, and {other} "
              "takes yours, {detail}."),
            "laug turn accept {subject}"
        };
    case NOTICE_OFFER_ACCEPTED:
        return (struct sentences){
            _("{other} takes your turn: {title}, {day}"),
            _("{other} has said yes: the turn for {title} on {when} is no longer yours. You may "
              "undo it until it begins."),
            "laug turn undo {subject}"
        };
    case NOTICE_OFFER_DECLINED:
        return (struct sentences){
            _("{other} cannot take your turn: {title}, {day}"),
            _("{other} cannot take the turn for {title} on {when}. It is still yours; you may "
              "offer it to somebody else."),
            "laug turn offer {subject}"
        };
    case NOTICE_OFFER_WITHDRAWN:
        return (struct sentences){
            _("No longer asked for: {title}, {day}"),
            _("{other} no longer needs somebody for {title} on {when}. You need do nothing."), NULL
        };
    case NOTICE_OFFER_UNDONE:
        return (struct sentences){
            _("Undone: {title}, {day}"),
            _("{other} has undone what you agreed on for {title} on {when}. The turns are as they "
              "were before."),
            "laug turn show {subject}"
        };
    case NOTICE_OFFER_EXHAUSTED:
        return (struct sentences){
            _("Nobody could take your turn: {title}, {day}"),
            _("Everybody who could take the turn for {title} on {when} has been asked, and nobody "
              "said yes. It is still yours; talk to your lead if you cannot do it."),
            "laug turn show {subject}"
        };
    default: return of_turn_notice(kind);
    }
}

static struct sentences of_sabbatical_notice(enum notice_kind kind)
{
    switch (kind) {
    case NOTICE_SABBATICAL_REQUESTED:
        return (struct sentences){ _("{other} asks for a sabbatical: {day}"),
                                   _("{other} would like to begin a sabbatical on {when}: {title}."),
                                   "laug sabbatical approve {subject}" };
    case NOTICE_SABBATICAL_APPROVED:
        return (struct sentences){ _("Your sabbatical is approved: {day}"),
                                   _("Your sabbatical begins on {when}: {title}. Enjoy it."),
                                   "laug sabbatical show {subject}" };
    case NOTICE_SABBATICAL_DECLINED:
        return (struct sentences){
            _("Your sabbatical is declined: {day}"),
            _("Your sabbatical from {when} is declined. {detail} The command shows which weeks "
              "are free."),
            "laug sabbatical free"
        };
    case NOTICE_SABBATICAL_QUEUED:
        return (struct sentences){
            _("Your sabbatical waits for room: {day}"),
            _("There is no room for your sabbatical from {when} yet. {detail} It waits in line, "
              "and you are asked when there is room."),
            "laug sabbatical show {subject}"
        };
    case NOTICE_SABBATICAL_ROOM:
        return (struct sentences){
            _("There is room for your sabbatical: {day}"),
            _("There is room for your sabbatical from {when} now. Would you still like it?"),
            "laug sabbatical accept {subject}"
        };
    case NOTICE_SABBATICAL_CANCELLED:
        return (struct sentences){ _("Your sabbatical is cancelled: {day}"),
                                   _("Your sabbatical from {when} is cancelled. {detail}"),
                                   "laug sabbatical free" };
    case NOTICE_SABBATICAL_WITHDRAWN:
        return (struct sentences){
            _("{other} takes no sabbatical: {day}"),
            _("{other} has taken back the sabbatical from {when}. You need do nothing."), NULL
        };
    default: return of_offer(kind);
    }
}

static struct sentences of_notice(enum notice_kind kind)
{
    switch (kind) {
    case NOTICE_MAIL_REFUSED:
        return (struct sentences){
            _("Mail to {other} is refused"),
            _("The mail server will not take mail for {other}: {detail} Please ask whether the "
              "address is right; what was sent is in the inbox of {other}."),
            "laug person show {subject}"
        };
    case NOTICE_MAIL_GIVEN_UP:
        return (struct sentences){
            _("Mail could not be sent for seven days"),
            _("Mail has failed for seven days and is given up: {detail} The command shows which; "
              "each can be tried again."),
            "laug outbox list --state given_up"
        };
    case NOTICE_CLOCK_JUMPED:
        return (struct sentences){
            _("The clock has jumped: mail is held back"),
            _("The clock has jumped forward by more than seven days, so no mail goes out. If the "
              "clock is right now, let it go out again."),
            "laug outbox release"
        };
    case NOTICE_ESCALATION:
        return (struct sentences){
            _("No answer from {other}: {title}"),
            _("{other} has not answered this for some days: {title}. Perhaps you can help."),
            "laug reminder done {subject}"
        };
    default: return of_sabbatical_notice(kind);
    }
}

static struct sentences of_sabbatical(const char *message, bool is_mine)
{
    if (!is_mine)
        return (struct sentences){ _("{other} goes on sabbatical: {day}"),
                                   _("The sabbatical of {other} begins on {when}: {title}."), NULL };
    if (strcmp(message, "sabbatical_preparation") == 0)
        return (struct sentences){
            _("Your sabbatical is coming: {day}"),
            _("Your sabbatical begins on {when}: {title}. Now is the time to prepare it: what do "
              "you want to try, and what do you need?"),
            NULL
        };
    if (strcmp(message, "sabbatical_handover") == 0)
        return (struct sentences){
            _("Hand over before your sabbatical: {day}"),
            _("Your sabbatical begins on {when}. Please hand over what cannot wait, and say who "
              "looks after it."),
            NULL
        };
    if (strcmp(message, "sabbatical_start") == 0)
        return (struct sentences){ _("Your sabbatical begins: {day}"),
                                   _("Your sabbatical begins on {when}: {title}. Enjoy it."), NULL };
    return (struct sentences){
        _("How was your sabbatical?"),
        _("Your sabbatical ended on {when}: {title}. Tell what you tried and what came of it; an "
          "experiment that failed with a lesson is a success."),
        "laug sabbatical report {subject}"
    };
}

/* What rules are relative to; a rule's own text comes instead. */
static struct sentences of_rule(const char *message, bool is_mine)
{
    if (strcmp(message, "turn") == 0)
        return of_turn_to_come(is_mine);
    if (strcmp(message, "open_turn") == 0)
        return of_turn_notice(NOTICE_TURN_OPEN);
    if (strncmp(message, "sabbatical", 10) == 0)
        return of_sabbatical(message, is_mine);
    if (strcmp(message, "hire") == 0)
        return is_mine ? (struct sentences){ _("Your first day: {day}"),
                                             _("Your first day at work is {when}. Welcome."), NULL }
                       : (struct sentences){
                             _("{other} begins: {day}"),
                             _("The first day of {other} at work is {when}. Please make sure that "
                               "somebody is there to say welcome."),
                             NULL
                         };
    if (strcmp(message, "training") == 0)
        return (struct sentences){ _("Training: {title}, {day}"), _("The training {title} is on {when}."),
                                   NULL };
    if (strcmp(message, "certificate") == 0)
        return (struct sentences){ _("A certificate runs out: {title}, {day}"),
                                   _("The certificate {title} is good until {when}."), NULL };
    return (struct sentences){ "{title}", "{title}.", NULL };
}

/* In the order of enum notice_kind; the database keeps these words. */
const char *const notice_words[NOTICES_COUNT + 1] = {
    [NOTICE_TURN_ASSIGNED] = "turn_assigned",
    [NOTICE_TURN_LOST] = "turn_lost",
    [NOTICE_TURN_REPLACED] = "turn_replaced",
    [NOTICE_TURN_OPEN] = "turn_open",
    [NOTICE_TURN_MOVED] = "turn_moved",
    [NOTICE_TURN_CANCELLED] = "turn_cancelled",
    [NOTICE_TURN_OFFERED] = "turn_offered",
    [NOTICE_SWAP_OFFERED] = "swap_offered",
    [NOTICE_OFFER_ACCEPTED] = "offer_accepted",
    [NOTICE_OFFER_DECLINED] = "offer_declined",
    [NOTICE_OFFER_WITHDRAWN] = "offer_withdrawn",
    [NOTICE_OFFER_UNDONE] = "offer_undone",
    [NOTICE_OFFER_EXHAUSTED] = "offer_exhausted",
    [NOTICE_SABBATICAL_REQUESTED] = "sabbatical_requested",
    [NOTICE_SABBATICAL_APPROVED] = "sabbatical_approved",
    [NOTICE_SABBATICAL_DECLINED] = "sabbatical_declined",
    [NOTICE_SABBATICAL_QUEUED] = "sabbatical_queued",
    [NOTICE_SABBATICAL_ROOM] = "sabbatical_room",
    [NOTICE_SABBATICAL_CANCELLED] = "sabbatical_cancelled",
    [NOTICE_SABBATICAL_WITHDRAWN] = "sabbatical_withdrawn",
    [NOTICE_MAIL_REFUSED] = "mail_refused",
    [NOTICE_MAIL_GIVEN_UP] = "mail_given_up",
    [NOTICE_CLOCK_JUMPED] = "clock_jumped",
    [NOTICE_ESCALATION] = "escalation",
};

static struct sentences sentences_of(const struct reminder_open_row *reminder)
{
    bool is_mine = !reminder->other || strcmp(reminder->other, reminder->person) == 0;
    for (int kind = 0; !reminder->rule && kind < NOTICES_COUNT; kind++)
        if (strcmp(notice_words[kind], reminder->message) == 0)
            return of_notice((enum notice_kind)kind);
    return of_rule(reminder->message, is_mine);
}

static const char *why_you(const char *recipient)
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

/* ---- filling in ---- */

static const char *value_of(struct call *call, const struct reminder_open_row *reminder, const char *name,
                            size_t length)
{
    const char *names[] = { "title", "subject", "id", "other", "detail", "when", "day" };
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
    case 5: return reminder->local ? when_text(call, *reminder->local, reminder->is_day) : "";
    case 6: return reminder->local ? day_text(call, day_of_seconds(*reminder->local)) : "";
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

enum code message_render(struct call *call, const struct reminder_open_row *reminder,
                         struct message_text *text)
{
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
                             fill(call, reminder, why_you(reminder->recipient)));
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
    mail->body = arena_print(&call->arena, "%s\n\n%s\n", body,
                             _("All of it is in your inbox, too: laug reminder list"));
    return OK;
}
