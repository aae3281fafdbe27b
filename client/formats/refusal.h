/* SPDX-License-Identifier: MIT */
/*
 * Why parts of a file are not taken: line, column and reason of each, in the order they were found.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include "arena.h"

#include <stddef.h>

struct refusal {
    size_t line;        /* from 1; 0 is the file as a whole */
    const char *column; /* the column's name in the file; NULL where it is the whole row */
    const char *reason; /* a sentence without its full stop */
    size_t number;      /* the how-manieth to be found */
};

struct refusals {
    struct arena *arena; /* owns the texts and the list */
    struct refusal *items;
    size_t count, room;
};

/* `column` is kept, not copied. */
void refuse(struct refusals *refusals, size_t line, const char *column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* By line, and within one in the order of finding. */
void refusals_sort(struct refusals *refusals);

#endif
