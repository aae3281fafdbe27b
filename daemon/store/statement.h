/* SPDX-License-Identifier: MIT */
/*
 * One SQL statement as laugc compiled it: its parameters and columns already matched to fields, so that
 * nothing is looked up by name while it runs.
 */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "call.h"

/* Parameters that a statement may use without taking them. */
enum { BIND_NOW = 250, BIND_TODAY = 251, BIND_ACTOR = 252, FIELDS_END = 255 };

struct statement {
    const char *name, *sql;
    const struct record *takes, *gives, *result;
    int list; /* the field of `result` that rows go into; -1: one row, into result itself */
    const uint8_t *binds, *fills; /* of each parameter and column its field; ended by FIELDS_END */
};

/* Which statement decides `ROLE of FIELD` where FIELD is a slug of this entity. */
struct relation {
    enum role role;
    const char *entity;
    const struct statement *statement;
};

extern const struct statement *const statements[];        /* made by laugc; ended by NULL */
extern const struct relation relations[];                 /* ended by an entity of NULL */
extern const struct statement *const entity_statements[]; /* in the order of entities[] */

/*
 * Runs a statement with the record `params` (its `takes`) and puts what it gives into `result`. One row:
 * NOT_FOUND where there is none. A list: all rows; where params has `limit` and result has `next`, the
 * statement reads one row more than the limit, and the cursor is the first field of the last row kept. A
 * statement that gives nothing is OK whatever it changed: see store_changes. EXISTS, CONFLICT, STORAGE_FULL,
 * UNAVAILABLE and INTERNAL are SQLite's failures, translated.
 */
MUST_CHECK enum code store_run(struct call *call, const struct statement *statement, const void *params,
                               void *result);

/* True where a statement gives a row; it may use :id, :actor (the actor's person) and :today. */
bool store_asks(struct call *call, const struct statement *statement, const char *id);

#endif
