/* SPDX-License-Identifier: MIT */
/*
 * Answers that are worth more than a table: each has a picture of its own on the screen. For scripts
 * (--plain,
 * --json) they are printed like any other.
 */
#ifndef VIEW_H
#define VIEW_H

#include "arena.h"
#include "cursor.h"
#include "screen.h"

struct view {
    const char *method;
    void (*print)(const struct screen *screen, struct arena *arena, struct cursor answer);
};

/* NULL where the method's answer has none. */
const struct view *view_find(const char *method);

/* What is mine. No more lines than screen->height, where that is not 0; what is left out is counted. */
void view_mine(const struct screen *screen, struct arena *arena, struct cursor answer);

/* When a sabbatical could begin: stretches of days, and what stands against the others. */
void view_free(const struct screen *screen, struct arena *arena, struct cursor answer);

/* Why a turn is whose it is: the choice in words, and what was said of each member. */
void view_explain(const struct screen *screen, struct arena *arena, struct cursor answer);

/* Letters to come, each as it will be read. */
void view_preview(const struct screen *screen, struct arena *arena, struct cursor answer);

#endif
