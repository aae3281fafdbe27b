/* SPDX-License-Identifier: MIT */
/* Turns: what was kept is on disk after the commit, what failed left nothing, and a lost turn acknowledges
 * nobody. */
#include "store.h"

#include "day.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

int32_t call_today(struct call *call)
{
    return day_of_seconds(call->now);
}

static const uint8_t nothing[] = { FIELDS_END }, only[] = { 0, FIELDS_END };
static const struct field number_field = { .name = "number", .kind = KIND_INTEGER };
static const struct record number_record = { "number", "", &number_field, 1, sizeof(int64_t), NULL, false };
static const struct statement add = { "add",
                                      "INSERT INTO closure VALUES ('c' || :number, '2027', '2027', '')",
                                      &number_record,
                                      &record_nothing,
                                      &record_nothing,
                                      -1,
                                      only,
                                      nothing };
static const struct statement count = { "count",         "SELECT count(*) FROM closure",
                                        &record_nothing, &number_record,
                                        &number_record,  -1,
                                        nothing,         only };
static const struct statement fill = {
    "fill",
    "INSERT INTO closure VALUES ('big' || :number, '2027', '2027', hex(zeroblob(200000)))",
    &number_record,
    &record_nothing,
    &record_nothing,
    -1,
    only,
    nothing
};

static struct store *store;
static struct error error;
static char folder[64];
static const struct actor nobody = { .uid = 1 };

static enum code run_in(struct store *in, const struct statement *statement, const void *params, void *result)
{
    struct call call = { .store = in, .actor = &nobody, .now = 1000 };
    enum code code = store_run(&call, statement, params, result);
    error = call.error;
    arena_free(&call.arena);
    return code;
}

static int64_t rows_in(struct store *in)
{
    int64_t rows = -1;
    assert_int_equal(run_in(in, &count, NULL, &rows), OK);
    return rows;
}

static void begin(void)
{
    assert_int_equal(store_call_begin(store, &error), OK);
}

static void insert(int64_t number)
{
    assert_int_equal(run_in(store, &add, &number, NULL), OK);
}

/* One call that adds a row, kept or not. */
static void one_call(int64_t number, bool keep)
{
    begin();
    insert(number);
    store_call_end(store, keep);
}

static void open_again(enum store_opening opening)
{
    if (store)
        store_close(store);
    store = NULL;
    assert_int_equal(store_open(folder, opening, &store, &error), OK);
}

static const char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/laug-store-XXXXXX");
    store = NULL;
    return mkdtemp(folder) ? 0 : 1;
}

static int start(void **state)
{
    return make_folder(state) || store_open(folder, STORE_INIT, &store, &error);
}

static int end(void **state)
{
    DIR *entries = opendir(folder);
    (void)state;
    if (store)
        store_close(store);
    for (const struct dirent *entry; entries && (entry = readdir(entries)) != NULL;)
        if (entry->d_name[0] != '.')
            remove(path_of(entry->d_name));
    return !entries || closedir(entries) || rmdir(folder);
}

/* ---- turns ---- */

static void a_turn_is_one_commit(void **state)
{
    (void)state;
    uint64_t before = store_generation(store);
    assert_false(store_is_dirty(store));
    for (int i = 0; i < 5; i++)
        one_call(i, true);
    assert_true(store_is_dirty(store));
    assert_true(store_generation(store) > before);
    assert_int_equal(store_commit(store, &error), OK);
    assert_false(store_is_dirty(store));
    open_again(STORE_EXISTING);
    assert_int_equal(rows_in(store), 5);
}

static void a_call_that_fails_leaves_the_others(void **state)
{
    (void)state;
    one_call(1, true);
    one_call(2, false);
    one_call(3, true);
    begin();
    store_call_end(store, false); /* one that wrote nothing */
    assert_int_equal(rows_in(store), 2);
    assert_int_equal(store_commit(store, &error), OK);
    open_again(STORE_EXISTING);
    assert_int_equal(rows_in(store), 2);
}

static void what_was_not_committed_is_gone(void **state)
{
    (void)state;
    one_call(1, true);
    assert_int_equal(store_commit(store, &error), OK);
    one_call(2, true);
    open_again(STORE_EXISTING);
    assert_int_equal(rows_in(store), 1);
}

