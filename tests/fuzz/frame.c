/* SPDX-License-Identifier: MIT */
/*
 * Whatever the bytes: the scan that is resumed at every byte says what the scan of the whole says; what it
 * lets through is unpacked without a fault by any method's record; and what is unpacked and packed stays the
 * same from then on.
 */
#include "frame.h"
#include "method.h"
#include "pack.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* In a block of just that size, so that a step beyond it is seen. */
static char *copy_of(const void *bytes, size_t size)
{
    char *copy = malloc(size ? size : 1);
    must(copy != NULL);
    return size ? memcpy(copy, bytes, size) : copy;
}

static enum code scan_in_pieces(const uint8_t *data, size_t size, size_t *length)
{
    struct frame_scan scan = { 0 };
    struct error error;
    enum code code = BUSY;
    for (size_t piece = 0; piece <= size && code == BUSY; piece++) {
        char *copy = copy_of(data, piece);
        code = frame_next(&scan, copy, piece, length, &error);
        free(copy);
    }
    return code;
}

static msgpack_sbuffer pack(const struct record *record, const void *base, struct arena *arena)
{
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    record_pack(record, base, &packer, arena);
    return buffer;
}

static void try_record(const struct record *record, struct packed params)
{
    struct arena arena = { 0 };
    struct error error;
    const char *request_id;
    void *base = arena_take(&arena, record->size), *again = arena_take(&arena, record->size);
    if (record_unpack(record, params, base, &request_id, &arena, &error) != OK ||
        record_check(record, base, &error) != OK) {
        must(text_length(error.text, true) > 0 && text_length(error.field, false) >= 0);
    } else {
        msgpack_sbuffer first = pack(record, base, &arena), second;
        must(record_unpack(record, (struct packed){ first.data, first.size }, again, NULL, &arena, &error) ==
             OK);
        second = pack(record, again, &arena);
        must(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
        msgpack_sbuffer_destroy(&first);
        msgpack_sbuffer_destroy(&second);
    }
    arena_free(&arena);
}

static void try_frame(const uint8_t *data, size_t length)
{
    struct message message;
    struct error error;
    char *frame = copy_of(data, length);
    if (frame_open(frame, length, &message, &error) == OK && message.type != MESSAGE_RESPONSE) {
        const struct method *method = method_find(message.method, message.method_length);
        if (method)
            try_record(method->params, message.params);
    }
    free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame_scan scan = { 0 };
    struct error error;
    size_t whole = 0, pieces = 0;
    char *copy = copy_of(data, size);
    enum code code = frame_next(&scan, copy, size, &whole, &error);
    must(code == scan_in_pieces(data, size, &pieces) && whole == pieces);
    free(copy);
    if (code == OK)
        try_frame(data, whole);
    return 0;
}
