/* SPDX-License-Identifier: MIT */
/* What goes over the wire, and how failure is told: requests packed, answers taken apart, errors put into
 * words. */
#include "private.h"

#include <errno.h>
#include <msgpack/pack.h>
#include <msgpack/unpack.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Ends a text that may have been cut inside of a character before that character. */
static void end_whole(char *text, size_t length)
{
    size_t start = length;
    while (start && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start && (unsigned char)text[start - 1] >= 0xC0)
        start--;
    else
        start = length;
    unsigned char first = (unsigned char)text[start];
    size_t whole = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    text[start < length && length - start < whole ? start : length] = 0;
}

/* Copies as much as fits; a NUL inside becomes a space, so that the rest is still seen. */
static void copy_text(char *to, size_t size, const char *text, size_t length)
{
    size_t fits = length < size ? length : size - 1;
    for (size_t i = 0; i < fits; i++)
        to[i] = text[i] ? text[i] : ' ';
    end_whole(to, fits);
}

enum laug_status explain(struct laug *laug, enum laug_status status, const char *format, ...)
{
    const char *code = status == LAUG_MISUSE    ? "invalid"
                       : status == LAUG_GARBLED ? "internal"
                                                : "unavailable";
    laug->error = (struct laug_error){ .is_callers = status == LAUG_MISUSE };
    strcpy(laug->error.code, code);
    va_list values;
    va_start(values, format);
    int length = vsnprintf(laug->error.text, sizeof laug->error.text, format, values);
    va_end(values);
    if (length >= (int)sizeof laug->error.text)
        end_whole(laug->error.text, sizeof laug->error.text - 1);
    return status;
}

enum laug_status explain_connection(struct laug *laug, enum laug_status status,
                                    const struct connection *connection)
{
    char why[128] = "it was closed";
    if (connection->cause)
        snprintf(why, sizeof why, "%s", strerrordesc_np(connection->cause));
    switch (status) {
    case LAUG_UNREACHABLE: return explain(laug, status, "no service answers at %s: %s", laug->path, why);
    case LAUG_LOST: return explain(laug, status, "the connection to %s was lost: %s", laug->path, why);
    case LAUG_TIMEOUT: return explain(laug, status, "the service at %s did not answer in time", laug->path);
    case LAUG_MISUSE: return explain(laug, status, "%s can not be a socket: %s", laug->path, why);
    case LAUG_NO_MEMORY: return explain(laug, status, "out of memory");
    default: return explain(laug, status, "what answers at %s does not speak the protocol", laug->path);
    }
}

static bool is_code(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (word[i] != '_' && (word[i] < 'a' || word[i] > 'z'))
            return false;
    return length > 0 && length < sizeof((struct laug_error *)0)->code;
}

/* "code field: sentence" or "code: sentence". A text of another form is all sentence, and `internal`. */
static void split_text(struct laug_error *error, const char *text, size_t length)
{
    const char *colon = memmem(text, length, ": ", 2);
    size_t head = colon ? (size_t)(colon - text) : 0;
    const char *space = memchr(text, ' ', head);
    size_t code = space ? (size_t)(space - text) : head;
    if (!is_code(text, code)) {
        strcpy(error->code, "internal");
        copy_text(error->text, sizeof error->text, text, length);
        return;
    }
    copy_text(error->code, sizeof error->code, text, code);
    if (space)
        copy_text(error->field, sizeof error->field, space + 1, head - code - 1);
    copy_text(error->text, sizeof error->text, colon + 2, length - head - 2);
}

/* [kind, text] */
enum laug_status explain_refusal(struct laug *laug, struct packed error)
{
    msgpack_unpacked unpacked;
    laug->error = (struct laug_error){ .code = "internal",
                                       .text = "the service refused, and did not say why" };
    msgpack_unpacked_init(&unpacked);
    if (msgpack_unpack_next(&unpacked, error.bytes, error.size, NULL) == MSGPACK_UNPACK_SUCCESS) {
        const msgpack_object_array *pair = &unpacked.data.via.array;
        if (unpacked.data.type == MSGPACK_OBJECT_ARRAY && pair->size == 2 &&
            pair->ptr[1].type == MSGPACK_OBJECT_STR) {
            bool is_callers = pair->ptr[0].type == MSGPACK_OBJECT_POSITIVE_INTEGER &&
                              pair->ptr[0].via.u64 == 1;
            laug->error = (struct laug_error){ .is_callers = is_callers };
            const msgpack_object_str *text = &pair->ptr[1].via.str;
            split_text(&laug->error, text->size ? text->ptr : "", text->size);
        }
    }
    msgpack_unpacked_destroy(&unpacked);
    return LAUG_REFUSED;
}

static bool is_map(const void *params, size_t length)
{
    unsigned char first = length ? *(const unsigned char *)params : 0;
    return ((first & 0xF0) == 0x80 || first == 0xDE || first == 0xDF) &&
           frame_value_length(params, length) == length;
}

enum laug_status params_check(struct laug *laug, const void *params, size_t length)
{
    enum { HEAD_MOST = 1024 }; /* the service's limit on a frame includes head and method */
    if (params && length > FRAME_SIZE - HEAD_MOST)
        return explain(laug, LAUG_MISUSE, "%zu bytes of parameters are more than the service takes", length);
    if (params && !is_map(params, length))
        return explain(laug, LAUG_MISUSE, "parameters must be one packed map of names and values");
    return LAUG_OK;
}

enum laug_status request_pack(struct laug *laug, msgpack_sbuffer *buffer, uint32_t msgid, const char *method,
                              const void *params, size_t length)
{
    msgpack_packer packer;
    msgpack_packer_init(&packer, buffer, msgpack_sbuffer_write);
    bool is_packed = msgpack_pack_array(&packer, 4) == 0 && msgpack_pack_int(&packer, MESSAGE_REQUEST) == 0 &&
                     msgpack_pack_uint32(&packer, msgid) == 0 &&
                     msgpack_pack_str_with_body(&packer, method, strlen(method)) == 0 &&
                     msgpack_pack_array(&packer, params ? 1 : 0) == 0 &&
                     (!params || msgpack_sbuffer_write(buffer, params, length) == 0);
    return is_packed ? LAUG_OK : explain(laug, LAUG_NO_MEMORY, "out of memory");
}

enum laug_status greeting_pack(struct laug *laug, msgpack_sbuffer *buffer, uint32_t msgid)
{
    const struct greeting *greeting = &laug->greeting;
    if (!greeting->method)
        return LAUG_OK;
    return request_pack(laug, buffer, msgid, greeting->method, greeting->params, greeting->length);
}

bool answer_read(struct packed frame, struct message *answer)
{
    struct error error;
    return frame_open(frame.bytes, frame.size, answer, &error) == OK && answer->type == MESSAGE_RESPONSE;
}

bool is_nil(struct packed value)
{
    return value.size == 1 && (unsigned char)value.bytes[0] == 0xC0;
}

const msgpack_object *map_find(const msgpack_object *map, const char *name)
{
    if (map->type != MSGPACK_OBJECT_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *pair = &map->via.map.ptr[i];
        if (pair->key.type == MSGPACK_OBJECT_STR && pair->key.via.str.size == strlen(name) &&
            memcmp(pair->key.via.str.ptr, name, strlen(name)) == 0)
            return &pair->val;
    }
    return NULL;
}
