/* SPDX-License-Identifier: MIT */
/*
 * Single turns, changed by hand. Whoever does a turn has the credit for it: whatever moves a turn here moves
 * its credit in the same breath.
 */
#include "turn.h"

#include <string.h>

/* ---- looking ---- */

enum code turn_show(struct call *call, const struct turn_show_params *params, struct turn *result)
{
    return sql_turn_show(call, params, result);
}

enum code turn_list(struct call *call, const struct turn_list_params *params, struct turn_list_result *result)
{
    struct turn_list list = { 0 };
    int32_t from = params->from ? *params->from : call_today(call);
    enum code code;
    if (params->person) {
        const struct turn_of_person_params of = { params->person, from, params->until, params->limit };
        code = sql_turn_of_person(call, &of, &list);
    } else {
        const struct turn_all_params all = { params->open, from, params->until, params->limit };
        code = sql_turn_all(call, &all, &list);
    }
    result->items = list.items;
    result->items_count = list.items_count;
    return code;
}

/* ---- who could ---- */

const char *turn_filter_sentence(enum plan_filter filter)
{
    switch (filter) {
    case PLAN_NOT_MEMBER_YET: return _("joins the rotation only after that day");
    case PLAN_LEFT: return _("no longer belongs to the rotation that day");
    case PLAN_ABSENT: return _("is away that day");
    case PLAN_TOO_FEW: return _("has too few people present that day");
    case PLAN_BESIDE: return _("has the turn right before or after");
    case PLAN_MIN_GAP: return _("has another turn too close to it");
    default: return _("could take it");
    }
}

enum code turn_check(struct call *call, const char *turn, const char *field, const char *member,
                     enum grounds_how how, struct handover *handover)
{
    struct timetable timetable;
    struct plan_decision decision = { 0 };
    size_t index;
    if (timetable_find(call, turn, field, &timetable, &index))
        return call->error.code;
    *handover = (struct handover){ .turn = timetable.entries[index].turn, .member = member };
    int32_t number = roster_find(&timetable.roster, member);
    if (number < 0)
        return call_fail(call, NOT_FOUND, "member", _("%s does not belong to %s"), member,
                         timetable.settings.id);
    timetable_ask(call, &timetable, index, &decision);
    enum plan_filter filter = decision.verdicts[number].filter;
    if (filter != PLAN_FITS && filter != PLAN_BESIDE && filter != PLAN_MIN_GAP)
        return call_fail(call, CONFLICT, "member", "%s %s", member, turn_filter_sentence(filter));
    handover->reasons = publish_grounds(call, &timetable.roster, decision.level_before, how,
                                        decision.verdicts);
    return OK;
}

enum code turn_hand(struct call *call, const struct handover *handover, bool pinned,
                    enum turn_changed_event_why why)
{
    struct turn turn = handover->turn;
    const char *former = turn.member;
    turn.member = handover->member;
    turn.state = turn.state == TURN_STATE_OPEN ? TURN_STATE_PLANNED : turn.state;
    const struct turn_hand_over_params row = { turn.id, turn.member, turn.state, pinned, handover->reasons };
    if (!handover->is_swap && (former == NULL || strcmp(former, turn.member) != 0) &&
        (sql_credit_take(call, &(struct credit_take_params){ turn.rotation, turn.member }) ||
         (former && sql_credit_give(call, &(struct credit_give_params){ turn.rotation, former }))))
        return call->error.code;
    if (sql_turn_hand_over(call, &row) ||
        sql_offer_void(call, &(struct offer_void_params){ .turn = turn.id }))
        return call->error.code;
    return publish_change(call, &turn, former, why);
}

/* ---- by hand ---- */

/* A turn that is not published yet becomes a row of its own, which the plan finds when its time comes. */
static enum code keep_ahead(struct call *call, const struct turn *turn, enum turn_state state,
                            const char *member)
{
    const struct turn_insert_params row = { .id = turn->id,
                                            .rotation = turn->rotation,
                                            .n = turn->n,
                                            .on = turn->on,
                                            .local = turn->local,
                                            .starts_at = turn->starts_at,
                                            .ends_at = turn->ends_at,
                                            .member = member,
                                            .state = state,
                                            .pinned = member != NULL };
    if (sql_turn_forget_ahead(call, &(struct turn_forget_ahead_params){ .id = turn->id }))
        return call->error.code;
    return sql_turn_insert(call, &row);
}

