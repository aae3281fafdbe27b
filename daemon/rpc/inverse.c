/* SPDX-License-Identifier: MIT */
#include "inverse.h"

#include "catalogue.h"
#include "pack.h"

#include <string.h>

enum { PAIRS_MOST = 64 };

/* Values of several records, to be packed as one map. */
struct pairs {
    const struct field *fields[PAIRS_MOST];
    const void *bases[PAIRS_MOST];
    size_t count;
    const struct field *clear;
    const char *cleared[PAIRS_MOST]; /* names of fields that are to be empty */
    const char *absent[PAIRS_MOST];  /* of fields that are not there: nil in the map */
    size_t cleared_count, absent_count;
};

static void add(struct pairs *pairs, const struct field *field, const void *base)
{
    if (pairs->count == PAIRS_MOST)
        return;
    pairs->fields[pairs->count] = field;
    pairs->bases[pairs->count++] = base;
}

/* The field of that name and kind, where it has a value. */
static const struct field *find_value(const struct record *record, const void *base, const struct field *like)
{
    const struct field *field = base ? field_find(record, like->name, strlen(like->name)) : NULL;
    bool is_alike = field && field->kind == like->kind && field->is_list == like->is_list &&
                    field->record == like->record;
    return is_alike && field_count(field, base) ? field : NULL;
}

static struct packed pack_pairs(struct call *call, const struct pairs *pairs)
{
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, pairs->count + pairs->absent_count + (pairs->cleared_count > 0));
    for (size_t i = 0; i < pairs->count; i++)
        field_pack(pairs->fields[i], pairs->bases[i], &packer, &call->arena);
    for (size_t i = 0; i < pairs->absent_count; i++) {
        pack_text(&packer, pairs->absent[i]);
        msgpack_pack_nil(&packer);
    }
    if (pairs->cleared_count) {
        pack_text(&packer, pairs->clear->name);
        msgpack_pack_array(&packer, pairs->cleared_count);
    }
    for (size_t i = 0; i < pairs->cleared_count; i++)
        pack_text(&packer, pairs->cleared[i]);
    return pack_taken(&buffer, &call->arena);
}

/* ---- undone by another method ---- */

static bool find_params(struct pairs *pairs, const struct method *method, const void *params,
                        const void *result)
{
    const struct record *wanted = method->undone_by->params;
    for (const struct field *field = wanted->fields; field < wanted->fields + wanted->fields_count; field++) {
        const struct field *first = find_value(method->params, params, field);
        const struct field *second = first ? NULL : find_value(method->result, result, field);
        if (first || second)
            add(pairs, first ? first : second, first ? params : result);
        else if (!field->is_optional && !field->has_default && !field->is_list)
            return false;
    }
    return true;
}

/* What it left, all that it could have said: it is undone only while that is so. What is absent must stay it.
 */
static void find_left(struct pairs *after, const struct method *method, const void *result)
{
    const struct record *takes = method->params;
    for (const struct field *field = takes->fields;
         method->shown_by && field < takes->fields + takes->fields_count; field++) {
        const struct field *left = field_find(method->result, field->name, strlen(field->name));
        if (left && find_value(method->result, result, left))
            add(after, left, result);
        else if (left && after->absent_count < PAIRS_MOST)
            after->absent[after->absent_count++] = left->name;
    }
}

/* ---- undone by itself ---- */

static bool is_undone_by_itself(const struct method *method)
{
    return method->undone_by == method;
}

const void *inverse_look(struct call *call, const struct method *method, const void *params)
{
    if (!is_undone_by_itself(method))
        return NULL;
    const struct method *show = method->shown_by;
    void *ids = arena_take(&call->arena, show->params->size),
         *former = arena_take(&call->arena, show->result->size);
    struct error error = call->error;
    for (size_t i = 0; i < show->params->fields_count; i++) {
        const struct field *field = &show->params->fields[i],
                           *given = find_value(method->params, params, field);
        if (given && field->kind == KIND_SLUG && !field->is_list)
            *(const char **)field_add(field, ids, &call->arena) = *(const char *const *)field_at(given,
                                                                                                 params, 0);
    }
    enum code code = handlers[show - methods](call, ids, former);
    call->error = error;
    return code ? NULL : former;
}

static bool has_word(const struct field *clear, const char *name)
{
    for (int i = 0; clear && clear->words[i]; i++)
        if (strcmp(clear->words[i], name) == 0)
            return true;
    return false;
}

