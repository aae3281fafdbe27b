/* SPDX-License-Identifier: MIT */
#include "pack.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define LARGEST_INTEGER                                                                                      \
    (INT64_C(1) << 53) /* what a double holds exactly, so that every language reads the same */

/* ---- from the wire ---- */

static enum code unpack_record(const struct record *record, const msgpack_object *map, void *base,
                               struct arena *arena, struct error *error);

static enum code unpack_integer(const struct field *field, const msgpack_object *object, int64_t *value,
                                struct error *error)
{
    bool is_negative = object->type == MSGPACK_OBJECT_NEGATIVE_INTEGER;
    if (!is_negative && object->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
        return fail(error, INVALID, field->name, _("must be an integer"));
    if (is_negative ? object->via.i64 <= -LARGEST_INTEGER : object->via.u64 >= LARGEST_INTEGER)
        return fail(error, INVALID, field->name, _("must be an integer below 2^53"));
    *value = object->via.i64;
    return OK;
}

/* What a value of any shape may be made of: nothing that another language could not read, or read otherwise.
 */
static enum code check_any(const struct field *field, const msgpack_object *object, struct error *error)
{
    switch (object->type) {
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64:
    case MSGPACK_OBJECT_BIN:
    case MSGPACK_OBJECT_EXT:
        return fail(error, INVALID, field->name, _("may hold texts, integers, lists and maps only"));
    case MSGPACK_OBJECT_ARRAY:
        for (uint32_t i = 0; i < object->via.array.size; i++)
            if (check_any(field, &object->via.array.ptr[i], error))
                return error->code;
        return OK;
    case MSGPACK_OBJECT_MAP:
        for (uint32_t i = 0; i < object->via.map.size; i++)
            if (check_any(field, &object->via.map.ptr[i].key, error) ||
                check_any(field, &object->via.map.ptr[i].val, error))
                return error->code;
        return OK;
    case MSGPACK_OBJECT_NIL:
    case MSGPACK_OBJECT_BOOLEAN:
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
    case MSGPACK_OBJECT_STR: return OK;
    }
    return INTERNAL;
}

struct packed pack_taken(msgpack_sbuffer *buffer, struct arena *arena)
{
    struct packed packed = { arena_copy(arena, buffer->data, buffer->size), buffer->size };
    msgpack_sbuffer_destroy(buffer);
    return packed;
}

/* msgpack-c does not tell where an object came from, so a value is packed again. */
static enum code unpack_any(const struct field *field, const msgpack_object *object, struct packed *value,
                            struct arena *arena, struct error *error)
{
    if (check_any(field, object, error))
        return error->code;
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_object(&packer, *object);
    *value = pack_taken(&buffer, arena);
    return OK;
}

static enum code unpack_value(const struct field *field, const msgpack_object *object, void *value,
                              struct arena *arena, struct error *error)
{
    switch (field->kind) {
    case KIND_RECORD: return unpack_record(field->record, object, value, arena, error);
    case KIND_VALUE: return unpack_any(field, object, value, arena, error);
    case KIND_INTEGER:
    case KIND_MINUTES: return unpack_integer(field, object, value, error);
    case KIND_BOOL:
        if (object->type != MSGPACK_OBJECT_BOOLEAN)
            return fail(error, INVALID, field->name, _("must be true or false"));
        *(bool *)value = object->via.boolean;
        return OK;
    case KIND_TEXT:
    case KIND_SLUG:
    case KIND_RULE:
    case KIND_MOMENT:
    case KIND_DATE:
    case KIND_INSTANT:
    case KIND_LOCAL:
    case KIND_ONE:
        if (object->type != MSGPACK_OBJECT_STR)
            return fail(error, INVALID, field->name, _("must be text"));
        return value_from_text(field, object->via.str.ptr, object->via.str.size, value, arena, error);
    }
    return INTERNAL;
}

static enum code unpack_list(const struct field *field, const msgpack_object *object, void *base,
                             struct arena *arena, struct error *error)
{
    if (object->type != MSGPACK_OBJECT_ARRAY)
        return fail(error, INVALID, field->name, _("must be a list"));
    if (object->via.array.size > field->at_most)
        return fail(error, INVALID, field->name, _("has %" PRIu32 " items; at most %" PRIu32 " are taken"),
                    object->via.array.size, field->at_most);
    for (uint32_t i = 0; i < object->via.array.size; i++)
        if (unpack_value(field, &object->via.array.ptr[i], field_add(field, base, arena), arena, error))
            return error->code;
    return OK;
}

/* Known to every write, and to no record. */
static const struct field request_id_field = { .name = "request_id", .kind = KIND_TEXT, .min = 1, .max = 64 };

static bool is_request_id(const msgpack_object *key)
{
    return key->type == MSGPACK_OBJECT_STR && word_is("request_id", key->via.str.ptr, key->via.str.size);
}

static enum code unpack_request_id(const msgpack_object *object, const char **request_id, struct arena *arena,
                                   struct error *error)
{
    const struct record record = { .name = "request", .fields = &request_id_field, .fields_count = 1 };
    if (object->type == MSGPACK_OBJECT_NIL)
        return OK;
    if (unpack_value(&request_id_field, object, request_id, arena, error))
        return error->code;
    return record_check(&record, request_id, error);
}

/* Which fields of a map were named, and which of them with a value, as bits. */
struct seen {
    uint64_t named, given;
    bool request_id;
};

static enum code unpack_pair(const struct record *record, const msgpack_object_kv *pair, void *base,
                             struct seen *seen, struct arena *arena, struct error *error)
{
    if (pair->key.type != MSGPACK_OBJECT_STR)
        return fail(error, INVALID, NULL, _("the name of a parameter must be text"));
    const struct field *field = field_find(record, pair->key.via.str.ptr, pair->key.via.str.size);
    if (!field) {
        const char *name = arena_copy(arena, pair->key.via.str.ptr, pair->key.via.str.size);
        return fail(error, INVALID, text_length(name, false) > 0 ? name : NULL,
                    _("no such parameter is known here"));
    }
    uint64_t bit = UINT64_C(1) << (field - record->fields);
    if (seen->named & bit)
        return fail(error, INVALID, field->name, _("is given twice"));
    seen->named |= bit;
    if (pair->val.type == MSGPACK_OBJECT_NIL) /* nil says the same as leaving it out */
        return OK;
    seen->given |= bit;
    if (field->is_list)
        return unpack_list(field, &pair->val, base, arena, error);
    return unpack_value(field, &pair->val, field_add(field, base, arena), arena, error);
}

static enum code unpack_map(const struct record *record, const msgpack_object *map, void *base,
                            const char **request_id, struct arena *arena, struct error *error)
{
    struct seen seen = { 0 };
    if (map->type != MSGPACK_OBJECT_MAP)
        return fail(error, INVALID, NULL, _("parameters are a map of named values"));
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *pair = &map->via.map.ptr[i];
        bool is_request = request_id && is_request_id(&pair->key);
        if (is_request && seen.request_id)
            return fail(error, INVALID, "request_id", _("is given twice"));
        seen.request_id |= is_request;
        enum code code = is_request ? unpack_request_id(&pair->val, request_id, arena, error)
                                    : unpack_pair(record, pair, base, &seen, arena, error);
        if (code)
            return code;
    }
    return record_complete(record, seen.given, base, error);
}

