/* SPDX-License-Identifier: MIT */
#include "migrate.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>

/* "Laug" in ASCII: tells a database of ours from any other SQLite file (PRAGMA application_id). */
#define APPLICATION_ID 0x4c617567

static int64_t pragma(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

int migrate_newest(void)
{
    int count = 0;
    while (migrations[count].name)
        count++;
    return count;
}

static enum code run(sqlite3 *db, int index, struct error *error)
{
    char end[96];
    snprintf(end, sizeof end, "PRAGMA user_version = %d; PRAGMA application_id = %d; COMMIT", index + 1,
             APPLICATION_ID);
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(db, migrations[index].sql, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(db, end, NULL, NULL, NULL) == SQLITE_OK)
        return OK;
    fail(error, INTERNAL, NULL, "the database could not be brought up to date by %s: %s",
         migrations[index].name, sqlite3_errmsg(db));
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return error->code;
}

enum code migrate(sqlite3 *db, struct error *error)
{
    int64_t version = pragma(db, "PRAGMA user_version"), id = pragma(db, "PRAGMA application_id");
    if (version < 0)
        return fail(error, INTERNAL, NULL, "the database cannot be read: %s", sqlite3_errmsg(db));
    if (version > 0 && id != APPLICATION_ID)
        return fail(error, INTERNAL, NULL, "this is no database of Laug's");
    if (version > migrate_newest())
        return fail(error, CONFLICT, NULL,
                    "the database has schema %" PRId64 ", this program knows up to %d; install a newer laugd",
                    version, migrate_newest());
    for (int index = (int)version; index < migrate_newest(); index++)
        if (run(db, index, error))
            return error->code;
    return OK;
}
