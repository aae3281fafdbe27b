/* SPDX-License-Identifier: MIT */
/*
 * MessagePack as it comes off a socket: first scanned, then read in place. Nothing is allocated and nothing
 * recurses, and no declared length is believed before its bytes are there.
 */
#ifndef LAUG_VALUE_H
#define LAUG_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VALUE_DEPTH = 16 };

/* A scan of one value that goes on where it stopped when more bytes have come. Zeroed, it is at the start. */
struct scan {
    size_t at;                  /* bytes done with */
    unsigned depth;             /* open arrays and maps */
    uint64_t left[VALUE_DEPTH]; /* values still to come in each; a map counts two a pair */
    bool has_begun;
};

enum scan_result { SCAN_WHOLE, SCAN_PART, SCAN_BAD };

/*
 * Scans on through `bytes`, of which `available` are there (the same as before, and more). WHOLE: the value
 * is the first scan->at bytes. BAD: not MessagePack, an extension type, a text that is not UTF-8, nested
 * deeper than VALUE_DEPTH, or bound to be longer than `limit` bytes.
 */
enum scan_result scan_on(struct scan *scan, const uint8_t *bytes, size_t available, size_t limit);

/* True where the bytes are exactly one good value. */
bool value_is_whole(const uint8_t *bytes, size_t length);

/* A place in bytes that were scanned as WHOLE. Each reader moves it only when it says true. */
struct cursor {
    const uint8_t *at, *end;
};

bool cursor_array(struct cursor *cursor, uint32_t *count);
bool cursor_map(struct cursor *cursor, uint32_t *pairs);
bool cursor_text(struct cursor *cursor, const char **text, uint32_t *length); /* borrowed, not terminated */
bool cursor_integer(struct cursor *cursor, int64_t *value); /* false beyond the range of int64_t */
bool cursor_nil(struct cursor *cursor);
bool cursor_skip(struct cursor *cursor); /* false only at the end */

#endif