/* A parameter that tells how, and not what: left at its default it says nothing. */
static bool is_silent(const struct field *field, const void *params)
{
    return field->kind == KIND_BOOL && field->has_default &&
           *(const bool *)field_at(field, params, 0) == (field->initial != 0);
}

/* The former value of one that was given; false where it cannot be given back. */
static bool give_back(struct pairs *pairs, const struct method *method, const void *params,
                      const void *former, const struct field *field)
{
    const struct field *old = find_value(method->shown_by->result, former, field);
    if (old) {
        add(pairs, old, former);
        return true;
    }
    if (!has_word(pairs->clear, field->name) ||
        !field_find(method->shown_by->result, field->name, strlen(field->name)))
        return is_silent(field, params);
    pairs->cleared[pairs->cleared_count++] = field->name;
    return true;
}

static bool is_id(const struct method *method, const struct field *field)
{
    return field_find(method->shown_by->params, field->name, strlen(field->name)) != NULL;
}

/* `pairs` are what gives the former values back; `after` what is there now, which must still be so. */
static bool find_former(struct pairs *pairs, struct pairs *after, const struct method *method,
                        const void *params, const void *result, const void *former)
{
    const struct record *takes = method->params;
    pairs->clear = field_find(takes, "clear", 5);
    for (const struct field *field = takes->fields; field < takes->fields + takes->fields_count; field++) {
        if (field == pairs->clear || !field_count(field, params))
            continue;
        if (is_id(method, field))
            add(pairs, field, params);
        else if (!give_back(pairs, method, params, former, field))
            return false;
        const struct field *now = find_value(method->result, result, field);
        if (now && !is_id(method, field))
            add(after, now, result);
    }
    for (size_t i = 0; pairs->clear && i < field_count(pairs->clear, params); i++) {
        const char *name = pairs->clear->words[*(const int *)field_at(pairs->clear, params, i)];
        const struct field *field = field_find(takes, name, strlen(name));
        const struct field *old = field ? find_value(method->shown_by->result, former, field) : NULL;
        if (old)
            add(pairs, old, former);
    }
    return true;
}

/* ---- keeping it ---- */

static void pack_call(msgpack_packer *packer, const char *method, struct packed params)
{
    msgpack_pack_map(packer, 2);
    pack_text(packer, "method");
    pack_text(packer, method);
    pack_text(packer, "params");
    pack_raw(packer, params);
}

/* As service.batch takes them: {calls: [{method, params}]} */
static struct packed pack_calls(struct call *call, const struct inverse_call *first)
{
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    size_t count = 0;
    for (const struct inverse_call *inner = first; inner; inner = inner->next)
        count++;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, 1);
    pack_text(&packer, "calls");
    msgpack_pack_array(&packer, count);
    for (const struct inverse_call *inner = first; inner; inner = inner->next)
        pack_call(&packer, inner->method, inner->params);
    return pack_taken(&buffer, &call->arena);
}

static void pack_looks(struct call *call, const struct method *method, const void *params, const void *result,
                       const struct pairs *after, struct inverse *inverse)
{
    struct pairs ids = { .count = 0 };
    for (size_t i = 0; i < method->shown_by->params->fields_count; i++) {
        const struct field *wanted = &method->shown_by->params->fields[i];
        const struct field *given = find_value(method->params, params, wanted),
                           *told = given ? NULL : find_value(method->result, result, wanted);
        if (given || told)
            add(&ids, given ? given : told, given ? params : result);
    }
    inverse->look = pack_pairs(call, &ids);
    inverse->expected = pack_pairs(call, after);
}

enum code inverse_keep(struct call *call, const struct method *method, const void *params, const void *result,
                       const void *former, const char *about)
{
    struct pairs pairs = { .count = 0 }, after = { .count = 0 };
    struct inverse inverse = { .about = about };
    struct inverse_call one = { .method = method->undone_by ? method->undone_by->name : "" };
    if (!method->undone_by)
        return OK;
    if (!call->inverse) {
        bool is_known = is_undone_by_itself(method)
                            ? former && find_former(&pairs, &after, method, params, result, former)
                            : find_params(&pairs, method, params, result);
        if (!is_known)
            return OK;
        one.params = pack_pairs(call, &pairs);
    }
    if (!is_undone_by_itself(method))
        find_left(&after, method, result);
    if (method->shown_by)
        pack_looks(call, method, params, result, &after, &inverse);
    inverse.calls = pack_calls(call, call->inverse ? call->inverse : &one);
    return undo_keep(call, method, &inverse);
}
