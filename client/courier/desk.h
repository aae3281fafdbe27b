/* SPDX-License-Identifier: MIT */
/*
 * Where letters are fetched and accounted for: `outbox.claim` and `outbox.settle` over the service's socket.
 * The feed of events says when to fetch; nothing is polled. What became of a letter is told until the service
 * says that it has heard it, through every restart of the service.
 */
#ifndef COURIER_DESK_H
#define COURIER_DESK_H

#include "letter.h"

#include <event2/event.h>
#include <stdbool.h>

struct desk;

struct desk_user {
    void *context;
    size_t (*room)(void *context); /* asked when there is something to fetch: how many letters may be; 0: who
                                      answers so calls desk_wake later */
    void (*take)(void *context, struct letter *letter); /* one was; it is the callee's */
    void (*changed)(
        void *context); /* something in the calendars has changed, or may have while nobody was told */
    void (*idle)(void *context); /* no question is open, everything told was heard */
};

/* NULL: out of memory or descriptors. `path` as in laug_new; it connects once the loop runs. */
struct desk *desk_open(struct event_base *base, const char *path, const struct desk_user *user);
void desk_close(struct desk *desk);

/* There is room again. */
void desk_wake(struct desk *desk);

/* Fetches no more. */
void desk_stop(struct desk *desk);

/* Tells what became of a letter, which stays the caller's. */
void desk_settle(struct desk *desk, const struct letter *letter, const struct result *result);

/* How many settlements the service has not heard yet. */
size_t desk_unsettled(const struct desk *desk);

/* Nothing is being fetched, and nothing unsettled. */
bool desk_is_idle(const struct desk *desk);

#endif
