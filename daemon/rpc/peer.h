/* SPDX-License-Identifier: MIT */
/* One connection. Shared by the files of this folder alone. */
#ifndef PEER_H
#define PEER_H

#include "server.h"

#include <event2/event.h>

struct check;
struct reader;
struct peer;

/* Each user who is or was connected, with what the limits count. */
struct user {
    struct user *next;
    struct account account;
    int64_t asked_at; /* milliseconds: when the system was asked for the account */
    int connections;
    int64_t calls, second; /* calls counted in this second of the monotonic clock */
};

struct server {
    struct loop *loop;
    struct gate gate;
    struct actor_rules rules;
    struct server_limits limits;
    struct server_hooks hooks;
    struct call call; /* the one in progress; its arena is kept */
    struct reader *reader;
    struct check *check; /* NULL: none runs */
    struct event *listening;
    int fd,
        spare; /* spare: a descriptor to give up when there are no more, so that a caller can be refused */
    struct peer *peers;
    struct user *users;
    int peers_count, subscribers_count;
    struct peer *
        *turn; /* who has replies to send at the end of this turn; NULL where it has gone meanwhile */
    size_t turn_count, turn_capacity;
    uint64_t last_serial;
    size_t unsent, held;     /* bytes, of all peers: to be sent, and of messages that have not come whole */
    uint64_t fed_generation; /* of the store when subscribers were last fed */
    char *scratch;           /* what is read goes here first, so that an idle peer holds no buffer */
};

struct peer {
    struct peer *next, *previous;
    struct server *server;
    struct user *user;
    struct actor actor;
    uint64_t serial, people_generation;
    int64_t people_hour; /* when the actor was found, with that generation of people */
    struct event *readable, *writable, *more;
    char *in; /* the beginning of a frame that has not come whole */
    size_t in_size, in_capacity;
    struct frame_scan scan;
    int64_t frame_since; /* milliseconds, when that beginning came; 0: there is none */
    msgpack_sbuffer out;
    size_t sent, turn_start; /* of out: what is gone, and where this turn's replies begin */
    size_t counted;          /* of it in the server's `unsent` */
    size_t turn_index;       /* in the server's `turn`, while is_in_turn */
    uint32_t *turn_ids;      /* msgids answered in this turn */
    size_t turn_count, turn_capacity;
    int64_t fed_to; /* the last event sent */
    int slow_calls; /* on the reader's thread */
    bool subscribes, is_acting, chose_language, is_closing, is_in_turn;
    bool is_gone; /* nobody reads the answers any more */
};

/* Takes over the descriptor. */
void peer_open(struct server *server, int fd, uint32_t uid);
void peer_close(struct peer *peer);

/* Appends a slow call's answer, which is a whole response to this msgid. */
void peer_answer(struct peer *peer, uint32_t id, const char *bytes, size_t size);
/* The peer has something to send at the end of this turn. */
void peer_enter_turn(struct peer *peer);
/* After the commit: `error` is not NULL where it failed, and replaces every reply of this turn. */
void peer_settle(struct peer *peer, const struct error *error);
/* Sends what there is; may close the peer. */
void peer_send(struct peer *peer);

/* Asks the system for the account, unless it did so a moment ago. */
struct user *user_of(struct server *server, uint32_t uid);

/* feed.c: appends to `out` the next events that a subscriber has not seen; false where there are none for
 * now. */
bool feed_peer(struct peer *peer);

/* reader.c: slow calls on a thread of their own. */
struct reader *reader_open(struct server *server, const char *state);
void reader_close(struct reader *reader);
/* Queues a call of this peer; it starts after the turn is committed. BUSY where there are too
 * many; the error of the database where it cannot be read. */
MUST_CHECK enum code reader_take(struct reader *reader, struct peer *peer, const char *frame, size_t length,
                                 struct error *error);
/* Lets the calls of this turn begin. */
void reader_release(struct reader *reader);

/* check.c: the check of a database that was too large for it at the start. NULL where it cannot begin. */
struct check *check_open(struct server *server, const char *state);
void check_close(struct check *check);

#endif
