/* SPDX-License-Identifier: MIT */
/*
 * Why a turn is whose it is, and how evenly a rotation has gone round: in words that need no knowledge of the
 * rule. Of a published turn it is told what was stored when it was decided, not what would be decided today.
 */
#include "pack.h"
#include "turn.h"

#include <inttypes.h>
#include <string.h>

/* ---- one member ---- */

static const char *distance(struct call *call, const struct ground *ground)
{
    if (ground->nearest_days == NULL)
        return _("no turn so far");
    return arena_print(&call->arena, _("%" PRId64 " days from the nearest own turn"), *ground->nearest_days);
}

static struct reason reason_of(struct call *call, const struct ground *ground, const char *member)
{
    struct reason reason = { .member = ground->member,
                             .credit = ground->credit,
                             .nearest_days = ground->nearest_days,
                             .filter = ground->filter,
                             .chosen = member && strcmp(member, ground->member) == 0 };
    bool is_away = ground->filter != REASON_FILTER_FITS && !reason.chosen;
    const char *standing = is_away         ? turn_filter_sentence((enum plan_filter)ground->filter)
                           : reason.chosen ? _("takes it")
                                           : _("could take it");
    reason.sentence = ground->filter >= REASON_FILTER_NOT_MEMBER_YET && ground->filter <= REASON_FILTER_LEFT
                          ? standing
                          : arena_print(&call->arena, _("%s: credit %" PRId64 ", %s"), standing,
                                        ground->credit, distance(call, ground));
    return reason;
}

/* ---- the choice ---- */

static int64_t days_of(const struct ground *ground)
{
    return ground->nearest_days ? *ground->nearest_days : 0;
}

/* The best of the others who stood for choice, by the planner's order. */
static const struct ground *runner_up(const struct grounds *grounds, const char *member)
{
    const struct ground *best = NULL;
    for (size_t i = 0; i < grounds->items_count; i++) {
        const struct ground *ground = &grounds->items[i];
        if (ground->filter != REASON_FILTER_FITS || strcmp(ground->member, member) == 0)
            continue;
        if (best == NULL || ground->credit < best->credit ||
            (ground->credit == best->credit && days_of(ground) > days_of(best)))
            best = ground;
    }
    return best;
}

static const struct ground *ground_of(const struct grounds *grounds, const char *member)
{
    for (size_t i = 0; i < grounds->items_count; i++)
        if (strcmp(grounds->items[i].member, member) == 0)
            return &grounds->items[i];
    return NULL;
}

static const char *choice_sentence(struct call *call, const struct grounds *grounds, const char *member)
{
    const struct ground *chosen = ground_of(grounds, member), *other = runner_up(grounds, member);
    if (chosen == NULL)
        return arena_print(&call->arena, _("%s takes it."), member);
    if (other == NULL)
        return arena_print(&call->arena,
                           _("%s takes it: nobody else can, or everybody else has a turn close by."), member);
    if (chosen->credit < other->credit)
        return arena_print(
            &call->arena,
            _("%s takes it, with the fewest turns to the credit (%" PRId64 "; next is %s with %" PRId64 ")."),
            member, chosen->credit, other->member, other->credit);
    if (days_of(chosen) > days_of(other))
        return arena_print(&call->arena,
                           _("%s takes it: of those with the fewest turns to the credit (%" PRId64
                             "), the own turn is "
                             "farthest away (%" PRId64 " days; next is %s with %" PRId64 ")."),
                           member, chosen->credit, days_of(chosen), other->member, days_of(other));
    return arena_print(&call->arena,
                       _("%s takes it: equal in everything with %s, and before it in the roster."), member,
                       other->member);
}

