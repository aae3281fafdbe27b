/* SPDX-License-Identifier: MIT */
/*
 * Stored turns are what they are; new ones begin behind the last published one, whatever the rule or the
 * calendar says today, so that a change never brings a turn in between promises.
 */
#include "timetable.h"

#include "company.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const enum when_closed closed_of[] = {
    [ROTATION_WHEN_CLOSED_NEXT] = CLOSED_NEXT,
    [ROTATION_WHEN_CLOSED_PREVIOUS] = CLOSED_PREVIOUS,
    [ROTATION_WHEN_CLOSED_SKIP] = CLOSED_SKIP,
    [ROTATION_WHEN_CLOSED_KEEP] = CLOSED_KEEP,
};

/* ---- settings ---- */

enum code timetable_open(struct call *call, const char *rotation, struct timetable *timetable)
{
    struct timetable_settings_row *settings = &timetable->settings;
    *timetable = (struct timetable){ 0 };
    if (sql_timetable_settings(call, &(struct timetable_settings_params){ .rotation = rotation }, settings) ||
        zones_find(call->zones, settings->zone, "zone", &timetable->zone, &call->error))
        return call->error.code;
    const struct rule_source source = { .text = settings->rule,
                                        .starts = settings->starts,
                                        .zone = timetable->zone,
                                        .short_month = settings->short_month == ROTATION_SHORT_MONTH_SKIP
                                                           ? SHORT_MONTH_SKIP
                                                           : SHORT_MONTH_CLAMP };
    if (rule_read(&source, &timetable->rule, &call->error))
        return call->error.code;
    timetable->source = (struct slot_source){ .rule = &timetable->rule,
                                              .zone = timetable->zone,
                                              .when_closed = closed_of[settings->when_closed] };
    return company_calendar(call, &timetable->source.calendar);
}

int64_t timetable_now(struct call *call, const struct timetable *timetable)
{
    int64_t now = zone_local(timetable->zone, call->now);
    return now > timetable->settings.rule_from ? now : timetable->settings.rule_from;
}

void timetable_place(const struct timetable *timetable, const struct slot *slot, struct turn *turn)
{
    turn->on = slot->on;
    turn->local = slot->local;
    turn->starts_at = slot->starts_at;
    turn->ends_at = slot->starts_at + timetable->settings.duration_minutes * 60;
}

/* ---- turns ---- */

struct layout {
    struct call *call;
    struct timetable *timetable;
    struct timetable_reach reach;
    struct turn_list stored;
    size_t capacity;
    size_t coming; /* that take place */
};

static struct timetable_entry *add(struct layout *layout, int32_t day, enum plan_state state, int32_t member)
{
    struct plan_rotation *plan = &layout->timetable->plan;
    struct timetable *timetable = layout->timetable;
    if (plan->slots_count == layout->capacity) {
        struct arena *arena = &layout->call->arena;
        size_t more = layout->capacity ? 2 * layout->capacity : 64;
        struct plan_slot *slots = arena_take(arena, more * sizeof *slots);
        struct timetable_entry *entries = arena_take(arena, more * sizeof *entries);
        if (plan->slots_count > 0) {
            memcpy(slots, plan->slots, plan->slots_count * sizeof *slots);
            memcpy(entries, timetable->entries, plan->slots_count * sizeof *entries);
        }
        plan->slots = slots;
        timetable->entries = entries;
        layout->capacity = more;
    }
    plan->slots[plan->slots_count] = (struct plan_slot){ day, state, member };
    return &timetable->entries[plan->slots_count++];
}

static enum code add_past(struct layout *layout)
{
    struct timetable_last_row_list last = { 0 };
    const char *rotation = layout->timetable->settings.id;
    if (sql_timetable_last(layout->call, &(struct timetable_last_params){ .rotation = rotation }, &last))
        return layout->call->error.code;
    for (size_t i = 0; i < last.items_count; i++)
        add(layout, day_of_seconds(last.items[i].local), PLAN_DONE,
            roster_find(&layout->timetable->roster, last.items[i].member))
            ->is_past = true;
    return OK;
}

static enum plan_state state_of(const struct turn *turn)
{
    switch (turn->state) {
    case TURN_STATE_OPEN: return PLAN_OPEN;
    case TURN_STATE_DONE: return PLAN_DONE;
    case TURN_STATE_CANCELLED: return PLAN_CANCELLED;
    default: return turn->published ? PLAN_HELD : PLAN_PINNED;
    }
}

/* A turn that is given out anew is a new slot, and its former member has the credit back. */
static void add_stored(struct layout *layout, const struct turn *turn)
{
    struct roster *roster = &layout->timetable->roster;
    enum plan_state state = state_of(turn);
    int32_t member = roster_find(roster, turn->member);
    if (layout->reach.is_replan && !turn->pinned && (state == PLAN_HELD || state == PLAN_OPEN)) {
        if (member >= 0)
            roster->members[member].credit = plan_credit_given(roster->members[member].credit);
        state = PLAN_NEW;
        member = PLAN_NOBODY;
    }
    struct timetable_entry *entry = add(layout, day_of_seconds(turn->local), state, member);
    entry->turn = *turn;
    entry->is_stored = true;
    layout->coming += state != PLAN_CANCELLED;
}

static void add_new(struct layout *layout, const struct slot *slot, int64_t n)
{
    struct call *call = layout->call;
    const struct timetable *timetable = layout->timetable;
    struct timetable_entry *entry = add(layout, day_of_seconds(slot->local), PLAN_NEW, PLAN_NOBODY);
    entry->turn = (struct turn){ .id = arena_print(&call->arena, "%s-%" PRId64, timetable->settings.id, n),
                                 .rotation = timetable->settings.id,
                                 .n = n,
                                 .state = TURN_STATE_OPEN };
    timetable_place(timetable, slot, &entry->turn);
    layout->coming++;
}

