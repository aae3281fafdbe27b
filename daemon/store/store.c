/* SPDX-License-Identifier: MIT */
#include "connection.h"
#include "log.h"
#include "memory.h"
#include "migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHECKED_AT_START = 16 * 1024 * 1024 };

static const char *const step_sql[STEPS_COUNT] = {
    [STEP_BEGIN] = "BEGIN IMMEDIATE",
    [STEP_COMMIT] = "COMMIT",
    [STEP_ROLLBACK] = "ROLLBACK",
    [STEP_CALL] = "SAVEPOINT call",
    [STEP_CALL_UNDO] = "ROLLBACK TO call",
    [STEP_CALL_END] = "RELEASE call",
    [STEP_NESTED] = "SAVEPOINT nested",
    [STEP_NESTED_UNDO] = "ROLLBACK TO nested",
    [STEP_NESTED_END] = "RELEASE nested",
    [STEP_DEEPER] = "SAVEPOINT deeper",
    [STEP_DEEPER_UNDO] = "ROLLBACK TO deeper",
    [STEP_DEEPER_END] = "RELEASE deeper",
    [STEP_SNAPSHOT] = "BEGIN",
};

/* SQLite's code: SQLITE_DONE where it went well. */
static int take(struct store *store, enum step step)
{
    sqlite3_stmt **compiled = &store->steps[step];
    if (!*compiled && sqlite3_prepare_v3(store->db, step_sql[step], -1, SQLITE_PREPARE_PERSISTENT, compiled,
                                         NULL) != SQLITE_OK)
        abort();
    int status = sqlite3_step(*compiled);
    sqlite3_reset(*compiled);
    return status;
}

static void must(struct store *store, enum step step)
{
    if (take(store, step) != SQLITE_DONE) {
        log_write(LOG_LEVEL_ERROR, "the database refused a step that cannot fail", "SQL", step_sql[step],
                  "REASON", sqlite3_errmsg(store->db), NULL);
        abort(); /* what was not committed is rolled back by the next start */
    }
}

/* ---- opening ---- */

static void call_now_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct store *store = sqlite3_user_data(context);
    (void)count;
    (void)values;
    sqlite3_result_int64(context, store->call ? store->call->now : 0);
}

static void call_actor_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct store *store = sqlite3_user_data(context);
    (void)count;
    (void)values;
    if (store->call && store->call->actor->person)
        sqlite3_result_text(context, store->call->actor->person, -1, SQLITE_TRANSIENT);
}

static void note_change(void *user, int operation, const char *schema, const char *table, sqlite3_int64 row)
{
    struct store *store = user;
    (void)schema;
    (void)row;
    if (operation != SQLITE_UPDATE && strcmp(table, "person") == 0)
        store->people_generation++;
}

/* SQL comes from the program alone, but the file is data: it may not bring code of its own. */
static void harden(struct store *store)
{
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_create_function(store->db, "call_now", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, store,
                            call_now_function, NULL, NULL);
    sqlite3_create_function(store->db, "call_actor", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, store,
                            call_actor_function, NULL, NULL);
    sqlite3_update_hook(store->db, note_change, store);
}

