/* SPDX-License-Identifier: MIT */
/*
 * Stored turns are what they are; new ones begin behind the last published one, whatever the rule or the
 * calendar says today, so that a change never brings a turn in between promises.
 */
#include "timetable.h"

#include "company.h"
#include "pack.h"

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
    /* only a change of zone can set a local day back; the planner wants them in order */
    if (plan->slots_count > 0 && day < plan->slots[plan->slots_count - 1].day)
        day = plan->slots[plan->slots_count - 1].day;
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
    default: return turn->published ? PLAN_HELD : PLAN_PINNED;
    }
}

/* A turn that is given out anew is a new slot, and its former member has the credit back. */
static bool is_released(const struct layout *layout, const struct turn *turn)
{
    return layout->reach.is_replan && turn->published && !turn->pinned &&
           (turn->state == TURN_STATE_PLANNED || turn->state == TURN_STATE_OPEN);
}

static void release(struct layout *layout, enum plan_state *state, int32_t *member)
{
    struct roster *roster = &layout->timetable->roster;
    if (*member >= 0)
        roster->members[*member].credit = plan_credit_given(roster->members[*member].credit);
    *state = PLAN_NEW;
    *member = PLAN_NOBODY;
}

/* With these turns not chosen yet, the last one chosen is the one before them: the level is what it was then.
 */
static enum code restore_level(struct layout *layout)
{
    struct call *call = layout->call;
    for (size_t i = 0; i < layout->stored.items_count; i++) {
        const struct turn *turn = &layout->stored.items[i];
        struct turn_reasons_row row = { 0 };
        struct grounds grounds = { 0 };
        if (!is_released(layout, turn))
            continue;
        if (sql_turn_reasons(call, &(struct turn_reasons_params){ .id = turn->id }, &row))
            return call->error.code;
        if (row.reasons.bytes == NULL)
            continue;
        if (record_unpack(&record_grounds, row.reasons, &grounds, NULL, &call->arena, &call->error))
            return call->error.code;
        if (grounds.how == GROUNDS_HOW_CHOSEN && grounds.level < layout->timetable->plan.level)
            layout->timetable->plan.level = (int32_t)grounds.level;
    }
    return OK;
}

static struct timetable_entry *add_stored(struct layout *layout, const struct turn *turn, int64_t local)
{
    enum plan_state state = state_of(turn);
    int32_t member = roster_find(&layout->timetable->roster, turn->member);
    if (is_released(layout, turn))
        release(layout, &state, &member);
    struct timetable_entry *entry = add(layout, day_of_seconds(local), state, member);
    entry->turn = *turn;
    entry->is_stored = true;
    layout->coming++;
    return entry;
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

/* What is cancelled has no place in the plan: it is nobody's turn and nobody's neighbour. */
static void add_published(struct layout *layout)
{
    for (size_t i = 0; i < layout->stored.items_count; i++)
        if (layout->stored.items[i].published && layout->stored.items[i].state != TURN_STATE_CANCELLED)
            add_stored(layout, &layout->stored.items[i], layout->stored.items[i].local);
    layout->timetable->plan.new_until = layout->timetable->plan.slots_count;
}

/* The row that a hand has put in the place of turn n before its time, or NULL. Its time is the slot's. */
static const struct turn *find_ahead(const struct layout *layout, int64_t n)
{
    for (size_t i = 0; i < layout->stored.items_count; i++)
        if (!layout->stored.items[i].published && layout->stored.items[i].n == n)
            return &layout->stored.items[i];
    return NULL;
}

static int64_t last_ahead(const struct layout *layout)
{
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < layout->stored.items_count; i++)
        if (!layout->stored.items[i].published && layout->stored.items[i].n > last)
            last = layout->stored.items[i].n;
    return last;
}

static void add_slot(struct layout *layout, const struct slot *slot, int64_t n)
{
    const struct turn *ahead = find_ahead(layout, n);
    if (ahead == NULL)
        add_new(layout, slot, n);
    else if (ahead->state != TURN_STATE_CANCELLED)
        timetable_place(layout->timetable, slot, &add_stored(layout, ahead, slot->local)->turn);
}

/*
 * New turns begin on a day behind the last published one. They go on beyond the reach up to the last that a
 * hand has put somebody on, so that everybody's neighbours are right; the planner leaves those alone.
 */
static void add_coming(struct layout *layout, const struct timetable_end_row *end)
{
    struct timetable *timetable = layout->timetable;
    struct plan_rotation *plan = &timetable->plan;
    int64_t from = timetable_now(layout->call, timetable), last_n = end->n ? *end->n : INT64_MIN;
    if (end->local && *end->local >= from)
        from = ((int64_t)day_of_seconds(*end->local) + 1) * DAY_SECONDS;
    struct slots slots = slots_from(&timetable->source, from);
    struct slot slot;
    int64_t ahead = last_ahead(layout);
    timetable->next_new_on = INT32_MAX;
    timetable->last_n = last_n;
    while (slots_next(&slots, &slot)) {
        int64_t n = slot.n + timetable->settings.n_offset;
        if (n <= last_n || slot.starts_at <= layout->call->now)
            continue;
        int32_t day = day_of_seconds(slot.local);
        bool is_beyond = timetable->next_new_on != INT32_MAX || !is_within(layout, day);
        if (is_beyond && timetable->next_new_on == INT32_MAX)
            timetable->next_new_on = day;
        if (is_beyond && n > ahead)
            return;
        add_slot(layout, &slot, n);
        timetable->last_n = n;
        if (!is_beyond)
            plan->new_until = plan->slots_count;
    }
    timetable->is_ended = true;
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
    if (reach.is_replan && restore_level(&layout))
        return call->error.code;
    add_published(&layout);
    if (reach.is_next)
        layout.reach.count = layout.coming + 1;
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
