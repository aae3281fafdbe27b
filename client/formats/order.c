/* SPDX-License-Identifier: MIT */
#include "order.h"

enum { UNSEEN, ON_THE_WAY, PLACED };

/* A row that is in a ring, given one from which a walk along the parents comes upon itself. */
static uint32_t lowest_in_ring(const uint32_t *parents, uint32_t start)
{
    uint32_t lowest = start;
    for (uint32_t row = parents[start]; row != start; row = parents[row])
        lowest = row < lowest ? row : lowest;
    return lowest;
}

uint32_t order_by_parent(const uint32_t *parents, uint32_t count, struct arena *scratch, uint32_t *order)
{
    unsigned char *state = arena_take(scratch, count ? count : 1);
    uint32_t *path = arena_take(scratch, (count ? count : 1) * sizeof *path);
    uint32_t placed = 0;
    for (uint32_t start = 0; start < count; start++) {
        uint32_t depth = 0, row = start;
        for (; row != ORDER_NONE && state[row] == UNSEEN; row = parents[row]) {
            state[row] = ON_THE_WAY;
            path[depth++] = row;
        }
        /* the walk is over at a row placed before, at a top, or at one of its own */
        if (row != ORDER_NONE && state[row] == ON_THE_WAY)
            return lowest_in_ring(parents, row);
        while (depth > 0) {
            row = path[--depth];
            state[row] = PLACED;
            order[placed++] = row;
        }
    }
    return ORDER_NONE;
}
