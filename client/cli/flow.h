/* SPDX-License-Identifier: MIT */
/* Names and values one behind the other, as many on a line as fit: the short form of a card. */
#ifndef FLOW_H
#define FLOW_H

#include "arena.h"
#include "screen.h"

/* A zeroed one with screen, arena and indent is at the start. */
struct flow {
    const struct screen *screen;
    struct arena *arena;
    int indent, column;
};

void flow_pair(struct flow *flow, const char *name, const char *value);
/* Ends the last line. */
void flow_end(struct flow *flow);

#endif
