/* SPDX-License-Identifier: MIT */
/*
 * Members are people or teams; a team is spoken for by its lead. Who can no longer do a turn because of an
 * absence is not bothered while away: the lead is told, and whoever takes it over.
 */
#include "turn_notice.h"

#include "reminder.h"

struct telling {
    const struct turn *turn;
    struct turn_rotation_row rotation;
};

static enum code open_telling(struct call *call, const struct turn *turn, struct telling *telling)
{
    *telling = (struct telling){ .turn = turn };
    return sql_turn_rotation(call, &(struct turn_rotation_params){ .rotation = turn->rotation },
                             &telling->rotation);
}

/* ---- reminders to come ---- */

static enum code remind_member(struct call *call, const struct telling *telling)
{
    const struct turn *turn = telling->turn;
    bool is_team = telling->rotation.member_kind == ROTATION_MEMBER_KIND_TEAM;
    const struct happening happening = {
        .about = REMINDER_RULE_ABOUT_TURN,
        .subject = turn->id,
        .person = is_team ? NULL : turn->member,
        .team = is_team ? turn->member : NULL,
        .title = telling->rotation.title,
        .when = MOMENT_AT(turn->starts_at),
        .catches_up = true,
    };
    if (reminder_gone(call, REMINDER_RULE_ABOUT_OPEN_TURN, turn->id))
        return call->error.code;
    return reminder_happens(call, &happening);
}

static enum code remind_admins(struct call *call, const struct telling *telling)
{
    const struct turn *turn = telling->turn;
    const struct happening happening = {
        .about = REMINDER_RULE_ABOUT_OPEN_TURN,
        .subject = turn->id,
        .title = telling->rotation.title,
        .when = MOMENT_AT(turn->starts_at),
    };
    if (reminder_gone(call, REMINDER_RULE_ABOUT_TURN, turn->id))
        return call->error.code;
    return reminder_happens(call, &happening);
}

static enum code remind_nobody(struct call *call, const char *turn)
{
    if (reminder_gone(call, REMINDER_RULE_ABOUT_TURN, turn))
        return call->error.code;
    return reminder_gone(call, REMINDER_RULE_ABOUT_OPEN_TURN, turn);
}

/* ---- notices ---- */

static struct notice notice_of(const struct telling *telling, enum notice_kind kind, const char *other)
{
    return (struct notice){ .kind = kind,
                            .subject = telling->turn->id,
                            .title = telling->rotation.title,
                            .other = other,
                            .when = MOMENT_AT(telling->turn->starts_at) };
}

/* A member is a person, or a team for which its lead is told. */
static enum code notify_member(struct call *call, const struct telling *telling, struct notice notice,
                               const char *member)
{
    *(telling->rotation.member_kind == ROTATION_MEMBER_KIND_TEAM ? &notice.team : &notice.person) = member;
    return notify(call, &notice);
}

static enum code tell_member(struct call *call, const struct telling *telling, enum notice_kind kind,
                             const char *member, const char *other)
{
    return notify_member(call, telling, notice_of(telling, kind, other), member);
}

static enum code tell_lead(struct call *call, const struct telling *telling, const char *former)
{
    struct notice notice = notice_of(telling, NOTICE_TURN_REPLACED, telling->turn->member);
    notice.detail = former;
    if (telling->rotation.member_kind == ROTATION_MEMBER_KIND_PERSON)
        return notify_lead(call, former, &notice);
    notice.team = former;
    return notify(call, &notice);
}

static enum code tell_open(struct call *call, const struct telling *telling)
{
    const struct notice notice = notice_of(telling, NOTICE_TURN_OPEN, NULL);
    if (remind_admins(call, telling))
        return call->error.code;
    return notify(call, &notice);
}

static enum code tell_taken(struct call *call, const struct telling *telling, const char *former,
                            enum turn_changed_event_why why)
{
    const char *member = telling->turn->member;
    if (former && remind_nobody(call, telling->turn->id))
        return call->error.code;
    if (notice_settled(call, NOTICE_TURN_OPEN, telling->turn->id) || remind_member(call, telling) ||
        tell_member(call, telling, NOTICE_TURN_ASSIGNED, member, former))
        return call->error.code;
    if (!former)
        return OK;
    return why == TURN_CHANGED_EVENT_WHY_REPLACED
               ? tell_lead(call, telling, former)
               : tell_member(call, telling, NOTICE_TURN_LOST, former, member);
}

