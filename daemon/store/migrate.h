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
int migrate_newest(void);
/* Runs what is missing, each file in one transaction. CONFLICT where the database is newer than this program.
 */
MUST_CHECK enum code migrate(struct sqlite3 *db, struct error *error);

#endif
