/* SPDX-License-Identifier: MIT */
/* Steps of the real schema, over a database that is in use: what was there is there afterwards. */
#include "migrate.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail

static struct error error;

static void now(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count, (void)values;
    sqlite3_result_int64(context, 1);
}

static void nobody(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)context, (void)count, (void)values;
}

static sqlite3 *open_empty(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    sqlite3_create_function(db, "call_now", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, now, NULL, NULL);
    sqlite3_create_function(db, "call_actor", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, nobody, NULL, NULL);
    assert_int_equal(sqlite3_exec(db, "PRAGMA foreign_keys = on", NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        print_error("%s: %s\n", sqlite3_errmsg(db), sql);
    assert_int_equal(sqlite3_errcode(db), SQLITE_OK);
}

static void refuse(sqlite3 *db, const char *sql)
{
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_CONSTRAINT);
}

/* All steps before the one of this name; it must be there. */
static void bring_before(sqlite3 *db, const char *name)
{
    struct migration before[64] = {
        {NULL, NULL}
    };
    int count = 0;
    for (; migrations[count].name && !strstr(migrations[count].name, name); count++)
        before[count] = migrations[count];
    assert_non_null(migrations[count].name);
    assert_int_equal(migrate(db, before, &error), OK);
}

static void bring_to_newest(sqlite3 *db)
{
    error.text[0] = 0;
    (void)!migrate(db, migrations, &error);
    assert_string_equal(error.text, "");
}

/* Asks `what` once more: the answer is still `was`. */
static void same(sqlite3 *db, const char *what, const char *was)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, what, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), was);
    sqlite3_finalize(statement);
}

/* What is one line of every column that the table had. */
#define REMINDERS                                                                                            \
    "SELECT group_concat(format('%s %s %s %s %s %s %s %s %s %s %s %s %d %s %s %d %d %s %s %s %d %s %s %s', " \
    "id, rule, message, person, about, subject, occurrence, lead, recipient, title, local, local, is_day, "  \
    "other, detail, wanted_at, due_at, state, why, mail, snoozes, delivered_at, done_at, escalate_at), "     \
    "char(10)) FROM (SELECT * FROM reminder ORDER BY id)"
#define MAILS                                                                                                \
    "SELECT group_concat(format('%s %s %s %s %s %d %d %d %s %s %s', id, person, kind, week_on, state, "      \
    "made_at, next_at, attempt, first_at, settled_at, detail), char(10)) FROM (SELECT * FROM outbox ORDER "  \
    "BY id)"

static void fill(sqlite3 *db)
{
    run(db, "INSERT INTO person (id, name) VALUES ('anna', 'Anna'), ('bo', 'Bo')");
    run(db, "INSERT INTO reminder VALUES "
            "('turn-1', 'turn', 'turn', 'anna', 'turn', 'showcase-1', '', '-14d', 'person', 'Showcase', "
            "'2027-03-01T10:00', 0, 'anna', NULL, 1000, 2000, 'scheduled', NULL, NULL, 0, NULL, NULL, NULL),"
            "('turn-2', 'turn', 'turn', 'bo', 'turn', 'showcase-2', 'x', '-1d', 'lead', 'Æøå', "
            "'2027-03-02', 1, 'anna', 'why', 1001, 2001, 'failed', 'refused', 'mail-1', 3, 5, 6, 7),"
            "('notice', NULL, 'turn_open', 'bo', NULL, 'showcase-3', 'y', NULL, 'admins', 'Talk', "
            "NULL, 0, NULL, NULL, 1002, 2002, 'done', NULL, 'mail-2', 0, 8, 9, NULL)");
    run(db, "INSERT INTO outbox VALUES "
            "('mail-1', 'bo', 'single', '2027-03-01', 'refused', 1, 2, 3, 4, 5, 'no such user'),"
            "('mail-2', 'bo', 'weekly', '2027-03-08', 'waiting', 6, 7, 0, NULL, NULL, NULL)");
    run(db, "UPDATE reminder_rule SET title = 'Ours', paused = 1 WHERE id = 'turn'");
}

static char *read_text(sqlite3 *db, const char *what)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, what, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    char *text = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return text;
}

