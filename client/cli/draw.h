/* SPDX-License-Identifier: MIT */
/* What the pictures of time have in common: texts of an exact width, headings, the explanation of symbols. */
#ifndef DRAW_H
#define DRAW_H

#include "arena.h"
#include "screen.h"

struct drawing {
    const struct screen *screen;
    struct arena *arena;
    int width; /* of the picture; never 0 */
};

enum { DRAW_NARROWEST = 40, DRAW_USUAL = 80 };

/* Where there is no limit (a pipe), as wide as a usual terminal. */
struct drawing draw_on(const struct screen *screen, struct arena *arena, int widest);

/* The text in exactly `width` columns: filled up with blanks, or cut with a mark. */
const char *draw_label(const struct drawing *drawing, const char *text, int width);

void draw_heading(const struct drawing *drawing, const char *text);

/* A line of `symbol text` pairs, folded; end it with draw_legend_end. *column: 0 at the start. */
void draw_legend(const struct drawing *drawing, int *column, enum look look, const char *mark,
                 const char *text);
void draw_legend_end(const struct drawing *drawing, int *column);

#endif
