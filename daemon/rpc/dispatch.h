/* SPDX-License-Identifier: MIT */
/*
 * The gate: the one way in. Every call, from a socket, from a test or from inside a batch, passes the same
 * named steps, and a handler sees only what has passed them all.
 */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "call.h"
#include "frame.h"
#include "pack.h"

struct answers;
struct zones;
struct templates;

struct gate {
    struct store *store;
    struct clock *clock;
    struct zones *zones;
    struct templates *templates;
    struct answers *answers; /* kept packed until the data changes; NULL: none */
    bool commits_each;       /* one commit each instead of one a turn: for measurements */
};

/*
 * One request in, one response appended to `out`; what is wrong is in the response. `call` is zeroed by the
 * caller but for a budget of its arena, holds the arena until the next call (arena_reset) and tells
 * afterwards what the handler wishes of the connection. A write leaves the store dirty: nothing may be sent
 * before store_commit. Returns the code of the response.
 */
enum code dispatch_call(const struct gate *gate, struct call *call, const struct actor *actor,
                        const struct message *message, msgpack_sbuffer *out);

/* What every call begins with: the gate's parts, who speaks, and the instant at which the call stands. */
void dispatch_begin(const struct gate *gate, struct call *call, const struct actor *actor);

/*
 * What happens in the loop before a slow method runs on the reader's thread, where nothing can be written: a
 * look that is audited gets its row, in this turn. Another code than OK is the answer.
 */
MUST_CHECK enum code dispatch_look(const struct gate *gate, struct call *call, const struct actor *actor,
                                   const struct message *message);

/* Whether the method this message names runs on the reader's thread. */
bool dispatch_is_slow(const struct message *message);

#endif