static void webhooks_keep_reminders_and_mail(void **state)
{
    sqlite3 *db = open_empty();
    (void)state;
    bring_before(db, "0040-webhook");
    fill(db);
    char *reminders = read_text(db, REMINDERS), *mails = read_text(db, MAILS);
    bring_to_newest(db);
    same(db, REMINDERS, reminders);
    same(db, MAILS, mails);
    same(db, "SELECT title || webhooks FROM reminder_rule WHERE id = 'turn'", "Ours[]");
    same(db, "SELECT count(*) FROM pragma_foreign_key_check", "0");
    same(db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%anew%' OR sql LIKE '%anew%'", "0");
    sqlite3_free(reminders);
    sqlite3_free(mails);
    sqlite3_close(db);
}

static void reminders_and_mail_still_go_with_their_person(void **state)
{
    sqlite3 *db = open_empty();
    (void)state;
    bring_before(db, "0040-webhook");
    fill(db);
    bring_to_newest(db);
    run(db, "UPDATE person SET id = 'bob' WHERE id = 'bo'");
    same(db, "SELECT count(*) FROM reminder WHERE person = 'bob'", "2");
    run(db, "DELETE FROM person WHERE id = 'bob'");
    same(db, "SELECT count(*) FROM reminder", "1");
    same(db, "SELECT count(*) FROM outbox", "0");
    sqlite3_close(db);
}

static void what_is_sent_goes_to_one_place(void **state)
{
    sqlite3 *db = open_empty();
    (void)state;
    bring_to_newest(db);
    run(db, "INSERT INTO person (id, name) VALUES ('bo', 'Bo')");
    run(db, "INSERT INTO webhook VALUES ('chat', 'Chat', 'https://chat.example/x', 'slack', NULL, 0)");
#define OUTBOX "INSERT INTO outbox (id, week_on, state, made_at, next_at, attempt, person, webhook, kind) "
    run(db, OUTBOX "VALUES ('a', '2027-03-01', 'waiting', 1, 1, 0, NULL, 'chat', 'post')");
    run(db, OUTBOX "VALUES ('b', '2027-03-01', 'waiting', 1, 1, 0, 'bo', NULL, 'invitation')");
    refuse(db, OUTBOX "VALUES ('c', '2027-03-01', 'waiting', 1, 1, 0, 'bo', 'chat', 'post')");
    refuse(db, OUTBOX "VALUES ('d', '2027-03-01', 'waiting', 1, 1, 0, NULL, NULL, 'single')");
    refuse(db, OUTBOX "VALUES ('e', '2027-03-01', 'waiting', 1, 1, 0, NULL, 'chat', 'single')");
    refuse(db, OUTBOX "VALUES ('f', '2027-03-01', 'waiting', 1, 1, 0, 'bo', NULL, 'post')");
    sqlite3_close(db);
}

/* What was published before there were calendars is looked at once, and so gets its invitations. */
static void what_was_published_gets_into_calendars(void **state)
{
    sqlite3 *db = open_empty();
    (void)state;
    bring_before(db, "0050");
    run(db, "DELETE FROM job; INSERT INTO person (id, name) VALUES ('anna', 'Anna')");
    run(db,
        "INSERT INTO rotation (id, title, starts, zone, rule, short_month, duration_minutes, member_kind, "
        "when_closed, "
        "min_present_percent, min_gap_days, publish_days, rule_from) VALUES ('talk', 'Talk', "
        "'2027-01-07T09:00', "
        "'Europe/Copenhagen', 'FREQ=WEEKLY', 'clamp', 30, 'person', 'next', 50, 0, 56, '2027-01-07T09:00')");
    run(db, "INSERT INTO turn (id, rotation, n, rule_on, local, starts_at, ends_at, member, state, "
            "published, pinned) VALUES "
            "('talk-1', 'talk', 1, '2027-01-07', '2027-01-07T09:00', 1, 2, 'anna', 'done', 1, 0), "
            "('talk-2', 'talk', 2, '2027-01-14', '2027-01-14T09:00', 3, 4, 'anna', 'planned', 1, 0), "
            "('talk-3', 'talk', 3, '2027-01-21', '2027-01-21T09:00', 5, 6, NULL, 'open', 1, 0), "
            "('talk-4', 'talk', 4, '2027-01-28', '2027-01-28T09:00', 7, 8, NULL, 'cancelled', 1, 0), "
            "('talk-9', 'talk', 9, '2027-03-04', '2027-03-04T09:00', 9, 10, 'anna', 'planned', 0, 1)");
    run(db, "INSERT INTO sabbatical (number, id, person, from_on, to_on, project, state, queued_at) VALUES "
            "(1, 'sabbatical-1', 'anna', '2027-03-01', '2027-03-05', 'x', 'approved', 0), "
            "(2, 'sabbatical-2', 'anna', '2028-03-01', '2028-03-05', 'x', 'requested', 0)");
    bring_to_newest(db);
    same(db,
         "SELECT group_concat(subject, ' ') FROM (SELECT subject FROM job WHERE kind = 'calendar.update' "
         "ORDER BY subject)",
         "sabbatical-1.away talk-2 talk-3");
    same(db, "SELECT invitations FROM company", "1");
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(webhooks_keep_reminders_and_mail),
        cmocka_unit_test(reminders_and_mail_still_go_with_their_person),
        cmocka_unit_test(what_is_sent_goes_to_one_place),
        cmocka_unit_test(what_was_published_gets_into_calendars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
