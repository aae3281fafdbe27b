/* SPDX-License-Identifier: MIT */
/*
 * liblaug: talk to laugd, the service that keeps a company's rotations, sabbaticals and reminders.
 *
 *     struct laug *laug = laug_new(NULL);
 *     struct laug_reply reply;
 *     if (laug_call(laug, "person.list", NULL, 0, &reply) != LAUG_OK)
 *         errx(1, "%s", laug_error(laug)->text);
 *     … reply.bytes and reply.length hold one MessagePack value, to be read with msgpack-c …
 *     laug_reply_free(&reply);
 *
 *     struct laug_event event;
 *     struct pollfd ready = { .fd = laug_fd(laug), .events = POLLIN };
 *     if (laug_subscribe(laug, LAUG_FROM_NOW) != LAUG_OK)
 *         errx(1, "%s", laug_error(laug)->text);
 *     while (poll(&ready, 1, -1) >= 0)
 *         while (laug_next_event(laug, &event) == LAUG_OK)
 *             puts(event.kind);
 *     laug_free(laug);
 *
 * The service speaks MessagePack-RPC on a Unix socket; its method `service.describe` lists all methods and
 * events. This library carries calls, answers and the feed of events; what is inside of them it leaves
 * packed.
 *
 * What it promises:
 *  - No call waits longer than its time-out, whatever the other side does.
 *  - What it hands out is one whole MessagePack value: every length declared in it fits the bytes there are,
 *    nothing nests deeper than 16, an answer is 1 MiB at most. It is safe to give to msgpack_unpack_next.
 *  - It connects by itself, and again when the connection was lost. A request is never sent twice by itself.
 *  - It raises no signals, starts no threads, prints nothing, never ends the process, and its descriptors are
 *    closed on exec.
 *
 * A struct laug belongs to one thread at a time; two of them know nothing of each other. After a fork
 * only one side may go on using it.
 */
#ifndef LAUG_H
#define LAUG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What became of it. Everything but LAUG_OK and LAUG_NONE leaves an explanation in laug_error. */
enum laug_status {
    LAUG_OK = 0,
    LAUG_NONE,        /* nothing there now; only laug_next_event says this */
    LAUG_REFUSED,     /* the service answered with an error: laug_error has its code, field and sentence */
    LAUG_UNREACHABLE, /* no service at the socket; nothing was sent */
    LAUG_LOST,        /* the connection ended before the answer: the outcome is unknown */
    LAUG_TIMEOUT,     /* no answer in time: the outcome is unknown, and may be yet to come */
    LAUG_GARBLED,     /* what came is not the protocol; it was hung up on, and the outcome is unknown */
    LAUG_MISUSE,      /* an argument is wrong; nothing was sent */
    LAUG_NO_MEMORY    /* nothing was sent, or what came was dropped and the connection closed */
};
/*
 * Where the outcome is unknown, a call that reads can simply be made again. One that writes is made again
 * with the same `request_id` among its parameters: within 24 hours the service then gives the first answer
 * again, and does nothing twice.
 */

struct laug_error {
    /*
     * A word of a closed list: invalid, not_found, exists, conflict, forbidden, unavailable, too_large, busy,
     * storage_full, unknown_method, internal. For trouble on this side it is the nearest of them: unavailable
     * (UNREACHABLE, LOST, TIMEOUT, NO_MEMORY), internal (GARBLED), invalid (MISUSE).
     */
    char code[32];
    char field[64]; /* the parameter that is at fault; "" where there is none */
    char text[512]; /* a sentence for the reader, in UTF-8 */
    int is_callers; /* 1: the caller is to change something; 0: the service's trouble, later may be better */
};

struct laug;

/* ---- a connection ---- */

/*
 * A new handle; nothing is connected yet. `path` is the socket's; NULL takes the first of $LAUG_SOCKET (where
 * it is set and not empty), $XDG_RUNTIME_DIR/laug/laug.sock (where that exists) and /run/laug/laug.sock. NULL
 * only when out of memory or of descriptors; errno tells. A path too long for a socket shows as LAUG_MISUSE
 * at the first call.
 */
struct laug *laug_new(const char *path);

/* Closes and frees everything; outstanding requests are forgotten. NULL is allowed. */
void laug_free(struct laug *laug);

/* The socket's path that was chosen. Valid until laug_free. */
const char *laug_path(const struct laug *laug);

/*
 * How long one laug_connect, laug_send or laug_call may take in all, in milliseconds on the monotonic clock;
 * 30,000 where this was never called, at least 1. There is no "for ever".
 */
void laug_set_timeout(struct laug *laug, int milliseconds);

/*
 * Connects now, where there is no connection; every call below does so by itself. For those who want to know
 * early. OK, UNREACHABLE, TIMEOUT, MISUSE, NO_MEMORY.
 */
