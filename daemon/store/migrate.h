/* SPDX-License-Identifier: MIT */
/* The schema's history: files that are only ever appended. The version of a database is how many of them it
 * has had. */
#ifndef MIGRATE_H
#define MIGRATE_H

#include "error.h"

struct sqlite3;

struct migration {
    const char *name, *sql;
};

extern const struct migration migrations[]; /* made by laugc; ended by a name of NULL */

/* How many there are. */
int migrate_newest(const struct migration *history);

/*
 * How many the database has had; 0: it is new and empty. CONFLICT where it has had more than there are;
 * INTERNAL where it cannot be read or is no database of Laug's.
 */
MUST_CHECK enum code migrate_version(struct sqlite3 *db, const struct migration *history, int *version,
                                     struct error *error);

/* Runs what is missing, each in one transaction: a crash leaves the old schema or the new one. Codes as
 * above. */
MUST_CHECK enum code migrate(struct sqlite3 *db, const struct migration *history, struct error *error);

#endif