static enum code unpack_record(const struct record *record, const msgpack_object *map, void *base,
                               struct arena *arena, struct error *error)
{
    return unpack_map(record, map, base, NULL, arena, error);
}

enum code record_unpack(const struct record *record, struct packed bytes, void *base, const char **request_id,
                        struct arena *arena, struct error *error)
{
    if (request_id)
        *request_id = NULL;
    if (!bytes.bytes)
        return record_complete(record, 0, base, error);
    msgpack_unpacked message;
    msgpack_unpacked_init(&message);
    size_t offset = 0;
    enum code code;
    if (msgpack_unpack_next(&message, bytes.bytes, bytes.size, &offset) == MSGPACK_UNPACK_SUCCESS)
        code = unpack_map(record, &message.data, base, request_id, arena, error);
    else
        code = fail(error, INVALID, NULL, _("parameters are a map of named values"));
    msgpack_unpacked_destroy(&message);
    return code;
}

/* ---- to the wire ---- */

void pack_text(msgpack_packer *packer, const char *text)
{
    size_t length = strlen(text);
    msgpack_pack_str(packer, length);
    msgpack_pack_str_body(packer, text, length);
}

void pack_greeting(msgpack_packer *packer, enum language language)
{
    msgpack_pack_map(packer, 1);
    pack_text(packer, "language");
    pack_text(packer, language == DANISH ? "danish" : "english");
}

