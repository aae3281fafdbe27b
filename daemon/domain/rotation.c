/* SPDX-License-Identifier: MIT */
/*
 * Rotations as they are set up, and what they will bring. A rotation that is stored has a rule that the
 * calendar understands, a zone that exists, and at least one member; whatever changes it brings its published
 * turns up to date in the same transaction.
 */
#include "company.h"
#include "publish.h"
#include "store.h"

#include <inttypes.h>
#include <string.h>

enum {
    ID_LIMIT = 52 /* a turn's id is the rotation's, a hyphen and a number, within a slug's 64 characters */
};

/* ---- checks ---- */

static enum code check_members(struct call *call, const char **members, size_t count,
                               enum rotation_member_kind kind)
{
    struct rotation_twice_row twice = { 0 };
    struct rotation_unknown_row unknown = { 0 };
    enum code code = sql_rotation_twice(call, &(struct rotation_twice_params){ members, count }, &twice);
    if (code == OK)
        return call_fail(call, INVALID, "members", _("%s is there twice"), twice.member);
    if (code != NOT_FOUND)
        return code;
    code = sql_rotation_unknown(call, &(struct rotation_unknown_params){ members, count, kind }, &unknown);
    if (code == NOT_FOUND)
        return OK;
    if (code)
        return code;
    return kind == ROTATION_MEMBER_KIND_TEAM
               ? call_fail(call, NOT_FOUND, "members", _("no team is called \"%s\""), unknown.member)
               : call_fail(call, NOT_FOUND, "members", _("no person is called \"%s\""), unknown.member);
}

/* Opening it makes its rule and its zone, and so checks them; their error names the field. */
static enum code check_stored(struct call *call, const char *rotation)
{
    struct timetable timetable;
    return timetable_open(call, rotation, &timetable);
}

/* ---- the roster ---- */

static enum code set_members(struct call *call, const char *rotation, const char **members, size_t count)
{
    const struct rotation_member_put_params put = { rotation, members, count };
    const struct rotation_member_move_params move = { rotation, members, count };
    const struct rotation_stay_close_params close = { rotation, members, count };
    const struct rotation_stay_undo_params undo = { rotation, members, count };
    const struct rotation_stay_open_params open = { rotation, members, count };
    if (sql_rotation_member_put(call, &put) || sql_rotation_member_move(call, &move) ||
        sql_rotation_stay_close(call, &close) || sql_rotation_stay_undo(call, &undo))
        return call->error.code;
    return sql_rotation_stay_open(call, &open);
}

static enum code tell(struct call *call, const char *rotation)
{
    return tell_rotation_changed(call, &(struct rotation_changed_event){ .rotation = rotation });
}

/* ---- add, show, remove ---- */

enum code rotation_add(struct call *call, const struct rotation_add_params *params, struct rotation *result)
{
    struct rotation_add_params row = *params;
    const struct zone *zone;
    if (strlen(params->id) > ID_LIMIT)
        return call_fail(call, INVALID, "id", _("an id of a rotation has at most %d characters"), ID_LIMIT);
    if (params->members_count == 0)
        return call_fail(call, INVALID, "members", _("a rotation needs somebody who takes the turns"));
    if (company_zone(call, &zone))
        return call->error.code;
    if (row.zone == NULL)
        row.zone = zone_name(zone);
    if (check_members(call, params->members, params->members_count,
                      (enum rotation_member_kind)params->member_kind) ||
        sql_rotation_insert(call, &row) || check_stored(call, params->id) ||
        set_members(call, params->id, params->members, params->members_count) ||
        publish_rotation(call, params->id, false) || tell(call, params->id))
        return call->error.code;
    return sql_rotation_show(call, &(struct rotation_show_params){ .id = params->id }, result);
}

enum code rotation_show(struct call *call, const struct rotation_show_params *params, struct rotation *result)
{
    return sql_rotation_show(call, params, result);
}

enum code rotation_list(struct call *call, const struct rotation_list_params *params,
                        struct rotation_list_result *result)
{
    return sql_rotation_list(call, params, result);
}

enum code rotation_remove(struct call *call, const struct rotation_remove_params *params)
{
    if (sql_rotation_delete(call, &(struct rotation_delete_params){ .id = params->id }) ||
        job_drop(call, "rotation.publish", params->id))
        return call->error.code;
    return tell(call, params->id);
}

/* ---- change ---- */

