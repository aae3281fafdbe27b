/* SPDX-License-Identifier: MIT */
/* One calendar that is kept in a file: asked for, made, written, and again whenever something in it has
 * changed. */
#ifndef AGENDA_H
#define AGENDA_H

#include "error.h"
#include "icalendar.h"
#include "listing.h"

#include <stdbool.h>

struct laug;

struct agenda {
    struct laug *laug;
    struct listing_scope scope;
    bool is_mine;              /* of the caller, who is found out */
    bool says_from;            /* else it begins some time back, by the service's clock */
    struct icalendar calendar; /* what is written around the entries */
    const char *path;          /* NULL: standard output */
    char *written;             /* what the file holds, as far as we know; owned; NULL to begin with */
};

/* Asks, and writes where it is not written so already. Any code of the service, or of output_write. */
MUST_CHECK enum code agenda_write(struct agenda *agenda, struct error *error);

/*
 * Goes on for good once it is written the first time: through restarts of the service, and full disks. `tell`
 * hears of what went wrong, each time. Comes back only where even the first time failed, or there is no feed
 * for us.
 */
MUST_CHECK enum code agenda_follow(struct agenda *agenda, void (*tell)(const struct error *error),
                                   struct error *error);

void agenda_free(struct agenda *agenda);

#endif
