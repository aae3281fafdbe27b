/* SPDX-License-Identifier: MIT */
/* The schema moves by whole steps: whatever happens in between, it is the old one or the new one. */
#include "migrate.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "call.h"
#include "day.h"

int32_t call_today(struct call *call)
{
    return day_of_seconds(call->now);
}

#define FIRST                                                                                                \
    {                                                                                                        \
        "0001-first.sql", "CREATE TABLE first (id INTEGER) STRICT; INSERT INTO first VALUES (1);"            \
    }
#define SECOND                                                                                               \
    {                                                                                                        \
        "0002-second.sql", "ALTER TABLE first ADD COLUMN more TEXT; UPDATE first SET more = 'yes';"          \
                           "CREATE TABLE second (id INTEGER) STRICT;"                                        \
    }
static const struct migration one[] = {
    FIRST, {NULL, NULL}
};
static const struct migration two[] = {
    FIRST, SECOND, {NULL, NULL}
};
/* the second step, ended by a power cut at three places */
static const struct migration cut_early[] = {
    FIRST, {"0002", "SELECT cut(); CREATE TABLE second (id INTEGER);"}
};
static const struct migration cut_midway[] = {
    FIRST, {"0002", "ALTER TABLE first ADD COLUMN more TEXT; UPDATE first SET more = 'yes'; SELECT cut();"}
};
static const struct migration cut_late[] = {
    FIRST,
    {"0002", "ALTER TABLE first ADD COLUMN more TEXT; CREATE TABLE second (id INTEGER); SELECT cut();"}
};
static const struct migration wrong[] = {
    FIRST,
    {"0002-wrong.sql", "CREATE TABLE second (id INTEGER); INSERT INTO nothing VALUES (1);"},
    { NULL,            NULL                                                               }
};

static char path[64];
static struct error error;

static int make_file(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/laug-migrate-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? 1 : close(fd);
}

static int remove_file(void **state)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char file[80];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        snprintf(file, sizeof file, "%s%s", path, ends[i]);
        unlink(file);
    }
    return 0;
}

static sqlite3 *open_file(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = wal", NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static enum code bring(const struct migration *history)
{
    sqlite3 *db = open_file();
    enum code code = migrate(db, history, &error);
    sqlite3_close(db);
    return code;
}

/* The answer to a question of one number; -1 where it cannot even be asked. */
static int ask(const char *sql)
{
    sqlite3 *db = open_file();
    sqlite3_stmt *statement = NULL;
    int answer = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        answer = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return answer;
}

static void runs_what_is_missing_once(void **state)
{
    (void)state;
    assert_int_equal(bring(one), OK);
    assert_int_equal(ask("PRAGMA user_version"), 1);
    assert_int_equal(bring(one), OK);
    assert_int_equal(ask("SELECT count(*) FROM first"), 1);
    assert_int_equal(bring(two), OK);
    assert_int_equal(bring(two), OK);
    assert_int_equal(ask("PRAGMA user_version"), 2);
    assert_int_equal(ask("SELECT count(*) FROM first WHERE more = 'yes'"), 1);
}

static void all_steps_at_once_give_the_same(void **state)
{
    (void)state;
    assert_int_equal(bring(two), OK);
    assert_int_equal(ask("PRAGMA user_version"), 2);
    assert_int_equal(ask("SELECT count(*) FROM first WHERE more = 'yes'"), 1);
    assert_int_equal(ask("SELECT count(*) FROM second"), 0);
}

static void cut(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)context;
    (void)count;
    (void)values;
    _exit(9);
}

static void a_crash_leaves_the_old_schema(void **state)
{
    (void)state;
    const struct migration *const histories[] = { cut_early, cut_midway, cut_late };
    assert_int_equal(bring(one), OK);
    for (size_t i = 0; i < 3; i++) {
        struct migration history[3] = {
            histories[i][0], histories[i][1], {NULL, NULL}
        };
        int status;
        pid_t child = fork();
        if (child == 0) {
            sqlite3 *db;
            if (sqlite3_open(path, &db) == SQLITE_OK &&
                sqlite3_create_function(db, "cut", 0, SQLITE_UTF8, NULL, cut, NULL, NULL) == SQLITE_OK &&
                migrate(db, history, &error) == OK)
                _exit(0);
            _exit(1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(WEXITSTATUS(status), 9);
        assert_int_equal(ask("PRAGMA user_version"), 1);
        assert_int_equal(ask("SELECT more FROM first"), -1);
        assert_int_equal(ask("SELECT count(*) FROM second"), -1);
    }
    assert_int_equal(bring(two), OK);
    assert_int_equal(ask("SELECT count(*) FROM first WHERE more = 'yes'"), 1);
}

static void a_step_that_fails_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(bring(wrong), INTERNAL);
    assert_non_null(strstr(error.text, "0002-wrong.sql"));
    assert_int_equal(ask("PRAGMA user_version"), 1);
    assert_int_equal(ask("SELECT count(*) FROM second"), -1);
    assert_int_equal(bring(two), OK);
}

static void a_newer_schema_is_not_touched(void **state)
{
    (void)state;
    assert_int_equal(bring(two), OK);
    assert_int_equal(bring(one), CONFLICT);
    assert_non_null(strstr(error.text, "schema 2"));
    assert_non_null(strstr(error.text, "up to 1"));
    assert_int_equal(ask("PRAGMA user_version"), 2);
}

static void somebody_elses_database_is_not_touched(void **state)
{
    (void)state;
    static const char *const others[] = {
        "CREATE TABLE notes (text TEXT)",
        "CREATE TABLE notes (text TEXT); PRAGMA user_version = 1",
        "PRAGMA user_version = 3; PRAGMA application_id = 77",
        "PRAGMA application_id = -5",
        "CREATE TABLE notes (text TEXT); PRAGMA user_version = -1",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        remove_file(NULL);
        sqlite3 *db = open_file();
        assert_int_equal(sqlite3_exec(db, others[i], NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        assert_int_equal(bring(two), INTERNAL);
        assert_int_equal(ask("SELECT count(*) FROM first"), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runs_what_is_missing_once, make_file, remove_file),
        cmocka_unit_test_setup_teardown(all_steps_at_once_give_the_same, make_file, remove_file),
        cmocka_unit_test_setup_teardown(a_crash_leaves_the_old_schema, make_file, remove_file),
        cmocka_unit_test_setup_teardown(a_step_that_fails_leaves_nothing, make_file, remove_file),
        cmocka_unit_test_setup_teardown(a_newer_schema_is_not_touched, make_file, remove_file),
        cmocka_unit_test_setup_teardown(somebody_elses_database_is_not_touched, make_file, remove_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
