/* SPDX-License-Identifier: MIT */
/* Single characters of UTF-8 text, and which of them act instead of being read. */
#ifndef CHARACTER_H
#define CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character at `text` (of `length` bytes, at least 1): its code point, or -1 where it is broken; *size
 * bytes. */
int32_t character_read(const char *text, size_t length, size_t *size);

/*
 * Control characters, DEL, C1, line and paragraph separators, and what steers the direction of writing
 * (Unicode Standard Annex 9) or is invisible; but for the joiner that makes one emoji of two.
 */
bool character_steers(int32_t character);

/* Whether there is anything in `text` for eyes: more than blanks and what steers. */
bool characters_show(const char *text);

/*
 * A copy without what steers, for readers that are no terminal of ours: line ends and tabs become blanks
 * (where it may break, every kind of line end a line feed, and tabs stay), the rest of them is left out, and
 * broken bytes are shown as U+FFFD. The caller frees it. Aborts when out of memory.
 */
char *character_plain(const char *text, bool may_break);

#endif
