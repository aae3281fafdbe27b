/* SPDX-License-Identifier: MIT */
/* What the files of this folder share: one connection, its prepared statements, and what SQLite's codes mean.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "store.h"

#include <sqlite3.h>
#include <stdatomic.h>

enum { PREPARED_SLOTS = 1024 }; /* a power of two, well above the number of statements */

/* The steps of a transaction: compiled once, since each call takes several. */
enum step {
    STEP_BEGIN,
    STEP_COMMIT,
    STEP_ROLLBACK,
    STEP_CALL,
    STEP_CALL_UNDO,
    STEP_CALL_END,
    STEP_NESTED,
    STEP_NESTED_UNDO,
    STEP_NESTED_END,
    STEP_DEEPER,
    STEP_DEEPER_UNDO,
    STEP_DEEPER_END,
    STEP_SNAPSHOT,
    STEPS_COUNT
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *steps[STEPS_COUNT]; /* NULL until first taken */
    struct {
        const struct statement *statement;
        sqlite3_stmt *compiled;
    } prepared[PREPARED_SLOTS]; /* found by the statement's address */
    sqlite3_stmt *json_each;    /* takes a list's column apart */
    const struct call *call;    /* that runs now, for the schema's call_now() and call_actor() */
    int lock;                   /* descriptor of the lock file, held for life; -1 in memory and for readers */
    int nested;                 /* savepoints open inside a call */
    uint64_t generation, people_generation;
    atomic_bool is_stopped;
    bool is_in_turn, is_reading, is_reader, needs_check;
    struct error lost; /* of a turn that is_lost */
    bool is_full;      /* the disk, when something was last to be kept */
    int64_t changes;   /* rows changed before this turn */
    char trouble[200]; /* why writing is refused, or "" */
};

/*
 * Where the disk is full or fails, SQLite rolls the whole transaction back by itself, and every statement
 * after that would be a transaction of its own. So the turn is lost with all its calls, also those that went
 * well: nothing more is run in it, and its commit fails.
 */
static inline bool is_lost(const struct store *store)
{
    return store->is_in_turn && sqlite3_get_autocommit(store->db);
}

/* Compiled once; a statement that does not compile has been let through by laugc and aborts. */
sqlite3_stmt *prepare(struct store *store, const struct statement *statement);

/* Fills in *error from the last failure of the connection. `takes` may be NULL. */
enum code translate(struct store *store, const struct record *takes, struct error *error);

#endif