enum laug_status laug_connect(struct laug *laug);

/*
 * A call that is made by itself ahead of the first one on every connection, in the same write: to choose the
 * language of error sentences with "service.hello", for instance. Its answer is dropped, an error too.
 * `params` as in laug_call; a NULL method means no greeting any more. OK, MISUSE, NO_MEMORY.
 */
enum laug_status laug_set_greeting(struct laug *laug, const char *method, const void *params, size_t length);

/* Why the last call on this handle failed. Never NULL; valid, and overwritten, until laug_free. */
const struct laug_error *laug_error(const struct laug *laug);

/* ---- calls ---- */

struct laug_reply {
    void *bytes;   /* the result, one packed MessagePack value */
    size_t length; /* at least 1 */
    void *owned;   /* private */
};

/* Gives the reply's memory back and zeroes it; a zeroed one is allowed. */
void laug_reply_free(struct laug_reply *reply);

/*
 * Calls `method` ("rotation.preview") and waits for its answer. `params` is one packed MessagePack map of
 * named parameters, `length` bytes long, 1,047,552 at most; NULL and 0 for none. `reply` may be NULL where
 * nobody wants the result; it is left untouched unless the call returns OK, and is then the caller's to free.
 * Any status but NONE.
 */
enum laug_status laug_call(struct laug *laug, const char *method, const void *params, size_t length,
                           struct laug_reply *reply);

/*
 * The same in two steps, so that many requests can be under way at once: send several, then receive each by
 * its number. The service works on them in the order sent, but an answer that takes long may come after later
 * ones.
 *
 * laug_send returns as soon as the request is on its way; *msgid is left untouched on failure.
 * Every msgid must be received or forgotten; its answer takes memory until then.
 * OK, UNREACHABLE, LOST, TIMEOUT, MISUSE, NO_MEMORY. When sending fails half-way the connection is closed,
 * and everything outstanding on it is LAUG_LOST.
 */
enum laug_status laug_send(struct laug *laug, const char *method, const void *params, size_t length,
                           uint32_t *msgid);

/*
 * Waits up to `milliseconds` for the answer to `msgid`; 0 looks whether it is there and does not wait. After
 * TIMEOUT the request is still outstanding and may be waited for again; after anything else it is over.
 * MISUSE where `msgid` is not outstanding. `reply` as in laug_call.
 */
enum laug_status laug_receive(struct laug *laug, uint32_t msgid, int milliseconds, struct laug_reply *reply);

/* The answer is not wanted any more: it is dropped when it comes. Nothing is undone. */
void laug_forget(struct laug *laug, uint32_t msgid);

/* ---- events ---- */

/* Something happened. Valid until the next laug_next_event, laug_subscribe or laug_free on this handle. */
struct laug_event {
    int64_t seq; /* its number; later events have greater ones. Keep it to go on from here after a restart */
    const char *kind;  /* "turn.planned" */
    const void *bytes; /* the whole event, one packed MessagePack map */
    size_t length;
};

enum { LAUG_FROM_NOW = -1 }; /* as `since`: only what happens from now on */

/*
 * Opens the feed of events, on a connection of its own: everything after the event numbered `since`, in order
 * and without a gap; 0 is from the oldest that is kept. Waits for the service's yes, within the time-out.
 * From then on a lost feed is reopened by itself where it broke off, a tenth of a second later, then
 * doubling up to half a minute; nobody need do anything but go on polling. Where it can not be opened at all
 * there is no feed and laug_subscribe can be called again. A second call replaces the feed that is there. OK,
 * UNREACHABLE, REFUSED (for instance where `since` is too old to be kept), LOST, TIMEOUT, GARBLED, MISUSE,
 * NO_MEMORY.
 */
enum laug_status laug_subscribe(struct laug *laug, int64_t since);

/*
 * The next event, without waiting: OK and *event is filled in; NONE and it is untouched; REFUSED where, after
 * the feed was lost, the service will not take it up again (what was missed is kept no longer): the feed is
 * then closed, and who wants to go on reads what it needs afresh and subscribes anew. GARBLED and NO_MEMORY
 * leave the feed lost, and it is reopened like any other. Where there is no feed, or it is being reopened,
 * also while the service is too busy for that: NONE.
 */
enum laug_status laug_next_event(struct laug *laug, struct laug_event *event);

/*
 * A descriptor to poll for reading (poll, epoll, libevent …); never read from it or close it. It becomes
 * readable when an event, an answer, the end of a connection or the time to reopen the feed has come. Then
 * call laug_next_event until it says NONE, and laug_receive with 0 milliseconds for each outstanding request.
 * It stays the same for the life of the handle, through every reconnect. It is silent while nothing happens.
 */
int laug_fd(const struct laug *laug);

#ifdef __cplusplus
}
#endif

#endif
