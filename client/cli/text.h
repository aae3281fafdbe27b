/* SPDX-License-Identifier: MIT */
/*
 * Text for eyes. What text_visible gives cannot steer a terminal or turn the direction of writing around,
 * whatever somebody put into a name; everything that comes from outside passes through it before it is shown.
 */
#ifndef TEXT_H
#define TEXT_H

#include "arena.h"

#include <stdio.h>

/*
 * A copy in which control characters, DEL, C1 and line and paragraph separators are written \x1b, and what
 * steers the direction of writing (Unicode Standard Annex 9) or is invisible as \u202e. Broken UTF-8 is
 * written byte by byte. `may_break` keeps line feeds.
 */
const char *text_visible(struct arena *arena, const char *text, size_t length, _Bool may_break);

/* Columns on a terminal, of the widest line. */
int text_columns(const char *text);

/*
 * Breaks lines at blanks, so that none is wider than `width` (0: no limit) where a word allows it. Single
 * line feeds count as blanks where `joins`, double ones part paragraphs. The arena owns the result.
 */
const char *text_fold(struct arena *arena, const char *text, int width, _Bool joins);

/* Prints text_fold(…) with every line indented. */
void text_print(FILE *out, struct arena *arena, const char *text, int indent, int width);

#endif