static bool changes_times(const struct rotation_change_params *params)
{
    return params->starts || params->zone || params->rule || params->short_month;
}

/*
 * A new rule numbers its occurrences anew. Turns go on where they were: the first one behind the last
 * published turn gets the next number.
 */
static enum code renumber(struct call *call, const char *rotation)
{
    struct timetable timetable;
    struct timetable_end_row end = { 0 };
    struct slot slot;
    if (timetable_open(call, rotation, &timetable) ||
        sql_timetable_end(call, &(struct timetable_end_params){ .rotation = rotation }, &end))
        return call->error.code;
    struct rotation_renumber_params params = { rotation, 0, timetable.settings.starts };
    if (end.n) {
        int64_t now = zone_local(timetable.zone, call->now);
        params.rule_from = *end.local >= now ? ((int64_t)day_of_seconds(*end.local) + 1) * DAY_SECONDS : now;
        struct slots slots = slots_from(&timetable.source, params.rule_from);
        if (slots_next(&slots, &slot))
            params.n_offset = *end.n + 1 - slot.n;
    }
    return sql_rotation_renumber(call, &params);
}

/*
 * Gives published turns that are still to come the times of today's rule and calendar. A turn made by the
 * same rule follows its own occurrence, by its day; under a new rule the turns, in order, take the new
 * occurrences, so that a swap stays with its turn. A turn for which there is no occurrence left is cancelled;
 * an occurrence that was closed and no longer is becomes a turn.
 */
struct retiming {
    struct call *call;
    struct timetable timetable;
    struct turn_list coming; /* published ones only */
    struct slots slots;
    struct slot slot; /* the next one, where has_slot */
    bool has_slot, by_day;
};

static enum code retime_cancel(struct call *call, const struct turn *turn)
{
    struct turn cancelled = *turn;
    if (turn->state == TURN_STATE_CANCELLED)
        return OK;
    cancelled.member = NULL;
    if (sql_turn_return_credit(call, &(struct turn_return_credit_params){ .id = turn->id }) ||
        sql_turn_cancelled(call, &(struct turn_cancelled_params){ .id = turn->id }) ||
        sql_offer_void(call, &(struct offer_void_params){ .turn = turn->id }))
        return call->error.code;
    return publish_change(call, &cancelled, turn->member, TURN_CHANGED_EVENT_WHY_CANCELLED);
}

static enum code retime_move(struct retiming *retiming, const struct turn *turn, const struct slot *slot)
{
    struct turn moved = *turn;
    struct call *call = retiming->call;
    timetable_place(&retiming->timetable, slot, &moved);
    if (moved.starts_at == turn->starts_at && moved.local == turn->local && moved.ends_at == turn->ends_at)
        return OK;
    const struct turn_move_params move = { turn->id, moved.on, moved.local, moved.starts_at, moved.ends_at };
    if (sql_turn_move(call, &move))
        return call->error.code;
    return publish_change(call, &moved, turn->member, TURN_CHANGED_EVENT_WHY_MOVED);
}

static void next_slot(struct retiming *retiming)
{
    do
        retiming->has_slot = slots_next(&retiming->slots, &retiming->slot);
    while (retiming->has_slot && retiming->slot.starts_at <= retiming->call->now);
}

/* Open, as yet: the replanning that follows gives it to somebody. */
static enum code retime_add(struct retiming *retiming)
{
    const struct timetable_settings_row *settings = &retiming->timetable.settings;
    int64_t n = retiming->slot.n + settings->n_offset;
    struct turn turn = { .id = arena_print(&retiming->call->arena, "%s-%" PRId64, settings->id, n) };
    timetable_place(&retiming->timetable, &retiming->slot, &turn);
    return sql_turn_insert_missing(
        retiming->call, &(struct turn_insert_missing_params){ turn.id, settings->id, n, turn.on, turn.local,
                                                              turn.starts_at, turn.ends_at });
}

static enum code retime_one(struct retiming *retiming, const struct turn *turn, int64_t *n_offset)
{
    for (; retiming->by_day && retiming->has_slot && retiming->slot.on < turn->on; next_slot(retiming))
        if (retime_add(retiming))
            return retiming->call->error.code;
    if (!retiming->has_slot || (retiming->by_day && retiming->slot.on != turn->on))
        return retime_cancel(retiming->call, turn);
    if (retime_move(retiming, turn, &retiming->slot))
        return retiming->call->error.code;
    *n_offset = turn->n - retiming->slot.n;
    next_slot(retiming);
    return OK;
}