static enum code show(struct call *call, const char *turn, struct turn *result)
{
    return sql_turn_row(call, &(struct turn_row_params){ .id = turn }, result);
}

enum code turn_pin(struct call *call, const struct turn_pin_params *params, struct turn *result)
{
    struct handover handover = { 0 };
    struct turn stored = { 0 };
    enum code code = show(call, params->id, &stored);
    if (code && code != NOT_FOUND)
        return code;
    if (code == OK && (stored.state == TURN_STATE_CANCELLED || stored.starts_at <= call->now))
        return call_fail(call, CONFLICT, "id", _("%s is over or cancelled"), params->id);
    if (turn_check(call, params->id, "id", params->member, GROUNDS_HOW_PINNED, &handover))
        return call->error.code;
    if (handover.turn.published ? turn_hand(call, &handover, true, TURN_CHANGED_EVENT_WHY_PINNED)
                                : keep_ahead(call, &handover.turn, TURN_STATE_PLANNED, params->member))
        return call->error.code;
    return show(call, params->id, result);
}

enum code turn_cancel(struct call *call, const struct turn_cancel_params *params, struct turn *result)
{
    struct timetable timetable;
    struct turn turn = { 0 };
    size_t index;
    enum code code = show(call, params->id, &turn);
    if (code && code != NOT_FOUND)
        return code;
    if (code == OK && turn.state == TURN_STATE_CANCELLED)
        return call_fail(call, CONFLICT, "id", _("%s is cancelled already"), params->id);
    if (code == NOT_FOUND || !turn.published) {
        if (timetable_find(call, params->id, "id", &timetable, &index) ||
            keep_ahead(call, &timetable.entries[index].turn, TURN_STATE_CANCELLED, NULL))
            return call->error.code;
        return show(call, params->id, result);
    }
    if (sql_turn_return_credit(call, &(struct turn_return_credit_params){ .id = turn.id }) ||
        sql_turn_cancelled(call, &(struct turn_cancelled_params){ .id = turn.id }) ||
        sql_offer_void(call, &(struct offer_void_params){ .turn = turn.id }) ||
        show(call, params->id, result))
        return call->error.code;
    return publish_change(call, result, turn.member, TURN_CHANGED_EVENT_WHY_CANCELLED);
}

/* Of a turn that has begun only what really happened counts: whoever did it belongs to the rotation, and that
 * is all. */
static enum code credit_doer(struct call *call, const struct turn *turn, const char *member)
{
    struct roster_member_row row = { 0 };
    enum code code = sql_roster_member(call, &(struct roster_member_params){ turn->rotation, member }, &row);
    if (code == NOT_FOUND)
        return call_fail(call, NOT_FOUND, "member", _("%s does not belong to %s"), member, turn->rotation);
    if (code || sql_credit_take(call, &(struct credit_take_params){ turn->rotation, member }) ||
        (turn->member && sql_credit_give(call, &(struct credit_give_params){ turn->rotation, turn->member })))
        return call->error.code;
    return sql_turn_did(call, &(struct turn_did_params){ turn->id, member });
}

enum code turn_done(struct call *call, const struct turn_done_params *params, struct turn *result)
{
    struct turn turn = { 0 };
    if (show(call, params->id, &turn))
        return call->error.code;
    if (turn.starts_at > call->now && day_of_seconds(turn.local) > call_today(call))
        return call_fail(call, CONFLICT, "id", _("%s has not taken place yet"), params->id);
    if (turn.state == TURN_STATE_CANCELLED)
        return call_fail(call, CONFLICT, "id", _("%s was cancelled"), params->id);
    if (turn.member == NULL && params->member == NULL)
        return call_fail(call, INVALID, "member", _("nobody has this turn; say who did it"));
    bool is_other = params->member && (turn.member == NULL || strcmp(turn.member, params->member) != 0);
    if (is_other && credit_doer(call, &turn, params->member))
        return call->error.code;
    if (sql_turn_set_done(call, &(struct turn_set_done_params){ .id = turn.id }) ||
        sql_offer_void(call, &(struct offer_void_params){ .turn = turn.id }) ||
        show(call, params->id, result))
        return call->error.code;
    return publish_change(call, result, is_other ? turn.member : NULL, TURN_CHANGED_EVENT_WHY_DONE);
}
