/* SPDX-License-Identifier: MIT */
/*
 * `calendar.list`, page after page, whoever does the calling. Pages become smaller where the service finds an
 * answer too large for one message.
 */
#ifndef LISTING_H
#define LISTING_H

#include "arena.h"
#include "error.h"

#include <msgpack/sbuffer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calendar_entry; /* of the catalogue */

/* Whose calendar, of which days, both inclusive. At most one of the three, and none for all; NULL where not
 * said. */
struct listing_scope {
    const char *person, *team, *rotation;
    const int32_t *from, *until;
};

/* Zeroed to begin with, and given back with listing_free. */
struct listing {
    struct arena arena; /* of everything in it */
    struct calendar_entry *entries;
    size_t count, room;
    const char *after; /* the page that is to be asked for; NULL: the first */
    int64_t limit;     /* 0: the usual one */
    bool is_whole;     /* nothing is left to ask for */
};

/* Appends the parameters of the next page to ask for. */
void listing_ask(const struct listing *listing, const struct listing_scope *scope, msgpack_sbuffer *params);

/* Takes the answer, one whole value that has been scanned. INVALID where it is none. */
MUST_CHECK enum code listing_take(struct listing *listing, const void *bytes, size_t length,
                                  struct error *error);

/* The answer was too large: asks for less of it next time. False where it cannot be less. */
bool listing_halve(struct listing *listing);

void listing_free(struct listing *listing);

#endif