static void nested_savepoints_undo_their_own(void **state)
{
    (void)state;
    begin();
    insert(1);
    store_nested_begin(store);
    insert(2);
    store_nested_begin(store);
    insert(3);
    store_nested_begin(store);
    insert(4);
    store_nested_end(store, true);
    store_nested_end(store, false);
    assert_int_equal(rows_in(store), 2);
    store_nested_begin(store);
    insert(5);
    store_nested_end(store, true);
    store_nested_end(store, true);
    assert_int_equal(rows_in(store), 3);
    store_call_end(store, true);
    one_call(6, true);
    assert_int_equal(store_commit(store, &error), OK);
    assert_int_equal(rows_in(store), 4);
}

static void people_are_noticed(void **state)
{
    (void)state;
    uint64_t before = store_people_generation(store);
    one_call(1, true);
    assert_int_equal(store_people_generation(store), before);
    assert_int_equal(store_script(store, "INSERT INTO person (id, name) VALUES ('anna', 'Anna')", &error),
                     OK);
    assert_true(store_people_generation(store) > before);
    before = store_people_generation(store);
    assert_int_equal(store_script(store, "DELETE FROM person", &error), OK);
    assert_true(store_people_generation(store) > before);
    assert_int_equal(store_commit(store, &error), OK);
}

static void a_reader_sees_what_is_committed(void **state)
{
    (void)state;
    struct store *reader;
    one_call(1, true);
    assert_int_equal(store_commit(store, &error), OK);
    assert_int_equal(store_open(folder, STORE_READER, &reader, &error), OK);
    one_call(2, true);
    assert_int_equal(rows_in(reader), 1);
    store_snapshot_begin(reader);
    assert_int_equal(rows_in(reader), 1);
    assert_int_equal(store_commit(store, &error), OK);
    one_call(3, true);
    assert_int_equal(store_commit(store, &error), OK);
    assert_int_equal(rows_in(reader), 1); /* one state from beginning to end */
    store_snapshot_end(reader);
    assert_int_equal(rows_in(reader), 3);
    const int64_t number = 9;
    assert_int_equal(run_in(reader, &add, &number, NULL), UNAVAILABLE); /* it only reads */
    store_close(reader);
}

/*
 * The disk is full in the middle of a turn: SQLite rolls back all of it by itself. A call before that had
 * gone well, and must not be acknowledged; a call after it must not be kept alone.
 */
static void a_full_disk_fails_the_whole_turn(void **state)
{
    (void)state;
    const int64_t number = 7;
    one_call(1, true);
    assert_int_equal(store_commit(store, &error), OK);
    assert_int_equal(store_script(store, "PRAGMA max_page_count = 60", &error), OK);
    one_call(2, true);
    begin();
    assert_int_equal(run_in(store, &fill, &number, NULL), STORAGE_FULL);
    /* a handler that goes on regardless */
    assert_int_equal(run_in(store, &add, &number, NULL), STORAGE_FULL);
    store_nested_begin(store);
    assert_int_equal(run_in(store, &add, &number, NULL), STORAGE_FULL);
    store_nested_end(store, true);
    store_call_end(store, false);
    assert_true(store_is_dirty(store));
    assert_int_equal(store_call_begin(store, &error), STORAGE_FULL);
    assert_int_equal(store_commit(store, &error), STORAGE_FULL);
    assert_true(*error.text);
    assert_non_null(strstr(store_trouble(store), "full"));
    begin(); /* a turn that writes nothing says nothing about the disk */
    store_call_end(store, true);
    assert_int_equal(store_commit(store, &error), OK);
    assert_non_null(store_trouble(store));
    /* there is room again */
    assert_int_equal(store_script(store, "PRAGMA max_page_count = 100000", &error), OK);
    one_call(3, true);
    assert_int_equal(store_commit(store, &error), OK);
    assert_null(store_trouble(store));
    open_again(STORE_EXISTING);
    assert_int_equal(rows_in(store), 2);
}

