/* SPDX-License-Identifier: MIT */
/*
 * An open hash table whose entries lie one after the other in an arena: dropping everything, which each write
 * does, is giving back a few blocks, however much there was.
 */
#include "answers.h"

#include "arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { PLACES_AT_FIRST = 256 }; /* a power of two, as every later number of places */

struct entry {
    uint32_t key_size, size;
    char bytes[]; /* the key, then the answer */
};

struct place {
    uint64_t hash;
    const struct entry *entry; /* NULL: free */
};

struct answers {
    struct arena entries;
    struct place *places;
    size_t places_count, used;
    size_t limit;
    uint64_t generation, seed;
};

/* The seed is drawn at start, so that nobody can choose keys that all fall into one place. */
static uint64_t hash_of(uint64_t seed, const char *key, size_t size)
{
    uint64_t hash = seed ^ size;
    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        size_t left = size - i;
        memcpy(&word, key + i, left < sizeof word ? left : sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return hash;
}

static struct place *places_new(size_t count)
{
    struct place *places = calloc(count, sizeof *places);
    if (!places)
        abort();
    return places;
}

struct answers *answers_new(size_t limit)
{
    struct answers *answers = calloc(1, sizeof *answers);
    if (!answers)
        abort();
    answers->limit = limit;
    answers->places_count = PLACES_AT_FIRST;
    answers->places = places_new(PLACES_AT_FIRST);
    if (getrandom(&answers->seed, sizeof answers->seed, 0) != (ssize_t)sizeof answers->seed)
        abort();
    return answers;
}

void answers_free(struct answers *answers)
{
    if (!answers)
        return;
    arena_free(&answers->entries);
    free(answers->places);
    free(answers);
}

static void drop_all(struct answers *answers)
{
    if (answers->places_count > PLACES_AT_FIRST) {
        free(answers->places);
        answers->places_count = PLACES_AT_FIRST;
        answers->places = places_new(PLACES_AT_FIRST);
    } else {
        memset(answers->places, 0, answers->places_count * sizeof *answers->places);
    }
    arena_reset(&answers->entries);
    answers->used = 0;
}

void answers_follow(struct answers *answers, uint64_t generation)
{
    if (answers->generation != generation && answers->used > 0)
        drop_all(answers);
    answers->generation = generation;
}

/* Where the entry is, or the free place where it would be. */
static struct place *place_of(const struct answers *answers, uint64_t hash, const char *key, size_t size)
{
    size_t mask = answers->places_count - 1;
    for (size_t i = hash >> 32 & mask;; i = (i + 1) & mask) {
        struct place *place = &answers->places[i];
        if (!place->entry || (place->hash == hash && place->entry->key_size == size &&
                              memcmp(place->entry->bytes, key, size) == 0))
            return place;
    }
}

const char *answers_find(const struct answers *answers, const char *key, size_t key_size, size_t *size)
{
    if (answers->used == 0)
        return NULL;
    const struct entry *entry =
        place_of(answers, hash_of(answers->seed, key, key_size), key, key_size)->entry;
    if (!entry)
        return NULL;
    *size = entry->size;
    return entry->bytes + entry->key_size;
}

static void double_places(struct answers *answers)
{
    struct place *old = answers->places;
    size_t old_count = answers->places_count, mask = old_count * 2 - 1;
    answers->places_count *= 2;
    answers->places = places_new(answers->places_count);
    for (size_t i = 0; i < old_count; i++) {
        size_t at = old[i].hash >> 32 & mask;
        while (old[i].entry && answers->places[at].entry)
            at = (at + 1) & mask;
        if (old[i].entry)
            answers->places[at] = old[i];
    }
    free(old);
}

void answers_keep(struct answers *answers, const char *key, size_t key_size, const char *answer, size_t size)
{
    size_t needed = sizeof(struct entry) + key_size + size;
    if (needed > answers->limit)
        return;
    if (answers->entries.taken + needed > answers->limit)
        drop_all(answers);
    if (answers->used * 2 >= answers->places_count)
        double_places(answers);
    struct entry *entry = arena_take(&answers->entries, needed);
    *entry = (struct entry){ .key_size = (uint32_t)key_size, .size = (uint32_t)size };
    memcpy(entry->bytes, key, key_size);
    memcpy(entry->bytes + key_size, answer, size);
    uint64_t hash = hash_of(answers->seed, key, key_size);
    *place_of(answers, hash, key, key_size) = (struct place){ hash, entry };
    answers->used++;
}
