/* SPDX-License-Identifier: MIT */
/*
 * The database: the only folder that knows SQLite. Write calls that arrive in one turn of the loop are
 * savepoints in one transaction; nothing is acknowledged before store_commit has made it durable (WAL,
 * synchronous=FULL).
 */
#ifndef STORE_H
#define STORE_H

#include "statement.h"

struct store;

enum store_opening {
    STORE_EXISTING, /* a missing database is an error: never an empty one in its place */
    STORE_INIT,     /* make it if it is missing */
    STORE_READER    /* a second connection, for reading only */
};

/*
 * Opens `folder`/laug.db, or a database in memory where folder is NULL, and brings its schema up to date,
 * after a copy of it (a reader does neither). The caller owns *store. NOT_FOUND: there is none; UNAVAILABLE:
 * another daemon has it; CONFLICT: its schema is newer than this program (the text names both); INTERNAL: it
 * is damaged or no database of Laug's.
 */
MUST_CHECK enum code store_open(const char *folder, enum store_opening opening, struct store **store,
                                struct error *error);
void store_close(struct store *store);

/*
 * A copy in memory of all that this thread sees of a store, to try things out on: what is done to it nobody
 * else sees, and store_close forgets. The caller owns *copy. UNAVAILABLE where it cannot be copied.
 */
MUST_CHECK enum code store_open_copy(struct store *store, struct store **copy, struct error *error);

/*
 * Whether it is sound. store_open checks a database of up to 16 MB itself; a larger one leaves
 * store_needs_check and is to be checked by a reader on a thread of its own, since that takes seconds.
 * INTERNAL: it is damaged. What store_stop has ended in the middle passes.
 */
bool store_needs_check(const struct store *store);
MUST_CHECK enum code store_check(struct store *store, struct error *error);
/* Ends what another thread runs on this connection; what takes many statements asks whether it is to end. */
void store_stop(struct store *store);
bool store_is_stopped(const struct store *store);
/* The last thing that a thread does which used a store. */
void store_leave_thread(void);
/* Nothing is written any more, for this reason. */
void store_distrust(struct store *store, const struct error *why);

/* ---- transactions ---- */

/* A call's own savepoint; the first of a turn begins the transaction. UNAVAILABLE while the store is
 * read-only. */
MUST_CHECK enum code store_call_begin(struct store *store, struct error *error);
void store_call_end(struct store *store, bool keep);
/* Savepoints inside a call: of service.batch and service.what_if. */
void store_nested_begin(struct store *store);
void store_nested_end(struct store *store, bool keep);

bool store_is_dirty(const struct store *store); /* a transaction is open */
/*
 * Makes the turn durable. On failure everything of the turn is rolled back and, where the disk is at fault,
 * the store is read-only until the next start, which checks the database; the code (STORAGE_FULL, BUSY,
 * UNAVAILABLE) is for every call of the turn.
 */
MUST_CHECK enum code store_commit(struct store *store, struct error *error);

/*
 * The reads of one turn share a snapshot, since to take one for each statement costs three system calls a
 * statement. It ends with the turn, or where the turn's first write begins; until then the log cannot be
 * reset.
 */
void store_read_begin(struct store *store);
void store_read_end(struct store *store);

/* A reader's snapshot: all statements between the two see the same state. */
void store_snapshot_begin(struct store *store);
void store_snapshot_end(struct store *store);

/* ---- what changed ---- */

int64_t store_changes(const struct store *store); /* rows, by the last statement */
uint64_t
store_generation(const struct store *store); /* rises with every call that is kept, and every commit */
/*
 * Rises when somebody comes or goes, and with store_people_changed, which whoever changes a login or a
 * language calls: every connection then asks anew who it speaks for. A new title is no reason for that.
 */
uint64_t store_people_generation(const struct store *store);
void store_people_changed(struct store *store);

/* Why nothing can be written just now, or NULL. Where the disk was full it may be tried again all the same.
 */
const char *store_trouble(const struct store *store);
/* The schema of every database that is open, for it was brought up to date. */
int store_schema_version(void);

/* For tests and tools: runs a script of SQL; SQLite's message goes to *error (INTERNAL). */
MUST_CHECK enum code store_script(struct store *store, const char *sql, struct error *error);

#endif
