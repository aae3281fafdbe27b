/* SPDX-License-Identifier: MIT */
/*
 * The listener and everybody who is connected. In one turn of the loop it reads what has come, lets each call
 * through the gate, commits once, and only then sends the replies.
 */
#ifndef SERVER_H
#define SERVER_H

#include "actor.h"
#include "dispatch.h"
#include "loop.h"

struct server;

struct server_limits {
    int connections;          /* in all */
    int connections_per_user; /* admins are exempt, and have some places of their own */
    int calls_per_second;     /* of one user who is no admin */
    int idle_seconds;         /* a silent client is let go; subscribers are exempt */
};

struct server_hooks {
    void (*committed)(void *user); /* something was written: jobs may have changed */
    void *user;
};

struct server_options {
    struct gate gate;
    struct actor_rules rules;
    struct server_limits limits;
    struct server_hooks hooks;
    const char
        *state; /* folder of the database, for the threads; NULL: in memory, slow methods run in the loop */
};

/* Serves the listening socket `fd`, which the server owns from now on. What the options point to outlives it.
 */
struct server *server_open(struct loop *loop, int fd, const struct server_options *options);
/* Sends what can be sent at once and lets everybody go. */
void server_close(struct server *server);

/* The end of a turn: commit, feed, send. Also to be called after jobs have written. */
void server_turn_end(struct server *server);

/* Replaces the limits (after a reload of the settings). */
void server_limit(struct server *server, const struct server_limits *limits);

/*
 * Makes the listening socket at `path` (mode 0666: the peer's credentials decide) and replaces a stale one.
 * UNAVAILABLE where it cannot, or where somebody still listens there.
 */
MUST_CHECK enum code server_listen(const char *path, int *fd, struct error *error);

#endif
