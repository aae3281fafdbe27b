/* SPDX-License-Identifier: MIT */
/*
 * Rotations as they are set up, and what they will bring. A rotation that is stored has a rule that the
 * calendar understands, a zone that exists, and at least one member; whatever changes it brings its published
 * turns up to date in the same transaction.
 */
#include "company.h"
#include "publish.h"
#include "republish.h"

#include <stdlib.h>
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
        republish(call, params->id, changes_times(params), params->republish, &changed) ||
        (changes_times(params) && !params->republish && republish_renumber(call, params->id)) ||
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
        if (entry->is_past)
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

static int compare_turns(const void *a, const void *b)
{
    const struct turn *left = a, *right = b;
    if (left->starts_at != right->starts_at)
        return left->starts_at < right->starts_at ? -1 : 1;
    return left->n < right->n ? -1 : left->n > right->n;
}

/* What is settled, and what is to come, in order of time. */
static enum code all_turns(struct call *call, const struct rotation_turns_params *params,
                           struct turn_list *all)
{
    struct timetable timetable;
    int32_t from = params->from ? *params->from : call_today(call);
    int32_t until = params->until ? *params->until : INT32_MAX;
    struct timetable_reach reach = { .until_on = params->until ? until : INT32_MIN, .count = ITEMS_LIMIT };
    const struct rotation_settled_params settled = { params->rotation, from, params->until };
    if (forecast(call, params->rotation, reach, &timetable) || sql_rotation_settled(call, &settled, all))
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
    if (all->items_count > 1)
        qsort(items, all->items_count, sizeof *items, compare_turns);
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