static bool is_within(const struct layout *layout, int32_t day)
{
    return day <= layout->reach.until_on && layout->coming < layout->reach.count;
}

/*
 * Published turns first, then new ones in order of time; where a hand has put somebody on a turn before its
 * time, or has cancelled it, that row stands in the new one's place. New turns go on beyond the reach up to
 * the last of those, so that everybody's neighbours are right; the planner leaves them alone.
 */
static void add_coming(struct layout *layout, const struct timetable_end_row *end)
{
    struct timetable *timetable = layout->timetable;
    struct plan_rotation *plan = &timetable->plan;
    size_t next = 0;
    for (; next < layout->stored.items_count && layout->stored.items[next].published; next++)
        add_stored(layout, &layout->stored.items[next]);
    int64_t from = timetable_now(layout->call, timetable), last_n = end->n ? *end->n : INT64_MIN;
    if (end->local && *end->local >= from)
        from = *end->local + 1;
    struct slots slots = slots_from(&timetable->source, from);
    struct slot slot;
    bool is_beyond = false;
    plan->new_until = plan->slots_count;
    timetable->next_new_on = INT32_MAX;
    while ((!is_beyond || next < layout->stored.items_count) && slots_next(&slots, &slot)) {
        int64_t n = slot.n + timetable->settings.n_offset;
        if (n <= last_n || slot.starts_at <= layout->call->now)
            continue;
        int32_t day = day_of_seconds(slot.local);
        if (!is_beyond && !is_within(layout, day)) {
            is_beyond = true;
            timetable->next_new_on = day;
            if (next == layout->stored.items_count)
                return;
        }
        while (next < layout->stored.items_count && layout->stored.items[next].n < n)
            next++; /* the rule no longer brings this one */
        if (next < layout->stored.items_count && layout->stored.items[next].n == n)
            add_stored(layout, &layout->stored.items[next++]);
        else
            add_new(layout, &slot, n);
        if (!is_beyond)
            plan->new_until = plan->slots_count;
    }
}

enum code timetable_load(struct call *call, struct timetable_reach reach, struct timetable *timetable)
{
    struct layout layout = { .call = call, .timetable = timetable, .reach = reach };
    const char *rotation = timetable->settings.id;
    struct timetable_end_row end = { 0 };
    if (roster_load(call, &timetable->settings, call_today(call), &timetable->roster) || add_past(&layout) ||
        sql_timetable_coming(call, &(struct timetable_coming_params){ .rotation = rotation },
                             &layout.stored) ||
        sql_timetable_end(call, &(struct timetable_end_params){ .rotation = rotation }, &end))
        return call->error.code;
    timetable->plan.members = timetable->roster.members;
    timetable->plan.members_count = timetable->roster.count;
    timetable->plan.level = (int32_t)timetable->settings.level;
    timetable->plan.min_gap_days = (int32_t)timetable->settings.min_gap_days;
    add_coming(&layout, &end);
    return arena_is_spent(&call->arena)
               ? call_fail(call, TOO_LARGE, NULL,
                           _("this is too far ahead for one answer; ask for fewer turns"))
               : OK;
}

struct plan *timetable_plan(struct call *call, struct timetable *timetable)
{
    return plan_open(&call->arena, &timetable->plan);
}

void timetable_apply(struct timetable *timetable, const struct plan_decision *decision)
{
    struct turn *turn = &timetable->entries[decision->slot].turn;
    turn->member = decision->member < 0 ? NULL : timetable->roster.names[decision->member];
    turn->state = decision->member < 0 ? TURN_STATE_OPEN : TURN_STATE_PLANNED;
    turn->pinned = decision->was == PLAN_PINNED && decision->replaced < 0;
}

/* ---- one turn ---- */

enum { FORECAST_LIMIT = 1000 };

/* The rotation's part of a turn's id; "" where it is none. */
static const char *rotation_of(struct call *call, const char *turn)
{
    const char *hyphen = strrchr(turn, '-');
    return hyphen == NULL ? "" : arena_copy(&call->arena, turn, (size_t)(hyphen - turn));
}

enum code timetable_find(struct call *call, const char *turn, const char *field, struct timetable *timetable,
                         size_t *index)
{
    const char *rotation = rotation_of(call, turn);
    struct turn stored = { 0 };
    enum code code = sql_turn_row(call, &(struct turn_row_params){ .id = turn }, &stored);
    if (code && code != NOT_FOUND)
        return code;
    bool is_stored = code == OK && stored.published;
    const struct timetable_reach reach = { .until_on = INT32_MAX, .count = is_stored ? 0 : FORECAST_LIMIT };
    code = timetable_open(call, is_stored ? stored.rotation : rotation, timetable);
    if (code && code != NOT_FOUND)
        return code;
    if (code == OK && timetable_load(call, reach, timetable))
        return call->error.code;
    for (size_t i = 0; code == OK && i < timetable->plan.new_until; i++)
        if (!timetable->entries[i].is_past && strcmp(timetable->entries[i].turn.id, turn) == 0) {
            *index = i;
            return OK;
        }
    return call_fail(call, NOT_FOUND, field, _("no turn to come is called \"%s\""), turn);
}

void timetable_ask(struct call *call, struct timetable *timetable, size_t index,
                   struct plan_decision *decision)
{
    struct plan_slot *slot = &timetable->plan.slots[index];
    if (slot->state != PLAN_NEW)
        *slot = (struct plan_slot){ slot->day, PLAN_OPEN, PLAN_NOBODY };
    struct plan *plan = timetable_plan(call, timetable);
    bool is_found = false;
    while (!is_found && plan_step(plan, decision))
        is_found = decision->slot == index;
    assert(is_found);
}
