/* SPDX-License-Identifier: MIT */
/*
 * Memory of one call: taken piece by piece, given back all at once. Nothing in it outlives arena_free.
 * A zeroed struct arena is ready for use. Running out of memory aborts; running over `budget` (where it is
 * not 0) also fails the call first: see arena_is_spent.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    char *next;                 /* free bytes of the newest block */
    size_t left;
    size_t taken;  /* bytes handed out so far */
    size_t budget; /* 0: unlimited */
};

/* `size` zeroed bytes, aligned for any type. Never NULL. The arena owns them. */
void *arena_take(struct arena *arena, size_t size) __attribute__((returns_nonnull, malloc));

/* A copy of `length` bytes with a NUL behind them. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length) __attribute__((returns_nonnull));

/* A printed text. */
char *arena_print(struct arena *arena, const char *format, ...)
    __attribute__((returns_nonnull, format(printf, 2, 3)));

/* True once more than the budget was taken: a list that grows with its input asks this and refuses. */
bool arena_is_spent(const struct arena *arena);

/* Gives everything back but the first block, which a next call reuses. */
void arena_reset(struct arena *arena);

void arena_free(struct arena *arena);

#endif
