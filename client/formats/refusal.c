/* SPDX-License-Identifier: MIT */
#include "refusal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 16, REASON_SIZE = 512 };

static void refusals_grow(struct refusals *refusals)
{
    size_t room = refusals->room ? refusals->room * 2 : FIRST_ROOM;
    struct refusal *items = arena_take(refusals->arena, room * sizeof *items);
    if (refusals->count)
        memcpy(items, refusals->items, refusals->count * sizeof *items);
    refusals->items = items;
    refusals->room = room;
}

void refuse(struct refusals *refusals, size_t line, const char *column, const char *format, ...)
{
    char reason[REASON_SIZE];
    va_list values;
    va_start(values, format);
    vsnprintf(reason, sizeof reason, format, values);
    va_end(values);
    if (refusals->count == refusals->room)
        refusals_grow(refusals);
    refusals->items[refusals->count] = (struct refusal){ .line = line,
                                                         .column = column,
                                                         .number = refusals->count,
                                                         .reason = arena_copy(refusals->arena, reason,
                                                                              strlen(reason)) };
    refusals->count++;
}

static int by_line(const void *left, const void *right)
{
    const struct refusal *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

void refusals_sort(struct refusals *refusals)
{
    if (refusals->count)
        qsort(refusals->items, refusals->count, sizeof *refusals->items, by_line);
}
