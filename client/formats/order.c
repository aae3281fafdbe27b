/* SPDX-License-Identifier: MIT */
#include "order.h"

enum { UNSEEN, ON_THE_WAY, PLACED };

struct ordering {
    const uint32_t *parents;
    unsigned char *state;
    uint32_t *path, *order, *rings;
    uint32_t placed, rings_count;
};

static void place(struct ordering *ordering, uint32_t row)
{
    ordering->state[row] = PLACED;
    ordering->order[ordering->placed++] = row;
}

/* A ring through `start`: named after its lowest row, which is placed first. */
static void place_ring(struct ordering *ordering, uint32_t start)
{
    const uint32_t *parents = ordering->parents;
    uint32_t lowest = start, depth = 0;
    for (uint32_t row = parents[start]; row != start; row = parents[row])
        lowest = row < lowest ? row : lowest;
    place(ordering, lowest);
    ordering->rings[lowest] = lowest;
    ordering->rings_count++;
    /* up along the parents from the lowest; the last one met refers to it by way of all the others */
    uint32_t *path = ordering->path;
    for (uint32_t row = parents[lowest]; row != lowest; row = parents[row]) {
        ordering->rings[row] = lowest;
        path[depth++] = row;
    }
    while (depth > 0)
        place(ordering, path[--depth]);
}

uint32_t order_by_parent(const uint32_t *parents, uint32_t count, struct arena *scratch, uint32_t *order,
                         uint32_t *rings)
{
    struct ordering ordering = { .parents = parents, .rings = rings };
    ordering.order = order;
    ordering.state = arena_take(scratch, (size_t)count + 1);
    ordering.path = arena_take(scratch, ((size_t)count + 1) * 2 * sizeof *ordering.path);
    for (uint32_t row = 0; row < count; row++)
        rings[row] = ORDER_NONE;
    for (uint32_t start = 0; start < count; start++) {
        /* the walk's own path lies behind what place_ring uses */
        uint32_t *walk = ordering.path + count, depth = 0, row = start;
        for (; row != ORDER_NONE && ordering.state[row] == UNSEEN; row = parents[row]) {
            ordering.state[row] = ON_THE_WAY;
            walk[depth++] = row;
        }
        /* the walk is over at a row placed before, at a top, or at one of its own */
        if (row != ORDER_NONE && ordering.state[row] == ON_THE_WAY)
            place_ring(&ordering, row);
        while (depth > 0)
            if (ordering.state[walk[--depth]] != PLACED)
                place(&ordering, walk[depth]);
    }
    return ordering.rings_count;
}
