/* SPDX-License-Identifier: MIT */
#include "migrate.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>

/* "Laug" in ASCII, which tells a database of ours from any other SQLite file (PRAGMA application_id). */
#define APPLICATION_ID 0x4c617567

enum { UNREADABLE = INT32_MIN };

/* The one number that a statement gives. */
static int64_t ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = UNREADABLE;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

int migrate_newest(const struct migration *history)
{
    int count = 0;
    while (history[count].name)
        count++;
    return count;
}

enum code migrate_version(sqlite3 *db, const struct migration *history, int *version, struct error *error)
{
    int newest = migrate_newest(history);
    int64_t had = ask(db, "PRAGMA user_version"), id = ask(db, "PRAGMA application_id");
    int64_t tables = ask(db, "SELECT count(*) FROM sqlite_schema");
    if (had == UNREADABLE || id == UNREADABLE || tables == UNREADABLE)
        return fail(error, INTERNAL, NULL, "the database cannot be read: %s", sqlite3_errmsg(db));
    if (had != 0 ? id != APPLICATION_ID : tables > 0 || id != 0)
        return fail(error, INTERNAL, NULL, "laug.db is no database of Laug's; it was left as it is");
    if (had > newest)
        return fail(error, CONFLICT, NULL,
                    "the database has schema %" PRId64 ", this program knows up to %d; install a newer laugd",
                    had, newest);
    return *version = (int)had, OK;
}

static enum code run(sqlite3 *db, const struct migration *step, int version, struct error *error)
{
    char end[96];
    snprintf(end, sizeof end, "PRAGMA user_version = %d; PRAGMA application_id = %d; COMMIT", version,
             APPLICATION_ID);
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(db, step->sql, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(db, end, NULL, NULL, NULL) == SQLITE_OK)
        return OK;
    fail(error, INTERNAL, NULL, "the database could not be brought up to date by %s: %s", step->name,
         sqlite3_errmsg(db));
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return error->code;
}

enum code migrate(sqlite3 *db, const struct migration *history, struct error *error)
{
    int version = 0;
    enum code code = migrate_version(db, history, &version, error);
    for (; code == OK && history[version].name; version++)
        code = run(db, &history[version], version + 1, error);
    return code;
}