/* A lock on a file of its own, so that a second daemon is refused before it touches the database. */
static enum code lock_folder(int folder, struct store *store, struct error *error)
{
    store->lock = openat(folder, "laug.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (store->lock < 0)
        return fail(error, UNAVAILABLE, NULL, "the lock file cannot be opened: %s", strerror(errno));
    if (flock(store->lock, LOCK_EX | LOCK_NB) != 0)
        return fail(error, UNAVAILABLE, NULL, "another laugd already serves this database");
    return OK;
}

/* Whether there is a database; a symlink in its place, or anything that is no plain file, is refused. */
static enum code look_for_database(int folder, enum store_opening opening, struct error *error)
{
    struct stat status;
    if (fstatat(folder, "laug.db", &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT)
            return fail(error, UNAVAILABLE, NULL, "the database cannot be opened: %s", strerror(errno));
        return opening == STORE_INIT
                   ? OK
                   : fail(error, NOT_FOUND, NULL,
                          "there is no database here; start once with --init to make an empty one");
    }
    return S_ISREG(status.st_mode) ? OK : fail(error, INTERNAL, NULL, "laug.db is not a plain file");
}

static enum code open_file(const char *path, enum store_opening opening, struct store *store,
                           struct error *error)
{
    char file[4096];
    int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return errno == ENOENT
                   ? fail(error, NOT_FOUND, NULL, "there is no state folder %s; make it first", path)
                   : fail(error, UNAVAILABLE, NULL, "the state folder %s cannot be opened: %s", path,
                          strerror(errno));
    enum code code = opening == STORE_READER ? OK : lock_folder(folder, store, error);
    if (code == OK)
        code = look_for_database(folder, opening, error);
    close(folder);
    if (code)
        return code;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
                (opening == STORE_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                (opening == STORE_INIT ? SQLITE_OPEN_CREATE : 0);
    snprintf(file, sizeof file, "%s/laug.db", path);
    mode_t mask = umask(0077);
    int status = sqlite3_open_v2(file, &store->db, flags, NULL);
    umask(mask);
    return status == SQLITE_OK ? OK
                               : fail(error, UNAVAILABLE, NULL, "the database cannot be opened: %s",
                                      sqlite3_errmsg(store->db));
}

static enum code refuse_damaged(const char *what, struct error *error)
{
    return fail(error, INTERNAL, NULL,
                "the database is damaged (%s); it was left as it is: put a good backup in its place", what);
}

static int64_t number_of(struct store *store, const char *pragma)
{
    sqlite3_stmt *asked;
    int64_t number = 0;
    if (sqlite3_prepare_v2(store->db, pragma, -1, &asked, NULL) == SQLITE_OK &&
        sqlite3_step(asked) == SQLITE_ROW)
        number = sqlite3_column_int64(asked, 0);
    sqlite3_finalize(asked);
    return number;
}

enum code store_check(struct store *store, struct error *error)
{
    sqlite3_stmt *check;
    enum code code = OK;
    if (sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &check, NULL) != SQLITE_OK)
        return refuse_damaged(sqlite3_errmsg(store->db), error);
    int status = sqlite3_step(check);
    if (status != SQLITE_ROW && status != SQLITE_INTERRUPT)
        code = refuse_damaged(sqlite3_errmsg(store->db), error);
    else if (status == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(check, 0), "ok") != 0)
        code = refuse_damaged((const char *)sqlite3_column_text(check, 0), error);
    sqlite3_finalize(check);
    sqlite3_db_release_memory(store->db);
    return code;
}

/* Damage is found before anything is served: some 5 ms for a company of 250. What is so large that the check
 * would be waited for (300 MB: 4 s) is checked beside. */
static enum code check_sound(struct store *store, struct error *error)
{
    int64_t size = number_of(store, "PRAGMA page_count") * number_of(store, "PRAGMA page_size");
    store->needs_check = size > CHECKED_AT_START;
    return store->needs_check ? OK : store_check(store, error);
}

bool store_needs_check(const struct store *store)
{
    return store->needs_check;
}

void store_stop(struct store *store)
{
    store->is_stopped = true;
    sqlite3_interrupt(store->db);
}

bool store_is_stopped(const struct store *store)
{
    return store->is_stopped;
}

void store_leave_thread(void)
{
    memory_leave_thread();
}

void store_distrust(struct store *store, const struct error *why)
{
    snprintf(store->trouble, sizeof store->trouble, "%.199s", why->text);
    for (char *c = store->trouble; *c; c++)
        *c = *c == '\n' ? ' ' : *c; /* SQLite tells of damage on several lines */
    log_write(LOG_LEVEL_ERROR, "nothing is written from now on", "REASON", why->text, NULL);
}

/* A step of the schema is for good, so what was there before it is kept beside: laug.db.schema-N. */
static enum code keep_copy(struct store *store, int version, struct error *error)
{
    const char *path = sqlite3_db_filename(store->db, "main");
    if (!path || !*path)
        return OK; /* in memory */
    char *copy = sqlite3_mprintf("%s.schema-%d", path, version);
    char *sql = sqlite3_mprintf("VACUUM INTO %Q", copy);
    if (!copy || !sql)
        abort();
    unlink(copy); /* of an attempt that ended before the step was made */
    mode_t mask = umask(0077);
    int status = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    umask(mask);
    int fd = open(copy, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool is_kept = status == SQLITE_OK && fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!is_kept)
        fail(error, UNAVAILABLE, NULL,
             "the database could not be copied to %s before its schema is changed: %s", copy,
             status ? sqlite3_errmsg(store->db) : strerror(errno));
    sqlite3_free(sql);
    sqlite3_free(copy);
    return is_kept ? OK : error->code;
}

