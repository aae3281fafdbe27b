/* SPDX-License-Identifier: MIT */
/* Structured parameters. A record is read as the catalogue declares it, so that a misspelt name is told here.
 */
#include "json.h"
#include "pack.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum code read_record(const struct record *record, const json_t *json, void *base, struct arena *arena,
                             struct error *error);

/* ---- any value ---- */

static enum code pack_json(const struct field *field, const json_t *json, msgpack_packer *packer,
                           struct error *error)
{
    switch (json_typeof(json)) {
    case JSON_NULL: msgpack_pack_nil(packer); return OK;
    case JSON_TRUE: msgpack_pack_true(packer); return OK;
    case JSON_FALSE: msgpack_pack_false(packer); return OK;
    case JSON_INTEGER: msgpack_pack_int64(packer, json_integer_value(json)); return OK;
    case JSON_REAL:
        return fail(error, INVALID, field->name, _("holds %g, and only whole numbers are taken"),
                    json_real_value(json));
    case JSON_STRING: pack_text(packer, json_string_value(json)); return OK;
    case JSON_ARRAY: {
        size_t i;
        const json_t *item;
        msgpack_pack_array(packer, json_array_size(json));
        json_array_foreach(json, i, item) if (pack_json(field, item, packer, error)) return error->code;
        return OK;
    }
    case JSON_OBJECT: {
        msgpack_pack_map(packer, json_object_size(json));
        for (void *at = json_object_iter((json_t *)(uintptr_t)json); at;
             at = json_object_iter_next((json_t *)(uintptr_t)json, at)) {
            pack_text(packer, json_object_iter_key(at));
            if (pack_json(field, json_object_iter_value(at), packer, error))
                return error->code;
        }
        return OK;
    }
    }
    return INTERNAL;
}

static enum code read_any(const struct field *field, const json_t *json, struct packed *value,
                          struct arena *arena, struct error *error)
{
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    enum code code = pack_json(field, json, &packer, error);
    if (code == OK)
        *value = (struct packed){ arena_copy(arena, buffer.data, buffer.size), buffer.size };
    msgpack_sbuffer_destroy(&buffer);
    return code;
}

/* ---- values of the catalogue's kinds ---- */

static enum code read_value(const struct field *field, const json_t *json, void *value, struct arena *arena,
                            struct error *error)
{
    switch (field->kind) {
    case KIND_RECORD: return read_record(field->record, json, value, arena, error);
    case KIND_VALUE: return read_any(field, json, value, arena, error);
    case KIND_INTEGER:
    case KIND_MINUTES:
        if (!json_is_integer(json))
            return fail(error, INVALID, field->name, _("must be a whole number"));
        *(int64_t *)value = json_integer_value(json);
        return OK;
    case KIND_BOOL:
        if (!json_is_boolean(json))
            return fail(error, INVALID, field->name, _("must be true or false"));
        *(bool *)value = json_is_true(json);
        return OK;
    default:
        if (!json_is_string(json))
            return fail(error, INVALID, field->name, _("must be text"));
        return value_from_text(field, json_string_value(json), json_string_length(json), value, arena, error);
    }
}

static enum code read_field(const struct field *field, const json_t *json, void *base, struct arena *arena,
                            struct error *error)
{
    if (!field->is_list)
        return read_value(field, json, field_add(field, base, arena), arena, error);
    if (!json_is_array(json))
        return fail(error, INVALID, field->name, _("must be a list"));
    for (size_t i = 0; i < json_array_size(json); i++)
        if (read_value(field, json_array_get(json, i), field_add(field, base, arena), arena, error))
            return error->code;
    return OK;
}

static enum code read_record(const struct record *record, const json_t *json, void *base, struct arena *arena,
                             struct error *error)
{
    uint64_t given = 0;
    if (!json_is_object(json))
        return fail(error, INVALID, NULL,
                    _("here a map of names and values is needed: {\"name\": \"value\"}"));
    for (void *at = json_object_iter((json_t *)(uintptr_t)json); at;
         at = json_object_iter_next((json_t *)(uintptr_t)json, at)) {
        const char *name = json_object_iter_key(at);
        const struct field *field = field_find(record, name, strlen(name));
        if (!field)
            return fail(error, INVALID, name, _("no such parameter is known here"));
        if (json_is_null(json_object_iter_value(at)))
            continue;
        given |= UINT64_C(1) << (field - record->fields);
        if (read_field(field, json_object_iter_value(at), base, arena, error))
            return error->code;
    }
    return record_complete(record, given, base, error);
}

/* ---- where the text comes from ---- */

/* The whole of a file, or of standard input. */
static enum code read_file(const char *name, char **text, size_t *size, struct error *error)
{
    enum { MOST = 64 * 1024 * 1024 };
    int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    FILE *out = open_memstream(text, size);
    char piece[16384];
    ssize_t got = fd < 0 ? -1 : 1;
    size_t total = 0;
    while (got > 0 && out && total < MOST && (got = read(fd, piece, sizeof piece)) > 0)
        total += fwrite(piece, 1, (size_t)got, out);
    int cause = errno;
    if (fd > STDIN_FILENO)
        close(fd);
    if (out)
        fclose(out);
    if (got < 0 || !out)
        return fail(error, INVALID, NULL, _("%s cannot be read: %s"), name, strerror(cause));
    return total >= MOST ? fail(error, TOO_LARGE, NULL, _("%s is longer than 64 MiB"), name) : OK;
}

enum code json_read(const struct field *field, const char *text, void *base, struct arena *arena,
                    struct error *error)
{
    json_error_t fault;
    char *file = NULL;
    size_t size = strlen(text);
    if (*text == '@' && read_file(text + 1, &file, &size, error)) {
        free(file);
        return error->code;
    }
    json_t *json = json_loadb(file ? file : text, size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &fault);
    free(file);
    if (!json)
        return fail(error, INVALID, field->name, _("is not JSON: line %d, column %d: %s"), fault.line,
                    fault.column, fault.text);
    enum code code = field->is_list && !json_is_array(json)
                         ? read_value(field, json, field_add(field, base, arena), arena, error)
                         : read_field(field, json, base, arena, error);
    json_decref(json);
    return code;
}
