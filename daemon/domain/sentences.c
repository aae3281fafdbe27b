/* SPDX-License-Identifier: MIT */
/* Plain and kind: what, when, and what to do about it, in one or two sentences. */
#include "sentences.h"

#include "post.h"
#include "reminder.h"
#include "reminder_plan.h"

#include <string.h>

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
            "laug sabbatical free {person}"
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
                                   "laug sabbatical free {person}" };
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
    case NOTICE_POST_FAILED:
        return (struct sentences){ _("Posts to {title} fail"),
                                   _("What was to be posted to {title} could not be: {detail} The command "
                                     "shows which; each can be tried "
                                     "again."),
                                   "laug outbox list --webhook {subject}" };
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

/* What every colleague may know: that it is one, and its days. */
static struct sentences of_others_sabbatical(const char *message)
{
    if (strcmp(message, "sabbatical_report") == 0)
        return (struct sentences){ _("{other} is back from a sabbatical"),
                                   _("The sabbatical of {other} ended on {when}."), NULL };
    return (struct sentences){ _("{other} goes on sabbatical: {day}"),
                               _("The sabbatical of {other} begins on {when}."), NULL };
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
    if (strcmp(message, POST_TEST) == 0)
        return (struct sentences){ _("A word from Laug"),
                                   _("This is a test: what Laug posts to {title} arrives here."), NULL };
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
    [NOTICE_POST_FAILED] = "post_failed",
    [NOTICE_CLOCK_JUMPED] = "clock_jumped",
    [NOTICE_ESCALATION] = "escalation",
};

struct sentences sentences_of(const struct reminder_open_row *reminder)
{
    bool is_mine = !reminder->webhook && (!reminder->other || strcmp(reminder->other, reminder->person) == 0);
    for (int kind = 0; !reminder->rule && kind < NOTICES_COUNT; kind++)
        if (strcmp(notice_words[kind], reminder->message) == 0)
            return of_notice((enum notice_kind)kind);
    if (reminder->webhook && strncmp(reminder->message, "sabbatical", 10) == 0)
        return of_others_sabbatical(reminder->message);
    return of_rule(reminder->message, is_mine);
}

const char *sentence_why(const char *recipient)
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