static enum code set_up(struct store *store, struct error *error)
{
    static const char pragmas[] =
        "PRAGMA busy_timeout = 2000; PRAGMA foreign_keys = on; PRAGMA cell_size_check = on;"
        "PRAGMA temp_store = memory; PRAGMA cache_size = -2048; PRAGMA secure_delete = fast;";
    harden(store);
    if (sqlite3_exec(store->db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return refuse_damaged(sqlite3_errmsg(store->db), error);
    if (sqlite3_prepare_v3(store->db, "SELECT value FROM json_each(?1)", -1, SQLITE_PREPARE_PERSISTENT,
                           &store->json_each, NULL))
        return fail(error, INTERNAL, NULL, "SQLite lacks JSON");
    return OK;
}

/* synchronous=FULL is what "acknowledged means kept" needs; NORMAL lost a third in simulated power cuts. A
 * checkpoint costs everybody 3 ms: one in 4,000 pages keeps it out of the slowest hundredth of a busy second.
 */
static enum code make_durable(struct store *store, struct error *error)
{
    static const char pragmas[] =
        "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA wal_autocheckpoint = 4000;";
    return sqlite3_exec(store->db, pragmas, NULL, NULL, NULL) == SQLITE_OK ? OK
                                                                           : translate(store, NULL, error);
}

/* Nothing is written before it is known whose database this is, and that it is whole. An empty file where the
 * company's was is no database that anybody made: it is as good as missing. */
static enum code bring_up_to_date(struct store *store, enum store_opening opening, struct error *error)
{
    int version;
    enum code code = check_sound(store, error);
    if (code == OK)
        code = migrate_version(store->db, migrations, &version, error);
    if (code == OK && version == 0 && opening != STORE_INIT)
        code = fail(
            error, NOT_FOUND, NULL,
            "the database is empty; put a good backup in its place, or start once with --init to begin anew");
    if (code == OK)
        code = make_durable(store, error);
    if (code == OK && version > 0 && version < migrate_newest(migrations))
        code = keep_copy(store, version, error);
    return code ? code : migrate(store->db, migrations, error);
}

enum code store_open(const char *folder, enum store_opening opening, struct store **opened,
                     struct error *error)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        abort();
    memory_configure();
    store->lock = -1;
    store->is_reader = opening == STORE_READER;
    enum code code = OK;
    if (folder)
        code = open_file(folder, opening, store, error);
    else if (sqlite3_open(":memory:", &store->db) != SQLITE_OK)
        abort();
    if (code == OK)
        code = set_up(store, error);
    if (code == OK && !store->is_reader)
        code = bring_up_to_date(store, opening, error);
    if (code)
        store_close(store);
    else
        *opened = store;
    return code;
}

/* Pages go over as they are, so a database of 10 MB is there in some 10 ms. */
static bool copy_pages(struct store *from, struct store *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->db, "main", from->db, "main");
    int status = backup ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
    return sqlite3_backup_finish(backup) == SQLITE_OK && status == SQLITE_DONE;
}

enum code store_open_copy(struct store *store, struct store **opened, struct error *error)
{
    struct store *copy = calloc(1, sizeof *copy);
    if (!copy || sqlite3_open(":memory:", &copy->db) != SQLITE_OK)
        abort();
    copy->lock = -1;
    enum code code = copy_pages(store, copy) ? set_up(copy, error)
                                             : fail(error, UNAVAILABLE, NULL, "%s",
                                                    _("the database cannot be copied just now; try again"));
    if (code)
        store_close(copy);
    else
        *opened = copy;
    return code;
}

void store_close(struct store *store)
{
    for (size_t i = 0; i < PREPARED_SLOTS; i++)
        sqlite3_finalize(store->prepared[i].compiled);
    for (size_t i = 0; i < STEPS_COUNT; i++)
        sqlite3_finalize(store->steps[i]);
    sqlite3_finalize(store->json_each);
    sqlite3_close(store->db);
    memory_leave_thread();
    if (store->lock >= 0)
        close(store->lock);
    free(store);
}

/* ---- transactions ---- */

enum code store_call_begin(struct store *store, struct error *error)
{
    if (*store->trouble)
        return fail(error, UNAVAILABLE, NULL, "%s", store->trouble);
    if (is_lost(store))
        return *error = store->lost, error->code;
    if (!store->is_in_turn) {
        store_read_end(store);
        if (take(store, STEP_BEGIN) != SQLITE_DONE)
            return translate(store, NULL, error);
        store->is_in_turn = true;
        store->changes = sqlite3_total_changes64(store->db);
        store->lost = (struct error){ 0 };
    }
    must(store, STEP_CALL);
    return OK;
}