void pack_raw(msgpack_packer *packer, struct packed packed)
{
    packer->callback(packer->data, packed.bytes, packed.size);
}

static void pack_value(const struct field *field, const void *value, msgpack_packer *packer,
                       struct arena *arena)
{
    switch (field->kind) {
    case KIND_RECORD: record_pack(field->record, value, packer, arena); return;
    case KIND_VALUE: pack_raw(packer, *(const struct packed *)value); return;
    case KIND_INTEGER:
    case KIND_MINUTES: msgpack_pack_int64(packer, *(const int64_t *)value); return;
    case KIND_BOOL:
        if (*(const bool *)value)
            msgpack_pack_true(packer);
        else
            msgpack_pack_false(packer);
        return;
    case KIND_TEXT:
    case KIND_SLUG:
    case KIND_RULE:
    case KIND_MOMENT:
    case KIND_DATE:
    case KIND_INSTANT:
    case KIND_LOCAL:
    case KIND_ONE: pack_text(packer, value_to_text(field, value, arena)); return;
    }
}

void field_pack(const struct field *field, const void *base, msgpack_packer *packer, struct arena *arena)
{
    size_t count = field_count(field, base);
    pack_text(packer, field->name);
    if (field->is_list)
        msgpack_pack_array(packer, count);
    for (size_t n = 0; n < count; n++)
        pack_value(field, field_at(field, base, n), packer, arena);
}

void record_pack(const struct record *record, const void *base, msgpack_packer *packer, struct arena *arena)
{
    size_t present = 0;
    for (size_t i = 0; i < record->fields_count; i++)
        present += record->fields[i].is_list || field_count(&record->fields[i], base) > 0;
    msgpack_pack_map(packer, present);
    for (size_t i = 0; i < record->fields_count; i++) {
        const struct field *field = &record->fields[i];
        if (field->is_list || field_count(field, base))
            field_pack(field, base, packer, arena);
    }
}

struct packed record_packed(const struct record *record, const void *base, struct arena *arena)
{
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    record_pack(record, base, &packer, arena);
    return pack_taken(&buffer, arena);
}

void pack_failure(msgpack_packer *packer, uint32_t id, const struct error *error)
{
    char text[sizeof error->field + sizeof error->text + 32];
    snprintf(text, sizeof text, "%s%s%s: %s", code_word(error->code), *error->field ? " " : "", error->field,
             error->text);
    msgpack_pack_array(packer, 4);
    msgpack_pack_int(packer, 1);
    msgpack_pack_uint32(packer, id);
    msgpack_pack_array(packer, 2);
    msgpack_pack_int(packer, code_blames_caller(error->code) ? 1 : 0);
    pack_text(packer, text);
    msgpack_pack_nil(packer);
}

void pack_success(msgpack_packer *packer, uint32_t id)
{
    msgpack_pack_array(packer, 4);
    msgpack_pack_int(packer, 1);
    msgpack_pack_uint32(packer, id);
    msgpack_pack_nil(packer);
}