/* Whether all of these turns were made by the rule as it is now. */
static bool is_of_this_rule(const struct retiming *retiming)
{
    for (size_t i = 0; i < retiming->coming.items_count; i++)
        if (retiming->coming.items[i].local < retiming->timetable.settings.rule_from)
            return false;
    return true;
}

static void keep_published(struct turn_list *turns)
{
    size_t kept = 0;
    for (size_t i = 0; i < turns->items_count; i++)
        if (turns->items[i].published)
            turns->items[kept++] = turns->items[i];
    turns->items_count = kept;
}

static enum code retime(struct call *call, const char *rotation, bool is_new_rule)
{
    struct retiming retiming = { .call = call };
    if (timetable_open(call, rotation, &retiming.timetable) ||
        sql_timetable_coming(call, &(struct timetable_coming_params){ .rotation = rotation },
                             &retiming.coming))
        return call->error.code;
    const struct timetable_settings_row *settings = &retiming.timetable.settings;
    struct rotation_renumber_params numbers = { settings->id, settings->n_offset, settings->starts };
    keep_published(&retiming.coming);
    retiming.by_day = !is_new_rule && is_of_this_rule(&retiming);
    retiming.slots = slots_from(&retiming.timetable.source, zone_local(retiming.timetable.zone, call->now));
    if (retiming.coming.items_count == 0)
        return is_new_rule ? renumber(call, rotation) : OK;
    next_slot(&retiming);
    for (size_t i = 0; i < retiming.coming.items_count; i++)
        if (retime_one(&retiming, &retiming.coming.items[i], &numbers.n_offset))
            return call->error.code;
    return retiming.by_day ? OK : sql_rotation_renumber(call, &numbers);
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Published turns before and after, in order of their ids' numbers: what a republishing changes. */
static void compare(struct call *call, const struct turn_list *before, const struct turn_list *after,
                    struct rotation *result)
{
    struct difference *differences = arena_take(&call->arena,
                                                (before->items_count + 1) * sizeof *differences);
    result->differences = differences;
    result->differences_count = 0;
    for (size_t i = 0; i < before->items_count; i++) {
        const struct turn *old = &before->items[i], *new = NULL;
        if (!old->published || old->state == TURN_STATE_CANCELLED)
            continue;
        for (size_t j = 0; j < after->items_count && new == NULL; j++)
            if (strcmp(after->items[j].id, old->id) == 0 && after->items[j].state != TURN_STATE_CANCELLED)
                new = &after->items[j];
        if (new != NULL &&new->local == old->local && is_same(new->member, old->member))
            continue;
        differences[result->differences_count++] = (struct difference){ .turn = old->id,
                                                                        .local = old->local,
                                                                        .new_local = new ? &new->local : NULL,
                                                                        .member = old->member,
                                                                        .new_member = new ? new->member
                                                                                          : NULL };
    }
}

/* Republishes in a savepoint of its own, which is kept only where that was asked for. */
static enum code republish(struct call *call, const struct rotation_change_params *params,
                           struct rotation *result)
{
    const struct timetable_coming_params coming = { .rotation = params->id };
    struct turn_list before = { 0 }, after = { 0 };
    if (sql_timetable_coming(call, &coming, &before))
        return call->error.code;
    store_nested_begin(call->store);
    enum code code = retime(call, params->id, changes_times(params));
    if (code == OK)
        code = publish_rotation(call, params->id, true);
    if (code == OK)
        code = sql_timetable_coming(call, &coming, &after);
    store_nested_end(call->store, code == OK && params->republish);
    if (code == OK)
        compare(call, &before, &after, result);
    return code;
}

enum code rotation_change(struct call *call, const struct rotation_change_params *params,
                          struct rotation *result)
{
    struct rotation old = { 0 };
    struct rotation changed = { 0 };
    if (sql_rotation_show(call, &(struct rotation_show_params){ .id = params->id }, &old))
        return call->error.code;
    if (params->members_count > 0 && (check_members(call, params->members, params->members_count,
                                                    (enum rotation_member_kind)old.member_kind) ||
                                      set_members(call, params->id, params->members, params->members_count)))
        return call->error.code;
    if (sql_rotation_update(call, params) || check_stored(call, params->id) ||
        republish(call, params, &changed) ||
        (changes_times(params) && !params->republish && renumber(call, params->id)) ||
        publish_rotation(call, params->id, false) || tell(call, params->id) ||
        sql_rotation_show(call, &(struct rotation_show_params){ .id = params->id }, result))
        return call->error.code;
    result->differences = changed.differences;
    result->differences_count = changed.differences_count;
    return OK;
}

/* ---- what will be ---- */

enum { ITEMS_LIMIT = 5000, COUNT_DEFAULT = 12 };

/* The turns to come, as the planner sees them now; nothing is stored. */
static enum code forecast(struct call *call, const char *rotation, struct timetable_reach reach,
                          struct timetable *timetable)
{
    struct plan_decision decision;
    if (timetable_open(call, rotation, timetable) || timetable_load(call, reach, timetable))
        return call->error.code;
    struct plan *plan = timetable_plan(call, timetable);
    while (plan_step(plan, &decision))
        timetable_apply(timetable, &decision);
    return OK;
}

enum code rotation_preview(struct call *call, const struct rotation_preview_params *params,
                           struct rotation_preview_result *result)
{
    struct timetable timetable;
    struct timetable_reach reach = { .until_on = INT32_MAX, .count = COUNT_DEFAULT };
    if (params->count && params->until)
        return call_fail(call, INVALID, "until", _("give either a count or a last day, not both"));
    if (params->count)
        reach.count = (size_t)*params->count;
    if (params->until)
        reach = (struct timetable_reach){ .until_on = *params->until, .count = ITEMS_LIMIT + 1 };
    if (forecast(call, params->rotation, reach, &timetable))
        return call->error.code;
    size_t most = params->until ? ITEMS_LIMIT : reach.count;
    result->items = arena_take(&call->arena, (timetable.plan.new_until + 1) * sizeof *result->items);
    for (size_t i = 0; i < timetable.plan.new_until; i++) {
        const struct timetable_entry *entry = &timetable.entries[i];
        if (entry->is_past || entry->turn.state == TURN_STATE_CANCELLED)
            continue;
        if (timetable.plan.slots[i].day > reach.until_on || (!params->until && result->items_count == most))
            break;
        if (result->items_count == most)
            return call_fail(call, TOO_LARGE, "until",
                             _("this is too far ahead for one answer; ask for fewer turns"));
        result->items[result->items_count++] = entry->turn;
    }
    return OK;
}

/* Stored turns of the past first, then those to come. */
static enum code all_turns(struct call *call, const struct rotation_turns_params *params,
                           struct turn_list *all)
{
    struct timetable timetable;
    int32_t from = params->from ? *params->from : call_today(call);
    struct timetable_reach reach = { .until_on = params->until ? *params->until : INT32_MIN,
                                     .count = ITEMS_LIMIT };
    if (forecast(call, params->rotation, reach, &timetable))
        return call->error.code;
    int32_t until = params->until ? *params->until : INT32_MAX;
    const struct rotation_past_params past = { params->rotation, from, params->until };
    if (sql_rotation_past(call, &past, all))
        return call->error.code;
    struct turn *items = arena_take(&call->arena,
                                    (all->items_count + timetable.plan.new_until + 1) * sizeof *items);
    if (all->items_count > 0)
        memcpy(items, all->items, all->items_count * sizeof *items);
    all->items = items;
    for (size_t i = 0; i < timetable.plan.new_until; i++) {
        int32_t day = timetable.plan.slots[i].day;
        if (!timetable.entries[i].is_past && day >= from && day <= until)
            items[all->items_count++] = timetable.entries[i].turn;
    }
    return OK;
}

enum code rotation_turns(struct call *call, const struct rotation_turns_params *params,
                         struct rotation_turns_result *result)
{
    struct turn_list all = { 0 };
    size_t first = 0;
    if (all_turns(call, params, &all))
        return call->error.code;
    for (size_t i = 0; params->after && i < all.items_count; i++)
        if (strcmp(all.items[i].id, params->after) == 0)
            first = i + 1;
    if (params->after && first == 0)
        return call_fail(call, NOT_FOUND, "after", _("no turn is called \"%s\""), params->after);
    size_t left = all.items_count - first, most = (size_t)params->limit;
    result->items = all.items + first;
    result->items_count = left < most ? left : most;
    if (left > most)
        result->next = result->items[most - 1].id;
    return OK;
}