void store_call_end(struct store *store, bool keep)
{
    if (is_lost(store))
        return;
    if (!keep)
        must(store, STEP_CALL_UNDO);
    must(store, STEP_CALL_END);
    store->generation += keep;
}

void store_nested_begin(struct store *store)
{
    enum step step = store->nested++ ? STEP_DEEPER : STEP_NESTED;
    if (!is_lost(store))
        must(store, step);
}

void store_nested_end(struct store *store, bool keep)
{
    bool is_deeper = --store->nested > 0;
    if (is_lost(store))
        return;
    if (!keep)
        must(store, is_deeper ? STEP_DEEPER_UNDO : STEP_NESTED_UNDO);
    must(store, is_deeper ? STEP_DEEPER_END : STEP_NESTED_END);
    store->generation++; /* also when rolled back: what was read in between is no longer so */
}

bool store_is_dirty(const struct store *store)
{
    return store->is_in_turn;
}

/* Somebody moved, removed or replaced the file under us: what is written now would be lost with the old one.
 */
static bool has_moved(struct store *store)
{
    int moved = 0;
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved;
}

/* From now on nothing is written: what for, the admin reads here and in the journal. */
static void stop_writing(struct store *store, const char *why, const char *reason)
{
    snprintf(store->trouble, sizeof store->trouble, "%s", why);
    log_write(LOG_LEVEL_ERROR, "read-only from now on", "REASON", reason, NULL);
}

static enum code commit(struct store *store, struct error *error)
{
    if (is_lost(store))
        return *error = store->lost, error->code;
    if (has_moved(store)) {
        stop_writing(store,
                     _("the database's file was moved or replaced: put it back and restart the service"),
                     "laug.db was moved or replaced");
        return fail(error, UNAVAILABLE, NULL, "%s", store->trouble);
    }
    return take(store, STEP_COMMIT) == SQLITE_DONE ? OK : translate(store, NULL, error);
}

enum code store_commit(struct store *store, struct error *error)
{
    enum code code = commit(store, error);
    store->generation++;
    store->is_in_turn = false;
    if (code == STORAGE_FULL || sqlite3_total_changes64(store->db) > store->changes)
        store->is_full = code == STORAGE_FULL;
    if (code == OK)
        return OK;
    if (!*store->trouble && (code == UNAVAILABLE || code == INTERNAL))
        /* after a failed sync nobody knows what of it the disk has: going on would build on pages that may
         * not be there */
        stop_writing(
            store,
            _("the disk failed while writing, so nothing more is written until the service is restarted"),
            sqlite3_errmsg(store->db));
    if (!sqlite3_get_autocommit(store->db))
        take(store, STEP_ROLLBACK);
    store->people_generation++; /* somebody may have been found who is not there */
    return code;
}

void store_read_begin(struct store *store)
{
    if (!sqlite3_get_autocommit(store->db))
        return;
    must(store, STEP_SNAPSHOT);
    store->is_reading = true;
}

/* After an error SQLite may have ended it by itself. */
void store_read_end(struct store *store)
{
    if (store->is_reading && !sqlite3_get_autocommit(store->db) && take(store, STEP_COMMIT) != SQLITE_DONE)
        take(store, STEP_ROLLBACK);
    store->is_reading = false;
}

void store_snapshot_begin(struct store *store)
{
    must(store, STEP_SNAPSHOT);
}

void store_snapshot_end(struct store *store)
{
    must(store, STEP_COMMIT);
}

/* ---- what changed ---- */

int64_t store_changes(const struct store *store)
{
    return sqlite3_changes64(store->db);
}

uint64_t store_generation(const struct store *store)
{
    return store->generation;
}

void store_people_changed(struct store *store)
{
    store->people_generation++;
}

uint64_t store_people_generation(const struct store *store)
{
    return store->people_generation;
}

const char *store_trouble(const struct store *store)
{
    if (*store->trouble)
        return store->trouble;
    return store->is_full ? _("the disk is full: what is there can be read, and nothing more is kept") : NULL;
}

int store_schema_version(void)
{
    return migrate_newest(migrations);
}

enum code store_script(struct store *store, const char *sql, struct error *error)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail(error, INTERNAL, NULL, "%s", sqlite3_errmsg(store->db));
    return OK;
}
