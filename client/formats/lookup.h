/* SPDX-License-Identifier: MIT */
/* Texts to numbers, in constant time: which row has this id. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "arena.h"

#include <stdint.h>

#define LOOKUP_NONE UINT32_MAX

struct lookup_slot {
    const char *key;
    uint32_t value, hash;
};

/* Zeroed and with its arena set it is ready, and empty. */
struct lookup {
    struct arena *arena;
    struct lookup_slot *slots;
    uint32_t room, count; /* room is a power of two */
};

/* Keeps `key` (not copied) with `value`, and gives LOOKUP_NONE; a key that is there already keeps its value,
 * which is given. */
uint32_t lookup_add(struct lookup *lookup, const char *key, uint32_t value);

/* LOOKUP_NONE where there is none. */
uint32_t lookup_find(const struct lookup *lookup, const char *key);

#endif
