/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    max_align_t bytes[];
};

static void add_block(struct arena *arena, size_t size)
{
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        abort();
    *block = (struct arena_block){ .older = arena->blocks, .size = size };
    arena->blocks = block;
    arena->next = (char *)block->bytes;
    arena->left = size;
}

void *arena_take(struct arena *arena, size_t size)
{
    size_t rounded = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (rounded < size)
        abort();
    if (rounded > arena->left)
        add_block(arena, rounded > BLOCK_SIZE ? rounded : BLOCK_SIZE);
    void *taken = memset(arena->next, 0, rounded);
    arena->next += rounded;
    arena->left -= rounded;
    arena->taken += rounded;
    return taken;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_take(arena, length + 1);
    return length ? memcpy(copy, bytes, length) : copy;
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (length < 0)
        abort();
    char *text = arena_take(arena, (size_t)length + 1);
    va_start(values, format);
    vsnprintf(text, (size_t)length + 1, format, values);
    va_end(values);
    return text;
}

bool arena_is_spent(const struct arena *arena)
{
    return arena->budget && arena->taken > arena->budget;
}

void arena_reset(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block && block->older) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    *arena = (struct arena){ .blocks = block, .budget = arena->budget };
    if (block) {
        arena->next = (char *)block->bytes;
        arena->left = block->size;
    }
}

void arena_free(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *older = arena->blocks->older;
        free(arena->blocks);
        arena->blocks = older;
    }
    *arena = (struct arena){ .budget = arena->budget };
}
