/* SPDX-License-Identifier: MIT */
/*
 * Why a turn is whose it is, and how evenly a rotation has gone round: in words that need no knowledge of the
 * rule. Of a published turn it is told what was stored when it was decided, not what would be decided today.
 */
#include "company.h"
#include "pack.h"
#include "say.h"
#include "turn.h"

#include <inttypes.h>
#include <string.h>

/* ---- one member ---- */

static int64_t days_of(const struct ground *ground)
{
    return ground->nearest_days ? *ground->nearest_days : 0;
}

/* Why one who could take it does not: what the chosen one is ahead in. `chosen` is NULL where nobody chose.
 */
static const char *behind(const struct ground *ground, const struct ground *chosen)
{
    if (chosen == NULL)
        return _("could take it");
    if (ground->credit != chosen->credit)
        return _("has more turns to the credit");
    return days_of(ground) != days_of(chosen) ? _("has an own turn nearer by")
                                              : _("comes later in the roster");
}

static struct reason reason_of(const struct ground *ground, const char *member, const struct ground *chosen)
{
    bool takes_it = member && strcmp(member, ground->member) == 0;
    return (struct reason){ .member = ground->member,
                            .credit = ground->credit,
                            .nearest_days = ground->nearest_days,
                            .filter = ground->filter,
                            .chosen = takes_it,
                            .sentence = takes_it ? _("takes it")
                                        : ground->filter == REASON_FILTER_FITS
                                            ? behind(ground, chosen)
                                            : turn_filter_sentence((enum plan_filter)ground->filter) };
}

/* ---- the choice ---- */

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

static bool is_anybody_close(const struct grounds *grounds, const char *member)
{
    for (size_t i = 0; i < grounds->items_count; i++)
        if (grounds->items[i].filter >= REASON_FILTER_HAS_TURN_BESIDE &&
            strcmp(grounds->items[i].member, member) != 0)
            return true;
    return false;
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
    const char *who = company_called(call, member),
               *next = other ? company_called(call, other->member) : NULL;
    if (chosen == NULL)
        return arena_print(&call->arena, _("%s takes it."), who);
    if (other == NULL && is_anybody_close(grounds, member))
        return arena_print(&call->arena,
                           _("%s takes it: of those who are there, all others have a turn close by."), who);
    if (other == NULL)
        return arena_print(&call->arena, _("%s takes it: nobody else can."), who);
    if (chosen->credit < other->credit)
        return arena_print(
            &call->arena,
            _("%s takes it, with the fewest turns to the credit (%" PRId64 "; next is %s with %" PRId64 ")."),
            who, chosen->credit, next, other->credit);
    if (days_of(chosen) > days_of(other))
        return arena_print(&call->arena,
                           _("%s takes it: of those with the fewest turns to the credit (%" PRId64
                             "), the own turn is "
                             "farthest away (%" PRId64 " days; next is %s with %" PRId64 ")."),
                           who, chosen->credit, days_of(chosen), next, days_of(other));
    return arena_print(
        &call->arena, _("%s takes it: equal in everything with %s, and before it in the roster."), who, next);
}

/* Of a turn that somebody has. */
static const char *member_sentence(struct call *call, const struct grounds *grounds, const char *member)
{
    const char *who = company_called(call, member);
    switch (grounds->how) {
    case GROUNDS_HOW_PINNED: return arena_print(&call->arena, _("%s was put on it by hand."), who);
    case GROUNDS_HOW_COVERED:
        return arena_print(&call->arena, _("%s covers for another, and earns the credit for it."), who);
    case GROUNDS_HOW_SWAPPED: return arena_print(&call->arena, _("%s has it by a swap."), who);
    default: return choice_sentence(call, grounds, member);
    }
}

