/* SPDX-License-Identifier: MIT */
/*
 * One call in progress: what every handler, statement and job gets. All that it builds is in its arena and
 * goes with the reply.
 */
#ifndef CALL_H
#define CALL_H

#include "clock.h"
#include "language.h"
#include "method.h"

struct store;
struct zones;
struct templates;

/*
 * Who speaks, as found once from the peer's credentials (unix(7), SO_PEERCRED). `roles` has a bit for each
 * enum role up to ROLE_ADMIN; what somebody is to somebody else (self, lead, mentor) is asked of the database
 * for each call.
 */
struct actor {
    uint32_t uid;
    const char *person; /* id of the person; NULL for an admin or a program that is none */
    unsigned roles;
    enum language language;
};

/* The service itself, for jobs: may do everything, is nobody. */
extern const struct actor actor_service;

static inline bool actor_has(const struct actor *actor, enum role role)
{
    return actor->roles >> role & 1;
}

/* What a handler asks of the connection that it was called on; done once the call has succeeded. */
struct connection_wish {
    bool subscribes;
    int64_t since;      /* of a subscription: the last event already known */
    const char *act_as; /* a person's id: the connection speaks for that person from now on */
    bool has_language;
    enum language language;
};

/* An audited look inside a what-if. */
struct look {
    struct look *next;
    const struct method *method;
    const char *about;
};

/* One of the calls that undo another. */
struct inverse_call {
    struct inverse_call *next;
    const char *method;
    struct packed params;
};

struct call {
    struct arena arena;
    struct error error;
    struct store *store;
    struct clock *clock;
    struct zones *zones;
    struct templates *templates; /* what is written to people */
    const struct actor *actor;
    const struct method *method; /* NULL in a job */
    int64_t now;                 /* the instant of the call: it stands still while the call runs */
    bool has_today;              /* see call_today */
    int32_t today;
    struct inverse_call
        *inverse;        /* what a handler says undoes it, where the catalogue cannot know; see undo.h */
    bool is_what_if;     /* all of it will be rolled back */
    struct look *looks;  /* what it showed meanwhile */
    int inner_calls;     /* calls run inside this one, and what came of them */
    int64_t inner_since; /* milliseconds */
    size_t inner_size;
    struct connection_wish wish;
    /* Runs one call inside this one, through the gate, with its own savepoint: service.batch,
     * service.what_if. */
    enum code (*run_inner)(struct call *call, const char *method, struct packed params,
                           struct packed *result);
};

/* Shorthand for a handler's checks: return call_fail(call, CONFLICT, "from", _("…")); */
#define call_fail(call, code, field, ...) fail(&(call)->error, code, field, __VA_ARGS__)

typedef enum code (*handler)(struct call *call, const void *params, void *result);

/* Made by laugc: one for each method, in their order. */
extern const handler handlers[];

/* ---- what the domain does for the gate; the gate knows it only by these names ---- */

/* The call's instant on a clock on the company's wall, and its civil day. Never fails: a zone that is gone
 * means UTC. */
int64_t call_local(struct call *call);
int32_t call_today(struct call *call);

/* The person with this login, and the language: actor->person stays NULL where nobody has it. */
MUST_CHECK enum code actor_load(struct call *call, const char *login, struct actor *actor);

/* One row: who called which method about whom. `about` is NULL where it concerns nobody in particular. */
MUST_CHECK enum code audit_add(struct call *call, const struct method *method, const char *about);

/* What undoes a call, packed: the calls, as service.batch takes them; and where it changed something, the
 * parameters of the method that shows it, and what that must still show. Absent are NULL. */
struct inverse {
    const char *about;
    struct packed calls, look, expected;
};

/* Kept for 24 hours, for the actor alone. */
MUST_CHECK enum code undo_keep(struct call *call, const struct method *method, const struct inverse *inverse);

/* The first answer to a request_id, kept for 24 hours. NOT_FOUND: there is none; CONFLICT: another method
 * used the id. */
MUST_CHECK enum code request_find(struct call *call, const char *request_id, struct packed *answer);
MUST_CHECK enum code request_keep(struct call *call, const char *request_id, struct packed answer);

/* Appends to the event feed, in the call's transaction. `fields` is the event's record. */
MUST_CHECK enum code event_tell(struct call *call, const struct event_kind *event, const void *fields);

struct event_row {
    int64_t seq, at;
    const char *kind;
    struct packed fields; /* a map */
};

/* The next events after `since`, oldest first, at most `limit`; they live in the call's arena. */
MUST_CHECK enum code event_after(struct call *call, int64_t since, int64_t limit,
                                 const struct event_row **rows, size_t *rows_count);

#endif
