/* SPDX-License-Identifier: MIT */
/*
 * What is to be done to a collection, so that it holds the entries of the service: a list of steps, none of
 * which touches anything that is not ours.
 *
 * Ours is a resource whose event has the UID of one of our entries; or, where there is no such entry any
 * more, a UID that ends with our domain, and a name that we would give it. Such a one is removed.
 */
#ifndef COURIER_MENDING_H
#define COURIER_MENDING_H

#include "dav.h"
#include "listing.h"

#include <stdint.h>

/* As it was put: until the server's ETag changes, its way to keep it is the right one. */
struct kept {
    char *uid;      /* without the domain */
    char *etag;     /* "": the server did not say; the next look tells */
    uint64_t print; /* of what we put */
};

struct step {
    struct step *next;
    enum dav_verb verb;             /* DAV_PUT_NEW, DAV_PUT_AGAIN or DAV_REMOVE */
    char *uid, *name, *etag, *text; /* etag: "" of a new one; text: "" of one that goes */
    uint64_t print;
};

struct mending {
    struct step *steps;
    struct kept *kept; /* in the order of their uids */
    size_t kept_count;
    size_t entries; /* how many there should be */
};

/* The days from which on, and until which, entries are put. */
struct span {
    int32_t from, until;
};

/*
 * Compares. `listing` holds all entries of the span and some weeks around it, the resources all that lie in
 * the span. Of `mending` what was kept is read, and all of it written anew. Aborts when out of memory.
 */
void mending_find(struct mending *mending, const struct listing *listing, struct span span,
                  const char *domain, const struct dav_place *place, const struct multistatus *multistatus);

/* A step was done: this is what is there now. */
void mending_keep(struct mending *mending, const struct step *step, const char *etag);

void step_free(struct step *step);
void mending_free(struct mending *mending);

#endif
