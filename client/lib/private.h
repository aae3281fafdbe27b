/* SPDX-License-Identifier: MIT */
/* What is inside of a handle: one connection for calls, one for the feed, and one descriptor to poll for
 * both. */
#ifndef LAUG_PRIVATE_H
#define LAUG_PRIVATE_H

#include "connection.h"
#include "laug.h"

#include <msgpack/object.h>
#include <msgpack/sbuffer.h>

/* A request that was sent and neither received nor forgotten. */
struct waiting {
    uint32_t msgid;
    bool is_forgotten, is_lost;
    char *frame; /* the whole answer, owned; NULL until it comes */
    size_t length;
};

enum feed_state {
    FEED_NONE,
    FEED_RESTING, /* lost; the timer says when to reopen */
    FEED_ASKING,  /* subscribed, the yes has not come; the timer says when to give it up */
    FEED_OPEN
};

struct feed {
    enum feed_state state;
    struct connection connection;
    int64_t since;   /* the last event given out, or LAUG_FROM_NOW */
    int rest;        /* milliseconds to rest before the next try */
    bool is_showing; /* the frame in front was given out and is to be taken at the next call */
    char kind[64];   /* of that event */
};

/* The request that goes ahead of the first one on every connection. */
struct greeting {
    char *method; /* NULL: there is none */
    void *params; /* NULL: none */
    size_t length;
};

struct laug {
    char *path;
    struct greeting greeting;
    int timeout;
    struct laug_error error;
    int poller; /* epoll: calls.fd, feed.connection.fd, timer, held */
    int timer;  /* the feed's */
    int held;   /* eventfd: readable while answers have come that were not asked for then */
    bool is_held_shown;
    struct connection calls;
    struct waiting *waiting;
    size_t waiting_count, waiting_size, held_count;
    uint32_t next_msgid;
    struct feed feed;
};

/* Fills in laug->error for trouble on this side, and gives `status` back. */
enum laug_status explain(struct laug *laug, enum laug_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, in the words for `connection` having failed with `status`. */
enum laug_status explain_connection(struct laug *laug, enum laug_status status,
                                    const struct connection *connection);
/* Fills in laug->error from the packed error of an answer, and gives REFUSED. */
enum laug_status explain_refusal(struct laug *laug, struct packed error);

/* Whether `params` are one packed map that the service may take. OK, MISUSE. */
enum laug_status params_check(struct laug *laug, const void *params, size_t length);

/* Packs [0, msgid, method, [params]] into a buffer that is the caller's to destroy. OK, NO_MEMORY. */
enum laug_status request_pack(struct laug *laug, msgpack_sbuffer *buffer, uint32_t msgid, const char *method,
                              const void *params, size_t length);

/* Appends the greeting, where there is one. As request_pack. */
enum laug_status greeting_pack(struct laug *laug, msgpack_sbuffer *buffer, uint32_t msgid);

/* Takes a frame apart; true where it is an answer. */
bool answer_read(struct packed frame, struct message *answer);
bool is_nil(struct packed value);

/* The value of `name` in an unpacked map; NULL where there is none, or it is no map. */
const msgpack_object *map_find(const msgpack_object *map, const char *name);

/* Opens, and has the poller watch it. */
enum laug_status connect_watched(struct laug *laug, struct connection *connection, int64_t deadline);

/* Takes in whatever has come for calls, and notices where they were hung up on. OK, GARBLED, NO_MEMORY. */
enum laug_status calls_pump(struct laug *laug);

/*
 * Whether the poller tells of answers that were taken in and not received. One that came while another was
 * asked for is in no socket any more: who has asked for it before must be woken to ask again.
 */
void calls_show_held(struct laug *laug, bool is_shown);

void feed_close(struct laug *laug);

#endif
