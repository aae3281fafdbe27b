/* SPDX-License-Identifier: MIT */
/* A short text that stands for several others: equal where all of them are. */
#ifndef SUM_H
#define SUM_H

#include "arena.h"

enum { SUM_LENGTH = 13 };

/*
 * Letters and digits, none of which are taken for one another when somebody types them. NULL counts as empty.
 * Two that differ have the same sum once in 10^19. In the arena.
 */
const char *sum_of(struct arena *arena, const char *const *parts, size_t count);

#endif
