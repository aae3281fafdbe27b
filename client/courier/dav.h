/* SPDX-License-Identifier: MIT */
/*
 * CalDAV (RFC 4791) as far as a calendar is kept by it: what is in a collection, and single resources put,
 * looked at and removed, each only as it was last seen. One request at a time, over one connection that stays
 * open; nothing waits for it. The server is spoken to where the settings say and nowhere else: it cannot send
 * us on.
 */
#ifndef COURIER_DAV_H
#define COURIER_DAV_H

#include "multistatus.h"
#include "settings.h"

#include <event2/event.h>
#include <stdint.h>

/* Where a collection lies: "https://host:port", and the path in it, which ends with a slash. */
struct dav_place {
    char *origin, *path;
};

/*
 * Takes an address apart. NULL, or a sentence that lives for ever and says why it is no address of a
 * collection: anything but https, or http to this machine, is none. To be freed with dav_place_free either
 * way.
 */
const char *dav_place_read(struct dav_place *place, const char *address);
void dav_place_free(struct dav_place *place);

/*
 * The name of a resource inside of the collection, as the server wrote it, at the end of `href`; NULL where
 * that lies elsewhere.
 */
const char *dav_name(const struct dav_place *place, const char *href);

enum dav_verb {
    DAV_LIST,      /* body: a question for 7.8 */
    DAV_GET,       /* what a resource is now */
    DAV_PUT_NEW,   /* body: what it is to be, if there is none of this name */
    DAV_PUT_AGAIN, /* body: what it is to be, if it is still as `etag` says */
    DAV_REMOVE     /* if it is still as `etag` says */
};

struct dav_request {
    enum dav_verb verb;
    const char *name; /* of the resource; NULL: the collection itself */
    const char *etag, *body;
};

struct dav_answer {
    int code;                        /* of HTTP; 0: there was no answer that could be read */
    const char *trouble;             /* in that case why, in English */
    const char *etag, *body;         /* "" where there was none, or it was too long */
    struct multistatus *multistatus; /* of DAV_LIST with 207; borrowed */
    int64_t retry_seconds;           /* how long the server wants to be left alone; 0: it did not say */
};

struct dav;

/* What became of the request. From inside the next may be asked. What it is given is borrowed. */
typedef void dav_done(void *context, const struct dav_answer *answer);

/* NULL where libcurl or libevent will not. Calendar and settings must outlive it. */
struct dav *dav_open(struct event_base *base, const struct settings *settings,
                     const struct calendar_settings *calendar, dav_done *done, void *context);
/* Whatever is under way is given up, untold. */
void dav_close(struct dav *dav);

/* None may be under way. What is in the request need not outlive this call. Aborts when out of memory. */
void dav_ask(struct dav *dav, const struct dav_request *request);

const struct dav_place *dav_place(const struct dav *dav);

#endif
