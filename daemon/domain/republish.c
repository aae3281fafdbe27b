/* SPDX-License-Identifier: MIT */
/*
 * Gives promises out anew. A turn keeps its id through it, and with its id whatever was agreed about it.
 */
#include "republish.h"

#include "publish.h"
#include "store.h"

#include <inttypes.h>
#include <string.h>

enum code republish_renumber(struct call *call, const char *rotation)
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
        int64_t last = end.local ? *end.local : INT64_MIN;
        params.rule_from = last >= now ? ((int64_t)day_of_seconds(last) + 1) * DAY_SECONDS : now;
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
    int32_t last_n; /* of the occurrence that was taken last; 0: none */
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

/* A cancelled turn stays as it is; under the same rule it keeps its occurrence to itself. */
static enum code retime_one(struct retiming *retiming, const struct turn *turn)
{
    bool is_cancelled = turn->state == TURN_STATE_CANCELLED;
    for (; retiming->by_day && retiming->has_slot && retiming->slot.on < turn->on; next_slot(retiming))
        if (retime_add(retiming))
            return retiming->call->error.code;
    bool has_own = retiming->has_slot && (!retiming->by_day || retiming->slot.on == turn->on);
    if (is_cancelled && has_own && retiming->by_day)
        next_slot(retiming);
    if (is_cancelled)
        return OK;
    if (!has_own)
        return retime_cancel(retiming->call, turn);
    retiming->last_n = retiming->slot.n;
    if (retime_move(retiming, turn, &retiming->slot))
        return retiming->call->error.code;
    next_slot(retiming);
    return OK;
}

/* Whether all of these turns were made by the rule as it is now. */
static bool is_of_this_rule(const struct retiming *retiming)
{
    for (size_t i = 0; i < retiming->coming.items_count; i++)
        if (retiming->coming.items[i].state != TURN_STATE_CANCELLED &&
            retiming->coming.items[i].local < retiming->timetable.settings.rule_from)
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
    struct timetable_end_row end = { 0 };
    if (timetable_open(call, rotation, &retiming.timetable) ||
        sql_timetable_coming(call, &(struct timetable_coming_params){ .rotation = rotation },
                             &retiming.coming) ||
        sql_timetable_end(call, &(struct timetable_end_params){ .rotation = rotation }, &end))
        return call->error.code;
    const struct timetable_settings_row *settings = &retiming.timetable.settings;
    keep_published(&retiming.coming);
    retiming.by_day = !is_new_rule && is_of_this_rule(&retiming);
    retiming.slots = slots_from(&retiming.timetable.source, zone_local(retiming.timetable.zone, call->now));
    next_slot(&retiming);
    for (size_t i = 0; i < retiming.coming.items_count; i++)
        if (retime_one(&retiming, &retiming.coming.items[i]))
            return call->error.code;
    if (retiming.by_day)
        return OK;
    if (retiming.last_n == 0)
        return republish_renumber(call, rotation);
    /* the occurrence after the last one taken gets the number after all that were ever given */
    return sql_rotation_renumber(
        call, &(struct rotation_renumber_params){ settings->id, *end.n - retiming.last_n, settings->starts });
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

enum code republish(struct call *call, const char *rotation, bool is_new_rule, bool is_kept,
                    struct rotation *result)
{
    const struct timetable_coming_params coming = { .rotation = rotation };
    struct turn_list before = { 0 }, after = { 0 };
    if (sql_timetable_coming(call, &coming, &before))
        return call->error.code;
    store_nested_begin(call->store);
    enum code code = retime(call, rotation, is_new_rule);
    if (code == OK)
        code = publish_rotation(call, rotation, true);
    if (code == OK)
        code = sql_timetable_coming(call, &coming, &after);
    store_nested_end(call->store, code == OK && is_kept);
    if (code == OK)
        compare(call, &before, &after, result);
    return code;
}