static enum code tell_ended(struct call *call, const struct telling *telling, const char *former)
{
    if (remind_nobody(call, telling->turn->id))
        return call->error.code;
    return former ? tell_member(call, telling, NOTICE_TURN_CANCELLED, former, NULL) : OK;
}

static enum code tell_moved(struct call *call, const struct telling *telling)
{
    if (!telling->turn->member)
        return remind_admins(call, telling);
    if (remind_member(call, telling))
        return call->error.code;
    return tell_member(call, telling, NOTICE_TURN_MOVED, telling->turn->member, NULL);
}

/* ---- the ways in ---- */

enum code turn_notice_published(struct call *call, const struct turn *turn)
{
    struct telling telling;
    if (open_telling(call, turn, &telling))
        return call->error.code;
    return turn->member ? remind_member(call, &telling) : tell_open(call, &telling);
}

enum code turn_notice_changed(struct call *call, const struct turn *turn, const char *former,
                              enum turn_changed_event_why why)
{
    struct telling telling;
    if (why == TURN_CHANGED_EVENT_WHY_DONE || turn->starts_at <= call->now)
        return OK;
    if (open_telling(call, turn, &telling))
        return call->error.code;
    if (why == TURN_CHANGED_EVENT_WHY_CANCELLED)
        return tell_ended(call, &telling, former);
    if (why == TURN_CHANGED_EVENT_WHY_MOVED)
        return tell_moved(call, &telling);
    return turn->member ? tell_taken(call, &telling, former, why) : tell_open(call, &telling);
}

enum code turn_notice_offered(struct call *call, const struct turn *turn, const char *taker,
                              const char *against)
{
    struct telling telling;
    if (open_telling(call, turn, &telling))
        return call->error.code;
    struct notice notice = notice_of(&telling, against ? NOTICE_SWAP_OFFERED : NOTICE_TURN_OFFERED,
                                     turn->member);
    notice.detail = against;
    return notify_member(call, &telling, notice, taker);
}

/* Nobody is asked any more. *was_asked: somebody may have read the question. */
static enum code settle_question(struct call *call, const char *turn, bool *was_asked)
{
    bool to_cover, to_swap;
    if (notice_reached(call, NOTICE_TURN_OFFERED, turn, &to_cover) ||
        notice_reached(call, NOTICE_SWAP_OFFERED, turn, &to_swap) ||
        notice_settled(call, NOTICE_TURN_OFFERED, turn))
        return call->error.code;
    *was_asked = to_cover || to_swap;
    return notice_settled(call, NOTICE_SWAP_OFFERED, turn);
}

enum code turn_notice_answered(struct call *call, const struct turn *turn, const char *giver,
                               const char *taker, enum offer_state state)
{
    struct telling telling;
    bool was_asked;
    if (open_telling(call, turn, &telling) || settle_question(call, turn->id, &was_asked))
        return call->error.code;
    if (state == OFFER_STATE_WITHDRAWN && !was_asked)
        return OK;
    switch (state) {
    case OFFER_STATE_ACCEPTED: return tell_member(call, &telling, NOTICE_OFFER_ACCEPTED, giver, taker);
    case OFFER_STATE_DECLINED: return tell_member(call, &telling, NOTICE_OFFER_DECLINED, giver, taker);
    case OFFER_STATE_EXPIRED: return tell_member(call, &telling, NOTICE_OFFER_EXHAUSTED, giver, NULL);
    case OFFER_STATE_WITHDRAWN: return tell_member(call, &telling, NOTICE_OFFER_WITHDRAWN, taker, giver);
    case OFFER_STATE_UNDONE:
        if (tell_member(call, &telling, NOTICE_OFFER_UNDONE, taker, giver))
            return call->error.code;
        return tell_member(call, &telling, NOTICE_OFFER_UNDONE, giver, taker);
    case OFFER_STATE_ASKED: break;
    }
    return OK;
}