static void a_database_taken_away_stops_all_writing(void **state)
{
    (void)state;
    char from[512], to[512];
    one_call(1, true);
    assert_int_equal(store_commit(store, &error), OK);
    snprintf(from, sizeof from, "%s", path_of("laug.db"));
    snprintf(to, sizeof to, "%s", path_of("moved.db"));
    assert_int_equal(rename(from, to), 0);
    one_call(2, true);
    assert_int_equal(store_commit(store, &error), UNAVAILABLE);
    assert_non_null(store_trouble(store));
    assert_int_equal(store_call_begin(store, &error), UNAVAILABLE);
    assert_int_equal(rows_in(store), 1); /* what is there can still be read */
}

/* ---- opening ---- */

static void refuses_what_is_not_there(void **state)
{
    (void)state;
    struct store *other;
    assert_int_equal(store_open(folder, STORE_EXISTING, &other, &error), NOT_FOUND);
    assert_non_null(strstr(error.text, "--init"));
    assert_int_not_equal(access(path_of("laug.db"), F_OK), 0);
    assert_int_equal(store_open("/nonexistent/folder", STORE_INIT, &other, &error), NOT_FOUND);
}

static void write_file(const char *name, const char *bytes, size_t size)
{
    FILE *out = fopen(path_of(name), "w");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

/* A file of no length where the company's was: not the moment to begin anew. */
static void refuses_an_emptied_file(void **state)
{
    (void)state;
    struct store *other;
    write_file("laug.db", "", 0);
    assert_int_equal(store_open(folder, STORE_EXISTING, &other, &error), NOT_FOUND);
    struct stat status;
    assert_int_equal(stat(path_of("laug.db"), &status), 0);
    assert_int_equal(status.st_size, 0);
    open_again(STORE_INIT);
}

static void refuses_what_is_no_database(void **state)
{
    (void)state;
    struct store *other;
    static const char letter[] = "Dear admin, this is no database. ........................................"
                                 "........................................................................";
    write_file("laug.db", letter, sizeof letter);
    assert_int_equal(store_open(folder, STORE_INIT, &other, &error), INTERNAL);
    assert_int_equal(unlink(path_of("laug.db")), 0);
    assert_int_equal(symlink("/dev/null", path_of("laug.db")), 0);
    assert_int_equal(store_open(folder, STORE_INIT, &other, &error), INTERNAL);
    assert_int_equal(unlink(path_of("laug.db")), 0);
    assert_int_equal(mkdir(path_of("laug.db"), 0700), 0);
    assert_int_equal(store_open(folder, STORE_INIT, &other, &error), INTERNAL);
}

static void two_do_not_share(void **state)
{
    (void)state;
    struct store *other;
    assert_int_equal(store_open(folder, STORE_EXISTING, &other, &error), UNAVAILABLE);
    assert_int_equal(store_open(folder, STORE_INIT, &other, &error), UNAVAILABLE);
    store_close(store);
    store = NULL;
    open_again(STORE_EXISTING);
}

static void nobody_else_may_read_it(void **state)
{
    (void)state;
    static const char *const files[] = { "laug.db", "laug.lock", "laug.db-wal" };
    one_call(1, true);
    assert_int_equal(store_commit(store, &error), OK);
    for (size_t i = 0; i < 3; i++) {
        struct stat status;
        assert_int_equal(stat(path_of(files[i]), &status), 0);
        assert_int_equal(status.st_mode & 077, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_turn_is_one_commit, start, end),
        cmocka_unit_test_setup_teardown(a_call_that_fails_leaves_the_others, start, end),
        cmocka_unit_test_setup_teardown(what_was_not_committed_is_gone, start, end),
        cmocka_unit_test_setup_teardown(nested_savepoints_undo_their_own, start, end),
        cmocka_unit_test_setup_teardown(people_are_noticed, start, end),
        cmocka_unit_test_setup_teardown(a_reader_sees_what_is_committed, start, end),
        cmocka_unit_test_setup_teardown(a_full_disk_fails_the_whole_turn, start, end),
        cmocka_unit_test_setup_teardown(a_database_taken_away_stops_all_writing, start, end),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_there, make_folder, end),
        cmocka_unit_test_setup_teardown(refuses_an_emptied_file, make_folder, end),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_database, make_folder, end),
        cmocka_unit_test_setup_teardown(two_do_not_share, start, end),
        cmocka_unit_test_setup_teardown(nobody_else_may_read_it, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
