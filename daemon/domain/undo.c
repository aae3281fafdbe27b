/* SPDX-License-Identifier: MIT */
/*
 * Undoing: the calls that undo one's own acts of the last 24 hours are kept, and run through the gate like
 * any other call, with the rights that their caller has by then. Nothing is undone over what somebody else
 * did since.
 */
#include "undo.h"

#include "books.h"
#include "pack.h"
#include "statements.h"

#include <string.h>

void undo_by(struct call *call, const char *method, const void *params)
{
    struct inverse_call *inner = arena_take(&call->arena, sizeof *inner), **last = &call->inverse;
    const struct record *record = method_find(method, strlen(method))->params;
    *inner = (struct inverse_call){ .method = method, .params = record_packed(record, params, &call->arena) };
    while (*last)
        last = &(*last)->next;
    *last = inner;
}

enum code undo_keep(struct call *call, const struct method *method, const struct inverse *inverse)
{
    return sql_undo_insert(call, &(struct undo_insert_params){ .uid = call->actor->uid,
                                                               .method = method->name,
                                                               .about = inverse->about,
                                                               .calls = inverse->calls,
                                                               .look = inverse->look,
                                                               .expected = inverse->expected });
}

/* ---- what there is ---- */

static enum code find_acts(struct call *call, const int64_t *act, int64_t limit,
                           struct undo_acts_row_list *acts)
{
    return sql_undo_acts(
        call, &(struct undo_acts_params){ .uid = call->actor->uid, .act = act, .limit = limit }, acts);
}

static enum code tell_act(struct call *call, const struct undo_acts_row *act, struct undoable *result)
{
    struct service_batch_params batch = { 0 };
    if (record_unpack(&record_service_batch_params, act->calls, &batch, NULL, &call->arena, &call->error))
        return call->error.code;
    *result = (struct undoable){ .act = act->act,
                                 .at = act->at,
                                 .method = act->method,
                                 .about = act->about,
                                 .calls = batch.calls,
                                 .calls_count = batch.calls_count };
    return OK;
}

enum code service_undoable(struct call *call, const struct service_undoable_params *params,
                           struct service_undoable_result *result)
{
    struct undo_acts_row_list acts = { 0 };
    if (find_acts(call, NULL, params->limit, &acts))
        return call->error.code;
    struct undoable *items = arena_take(&call->arena, (acts.items_count + 1) * sizeof *items);
    for (size_t i = 0; i < acts.items_count; i++)
        if (tell_act(call, &acts.items[i], &items[i]))
            return call->error.code;
    result->items = items;
    result->items_count = acts.items_count;
    return OK;
}

/* ---- whether it is still as it was left ---- */

static const msgpack_object *find_pair(const msgpack_object *map, const msgpack_object *key)
{
    for (uint32_t i = 0; i < map->via.map.size; i++)
        if (msgpack_object_equal(map->via.map.ptr[i].key, *key))
            return &map->via.map.ptr[i].val;
    return NULL;
}

static bool is_absent(const msgpack_object *value)
{
    return !value || value->type == MSGPACK_OBJECT_NIL ||
           (value->type == MSGPACK_OBJECT_ARRAY && value->via.array.size == 0);
}

/* What is expected as nil is expected not to be there. */
static bool has_all(const msgpack_object *map, const msgpack_object *expected)
{
    for (uint32_t i = 0; i < expected->via.map.size; i++) {
        const msgpack_object *wanted = &expected->via.map.ptr[i].val;
        const msgpack_object *value = find_pair(map, &expected->via.map.ptr[i].key);
        bool is_same = is_absent(wanted) ? is_absent(value) : value && msgpack_object_equal(*value, *wanted);
        if (!is_same)
            return false;
    }
    return true;
}

static bool is_as_expected(struct packed answer, struct packed expected)
{
    msgpack_unpacked now, then;
    size_t now_offset = 0, then_offset = 0;
    msgpack_unpacked_init(&now);
    msgpack_unpacked_init(&then);
    bool is_same =
        msgpack_unpack_next(&now, answer.bytes, answer.size, &now_offset) == MSGPACK_UNPACK_SUCCESS &&
        msgpack_unpack_next(&then, expected.bytes, expected.size, &then_offset) == MSGPACK_UNPACK_SUCCESS &&
        now.data.type == MSGPACK_OBJECT_MAP && then.data.type == MSGPACK_OBJECT_MAP &&
        has_all(&now.data, &then.data);
    msgpack_unpacked_destroy(&now);
    msgpack_unpacked_destroy(&then);
    return is_same;
}

static enum code check_untouched(struct call *call, const struct undo_acts_row *act)
{
    const struct method *method = method_find(act->method, strlen(act->method));
    struct packed answer;
    if (!act->look.bytes || !method || !method->shown_by)
        return OK;
    if (call->run_inner(call, method->shown_by->name, act->look, &answer))
        return call->error.code;
    if (!is_as_expected(answer, act->expected))
        return call_fail(call, CONFLICT, NULL, _("this was changed again since, so it stays as it is"));
    return OK;
}

/* ---- undoing ---- */

/* What the inverse call says is true, and yet was not asked for: what was asked for is the undoing. */
static enum code explain(struct call *call)
{
    struct error why = call->error;
    if (why.code != NOT_FOUND && why.code != CONFLICT && why.code != EXISTS && why.code != INVALID)
        return why.code;
    return call_fail(call, CONFLICT, NULL, _("this can no longer be undone: %s"), why.text);
}

enum code service_undo(struct call *call, const struct service_undo_params *params, struct undoable *result)
{
    struct undo_acts_row_list acts = { 0 };
    struct packed ignored;
    if (find_acts(call, params->act, 1, &acts))
        return call->error.code;
    if (acts.items_count == 0)
        return call_fail(call, NOT_FOUND, params->act ? "act" : NULL,
                         params->act
                             ? _("you have done nothing under this number in the last 24 hours that could be "
                                 "undone still")
                             : _("you have done nothing in the last 24 hours that could be undone"));
    if (tell_act(call, &acts.items[0], result))
        return call->error.code;
    if (check_untouched(call, &acts.items[0]))
        return explain(call);
    for (size_t i = 0; i < result->calls_count; i++)
        if (call->run_inner(call, result->calls[i].method, result->calls[i].params, &ignored))
            return explain(call);
    return sql_undo_delete(call, &(struct undo_delete_params){ .act = result->act });
}
