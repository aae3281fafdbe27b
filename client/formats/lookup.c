/* SPDX-License-Identifier: MIT */
#include "lookup.h"

#include <string.h>

enum { FIRST_ROOM = 64 };

/* FNV-1a. A file that makes its own ids collide slows its own import down, and nobody else's. */
static uint32_t hash_of(const char *key)
{
    uint32_t hash = 2166136261u;
    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 16777619u;
    return hash;
}

/* The slot of `key`, or the free one where it would go. */
static struct lookup_slot *slot_of(const struct lookup *lookup, const char *key, uint32_t hash)
{
    uint32_t at = hash & (lookup->room - 1);
    while (lookup->slots[at].key &&
           (lookup->slots[at].hash != hash || strcmp(lookup->slots[at].key, key) != 0))
        at = (at + 1) & (lookup->room - 1);
    return &lookup->slots[at];
}

static void lookup_grow(struct lookup *lookup)
{
    struct lookup bigger = { .arena = lookup->arena,
                             .room = lookup->room ? lookup->room * 2 : FIRST_ROOM,
                             .count = lookup->count };
    bigger.slots = arena_take(lookup->arena, bigger.room * sizeof *bigger.slots);
    for (uint32_t i = 0; i < lookup->room; i++)
        if (lookup->slots[i].key)
            *slot_of(&bigger, lookup->slots[i].key, lookup->slots[i].hash) = lookup->slots[i];
    *lookup = bigger;
}

uint32_t lookup_add(struct lookup *lookup, const char *key, uint32_t value)
{
    uint32_t hash = hash_of(key);
    if (lookup->count >= lookup->room / 2)
        lookup_grow(lookup);
    struct lookup_slot *slot = slot_of(lookup, key, hash);
    if (slot->key)
        return slot->value;
    *slot = (struct lookup_slot){ .key = key, .value = value, .hash = hash };
    lookup->count++;
    return LOOKUP_NONE;
}

uint32_t lookup_find(const struct lookup *lookup, const char *key)
{
    if (!lookup->room)
        return LOOKUP_NONE;
    const struct lookup_slot *slot = slot_of(lookup, key, hash_of(key));
    return slot->key ? slot->value : LOOKUP_NONE;
}
