/* SPDX-License-Identifier: MIT */
/*
 * An answer, read where it lies: nothing is allocated or copied. It may hold only what liblaug has given out,
 * which is one whole and good MessagePack value (specification: github.com/msgpack/msgpack, spec.md).
 */
#ifndef CURSOR_H
#define CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in it. Each reader moves it only where it says true. */
struct cursor {
    const uint8_t *at, *end;
};

bool cursor_array(struct cursor *cursor, uint32_t *count);
bool cursor_map(struct cursor *cursor, uint32_t *pairs);
bool cursor_text(struct cursor *cursor, const char **text, uint32_t *length); /* borrowed, not terminated */
bool cursor_integer(struct cursor *cursor, int64_t *value); /* false beyond the range of int64_t */
bool cursor_bool(struct cursor *cursor, bool *value);
bool cursor_nil(struct cursor *cursor);
bool cursor_skip(struct cursor *cursor); /* false only at the end */

#endif