static const char *sentence_of(struct call *call, const struct grounds *grounds, const struct turn *turn)
{
    if (turn->state == TURN_STATE_CANCELLED)
        return _("It does not take place. It costs nobody a turn.");
    if (turn->member == NULL)
        return _("Nobody can take it. It is filled by itself as soon as somebody can.");
    switch (grounds->how) {
    case GROUNDS_HOW_PINNED: return arena_print(&call->arena, _("%s was put on it by hand."), turn->member);
    case GROUNDS_HOW_COVERED:
        return arena_print(&call->arena, _("%s covers for another, and earns the credit for it."),
                           turn->member);
    case GROUNDS_HOW_SWAPPED: return arena_print(&call->arena, _("%s has it by a swap."), turn->member);
    default: return choice_sentence(call, grounds, turn->member);
    }
}

/* ---- where the grounds come from ---- */

static enum code unpack(struct call *call, struct packed packed, struct grounds *grounds)
{
    return record_unpack(&record_grounds, packed, grounds, NULL, &call->arena, &call->error);
}

/* A forecast is made as far as that turn, and tells the same way. */
static enum code forecast(struct call *call, const char *id, struct turn *turn, struct grounds *grounds)
{
    struct timetable timetable;
    struct plan_decision decision = { 0 };
    size_t index;
    if (timetable_find(call, id, "turn", &timetable, &index))
        return call->error.code;
    struct plan *plan = timetable_plan(call, &timetable);
    while (plan_step(plan, &decision) && decision.slot < index)
        ;
    if (decision.slot == index)
        timetable_apply(&timetable, &decision);
    *turn = timetable.entries[index].turn;
    if (decision.slot != index)
        return OK;
    enum grounds_how how = turn->pinned ? GROUNDS_HOW_PINNED : GROUNDS_HOW_CHOSEN;
    return unpack(call,
                  publish_grounds(call, &timetable.roster, decision.level_before, how, decision.verdicts),
                  grounds);
}

enum code rotation_explain(struct call *call, const struct rotation_explain_params *params,
                           struct rotation_explain_result *result)
{
    struct turn *turn = arena_take(&call->arena, sizeof *turn);
    struct grounds grounds = { 0 };
    struct turn_reasons_row row = { 0 };
    enum code code = sql_turn_row(call, &(struct turn_row_params){ .id = params->turn }, turn);
    if (code && code != NOT_FOUND)
        return code;
    bool is_stored = code == OK && (turn->published || turn->state == TURN_STATE_CANCELLED);
    if (!is_stored ? forecast(call, params->turn, turn, &grounds)
                   : sql_turn_reasons(call, &(struct turn_reasons_params){ .id = params->turn }, &row))
        return call->error.code;
    if (row.reasons.bytes && unpack(call, row.reasons, &grounds))
        return call->error.code;
    struct reason *reasons = arena_take(&call->arena, (grounds.items_count + 1) * sizeof *reasons);
    for (size_t i = 0; i < grounds.items_count; i++)
        reasons[i] = reason_of(call, &grounds.items[i], turn->member);
    *result = (struct rotation_explain_result){ .turn = turn,
                                                .how = turn->state == TURN_STATE_CANCELLED
                                                           ? GROUNDS_HOW_CANCELLED
                                                           : grounds.how,
                                                .level = grounds.level,
                                                .sentence = sentence_of(call, &grounds, turn),
                                                .reasons = reasons,
                                                .reasons_count = grounds.items_count };
    return OK;
}

/* ---- how evenly ---- */

enum code rotation_fairness(struct call *call, const struct rotation_fairness_params *params,
                            struct rotation_fairness_result *result)
{
    struct timetable_settings_row settings = { 0 };
    struct fairness_list members = { 0 };
    struct rotation_open_turns_row open = { 0 };
    if (sql_timetable_settings(call, &(struct timetable_settings_params){ .rotation = params->rotation },
                               &settings) ||
        sql_rotation_credits(call, &(struct rotation_credits_params){ .rotation = params->rotation },
                             &members) ||
        sql_rotation_open_turns(call, &(struct rotation_open_turns_params){ .rotation = params->rotation },
                                &open))
        return call->error.code;
    *result = (struct rotation_fairness_result){ .rotation = params->rotation,
                                                 .level = settings.level,
                                                 .open = open.count,
                                                 .items = members.items,
                                                 .items_count = members.items_count };
    return OK;
}