static const char *sentence_of(struct call *call, const struct grounds *grounds, const struct turn *turn)
{
    if (turn->state == TURN_STATE_CANCELLED)
        return _("It does not take place. It costs nobody a turn.");
    if (turn->member == NULL)
        return _("Nobody can take it. It is filled by itself as soon as somebody can.");
    return member_sentence(call, grounds, turn->member);
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

enum code turn_why(struct call *call, const char *id, const char **sentence)
{
    struct turn turn = { 0 };
    struct turn_reasons_row row = { 0 };
    struct grounds grounds = { 0 };
    *sentence = NULL;
    enum code code = sql_turn_row(call, &(struct turn_row_params){ .id = id }, &turn);
    if (code || !turn.member || turn.state == TURN_STATE_CANCELLED)
        return code == NOT_FOUND ? OK : code;
    if (sql_turn_reasons(call, &(struct turn_reasons_params){ .id = id }, &row))
        return call->error.code;
    if (row.reasons.bytes == NULL)
        return OK;
    if (unpack(call, row.reasons, &grounds))
        return call->error.code;
    return *sentence = member_sentence(call, &grounds, turn.member), OK;
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
    bool was_chosen = turn->member && grounds.how <= GROUNDS_HOW_FILLED;
    const struct ground *chosen = was_chosen ? ground_of(&grounds, turn->member) : NULL;
    for (size_t i = 0; i < grounds.items_count; i++)
        reasons[i] = reason_of(&grounds.items[i], turn->member, chosen);
    *result = (struct rotation_explain_result){
        .turn = turn,
        .how = turn->state == TURN_STATE_CANCELLED ? GROUNDS_HOW_CANCELLED : grounds.how,
        .level = grounds.level,
        .sentence = sentence_of(call, &grounds, turn),
        .order = _("Of those who are there and have no turn right before or after, the "
                   "one with the fewest turns to the credit takes it; of equals the one "
                   "whose own turn is farthest away; of equals the first in the roster."),
        .reasons = reasons,
        .reasons_count = grounds.items_count
    };
    return OK;
}

/* ---- how evenly ---- */

/* The first turn that is not published yet, as it is forecast now; *found is false where the rule has ended.
 */
static enum code next_new(struct call *call, const char *rotation, struct turn *turn, bool *found)
{
    struct timetable timetable;
    struct plan_decision decision = { 0 };
    const struct timetable_reach reach = { .until_on = INT32_MAX, .is_next = true };
    if (timetable_open(call, rotation, &timetable) || timetable_load(call, reach, &timetable))
        return call->error.code;
    struct plan *plan = timetable_plan(call, &timetable);
    while (plan_step(plan, &decision))
        timetable_apply(&timetable, &decision);
    *found = timetable.plan.new_until > 0 && !timetable.entries[timetable.plan.new_until - 1].is_past &&
             !timetable.entries[timetable.plan.new_until - 1].turn.published;
    if (*found)
        *turn = timetable.entries[timetable.plan.new_until - 1].turn;
    return OK;
}

/* Of members of today; who left long ago has what they had. */
static void bounds_of(const struct rotation_fairness_result *result, int64_t *fewest, int64_t *most)
{
    *fewest = INT64_MAX;
    *most = INT64_MIN;
    for (size_t i = 0; i < result->items_count; i++) {
        const struct fairness *item = &result->items[i];
        if (!item->is_member)
            continue;
        int64_t credit = item->credit > result->level ? item->credit : result->level;
        *fewest = credit < *fewest ? credit : *fewest;
        *most = credit > *most ? credit : *most;
    }
}

static enum code fairness_sentence(struct call *call, struct rotation_fairness_result *result)
{
    struct turn next = { 0 };
    bool found;
    int64_t fewest, most;
    bounds_of(result, &fewest, &most);
    if (next_new(call, result->rotation, &next, &found))
        return call->error.code;
    if (most < fewest || !found) {
        result->sentence = most < fewest ? _("Nobody belongs to it any more.") : _("It has come to its end.");
        return OK;
    }
    result->sentence = arena_print(&call->arena,
                                   _("The fewest and the most turns to the credit differ by %" PRId64
                                     "; the next turn to be given, %s, goes to %s."),
                                   most - fewest,
                                   say_day(&call->arena, day_of_seconds(next.local), call_today(call)),
                                   next.member ? company_called(call, next.member) : _("nobody yet"));
    return OK;
}

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
    return fairness_sentence(call, result);
}
