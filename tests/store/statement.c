/* SPDX-License-Identifier: MIT */
/* Every kind of field goes into its column and comes back; pages, budgets, and what SQLite's refusals are
 * called. */
#include "statement.h"

#include "../proto/sample.h"
#include "day.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail

/* What the domain does for the store. */
int32_t call_today(struct call *call)
{
    return day_of_seconds(call->now);
}

enum {
    TEXT,
    NOTE,
    ID,
    RULE,
    NUMBER,
    MINUTES,
    AT,
    LOCAL,
    IS_GOOD,
    ON,
    COLOUR,
    INNER,
    MAYBE,
    PERHAPS,
    VALUE,
    TEXTS,
    NUMBERS,
    DAYS,
    INNERS,
    COLOURS
};

static const uint8_t nothing[] = { FIELDS_END };
/* all but the two that hold records */
static const uint8_t all[] = { TEXT,   NOTE,  ID,      RULE,  NUMBER, MINUTES, AT,   LOCAL,   IS_GOOD,   ON,
                               COLOUR, MAYBE, PERHAPS, VALUE, TEXTS,  NUMBERS, DAYS, COLOURS, FIELDS_END };
static const struct statement insert = {
    "insert",
    "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    &sample_record,
    &record_nothing,
    &record_nothing,
    -1,
    all,
    nothing
};
static const struct statement first = {
    "first", "SELECT * FROM sample LIMIT 1", &record_nothing, &sample_record, &sample_record, -1, nothing, all
};

/* ---- a page of rows ---- */

struct row {
    const char *id;
    int64_t number;
};

struct page {
    struct row *items;
    size_t items_count;
    const char *next;
};

struct page_params {
    int64_t limit;
    const char *after;
};

static const struct field row_fields[] = {
    {.name = "id",      .kind = KIND_SLUG,    .offset = offsetof(struct row, id)    },
    { .name = "number", .kind = KIND_INTEGER, .offset = offsetof(struct row, number)},
};
static const struct record row_record = { "row", "", row_fields, 2, sizeof(struct row), NULL, false };
static const struct field page_fields[] = {
    {.name = "items",
     .kind = KIND_RECORD,
     .is_list = true,
     .at_most = 1000,
     .record = &row_record,
     .offset = offsetof(struct page, items),
     .count_offset = offsetof(struct page, items_count) },
    { .name = "next",         .kind = KIND_SLUG, .is_optional = true, .offset = offsetof(struct page, next)},
};
static const struct record page_record = { "page", "", page_fields, 2, sizeof(struct page), NULL, false };
static const struct field page_params_fields[] = {
    {.name = "limit",   .kind = KIND_INTEGER, .offset = offsetof(struct page_params, limit)},
    { .name = "after",
     .kind = KIND_SLUG,
     .is_optional = true,
     .offset = offsetof(struct page_params,                                          after) },
};
static const struct record page_params_record = {
    "page_params", "", page_params_fields, 2, sizeof(struct page_params), NULL, false
};
static const struct statement list = {
    "list",
    "SELECT id, number FROM sample WHERE id > ifnull(:after, '') ORDER BY id LIMIT :limit + 1",
    &page_params_record,
    &row_record,
    &page_record,
    0,
    (const uint8_t[]){1,  0, FIELDS_END},
    (const uint8_t[]){ 0, 1, FIELDS_END}
};

/* ---- the database ---- */

static struct store *store;
static struct call call;
static const struct actor nobody = { .uid = 1 };

static const char schema[] =
    "CREATE TABLE sample (text TEXT, note TEXT, id TEXT PRIMARY KEY, rule TEXT, number INTEGER, minutes "
    "INTEGER,"
    " at INTEGER, local TEXT, is_good INTEGER, day_on TEXT, colour TEXT, maybe INTEGER UNIQUE, perhaps "
    "INTEGER,"
    " value BLOB, texts TEXT, numbers TEXT, days TEXT, colours TEXT, CHECK (number < 1000)) STRICT;"
    "CREATE TABLE child (id TEXT REFERENCES sample (id)) STRICT;"
    "CREATE TRIGGER rule AFTER INSERT ON sample WHEN NEW.number = 13 BEGIN"
    "  SELECT RAISE(ABORT, 'thirteen is not taken'); END;";

static int open_world(void **state)
{
    struct error error;
    (void)state;
    call = (struct call){ .actor = &nobody, .now = 1000 };
    if (store_open(NULL, STORE_INIT, &store, &error) || store_script(store, schema, &error)) {
        print_error("%s\n", error.text);
        return 1;
    }
    call.store = store;
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    arena_free(&call.arena);
    store_close(store);
    return 0;
}

static struct sample sample_called(const char *id)
{
    return (struct sample){ .text = "abc", .id = id, .number = 1, .minutes = 1 };
}

static void expect(const struct statement *statement, const void *params, void *result, enum code code,
                   const char *field)
{
    call.error = (struct error){ 0 };
    assert_int_equal(store_run(&call, statement, params, result), code);
    if (code != OK)
        assert_string_equal(call.error.field, field);
}

/* One text that a query gives. */
static const char *ask(const char *sql)
{
    static const struct field field = { .name = "text", .kind = KIND_TEXT };
    static const struct record record = { "text", "", &field, 1, sizeof(char *), NULL, false };
    const uint8_t only[] = { 0, FIELDS_END };
    struct statement *statement = arena_take(&call.arena, sizeof *statement);
    const char *text = NULL;
    *statement = (struct statement){ "ask", sql, &record_nothing, &record, &record, -1, nothing, only };
    if (store_run(&call, statement, NULL, &text) != OK)
        return call.error.text;
    return text;
}

static void keeps_every_kind(void **state)
{
    (void)state;
    const int64_t maybe = 9;
    const bool no = false;
    const char *texts[] = { "plain", "q\"uo\\te", "line\nbreak\x01", "æøå €", "" };
    int64_t numbers[] = { 1, -2, INT64_C(9007199254740991) };
    int32_t days[] = { 0, 20878 };
    enum colour colours[] = { BLUE, RED };
    struct sample sample = { .text = "a'b\"c", .note = "two\nlines", .id = "one", .rule = "FREQ=DAILY",
                             .number = -5, .minutes = 90, .at = 1803801600, .local = 1803805230, .is_good = true,
                             .on = 20878, .colour = BLUE, .maybe = &maybe, .perhaps = &no,
                             .value = { "\x81\xa1x\x00", 4 }, .texts = texts, .texts_count = 5,
                             .numbers = numbers, .numbers_count = 3, .days = days, .days_count = 2,
                             .colours = colours, .colours_count = 2 },
                  back = { 0 };
    expect(&insert, &sample, NULL, OK, "");
    expect(&first, NULL, &back, OK, "");
    assert_string_equal(back.text, sample.text);
    assert_string_equal(back.note, sample.note);
    assert_string_equal(back.id, "one");
    assert_string_equal(back.rule, "FREQ=DAILY");
    assert_int_equal(back.number, -5);
    assert_int_equal(back.minutes, 90);
    assert_int_equal(back.at, sample.at);
    assert_int_equal(back.local, sample.local);
    assert_true(back.is_good);
    assert_int_equal(back.on, 20878);
    assert_int_equal(back.colour, BLUE);
    assert_int_equal(*back.maybe, 9);
    assert_false(*back.perhaps);
    assert_int_equal(back.value.size, 4);
    assert_memory_equal(back.value.bytes, sample.value.bytes, 4);
    assert_int_equal(back.texts_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(back.texts[i], texts[i]);
    assert_int_equal(back.numbers_count, 3);
    assert_memory_equal(back.numbers, numbers, sizeof numbers);
    assert_int_equal(back.days_count, 2);
    assert_memory_equal(back.days, days, sizeof days);
    assert_int_equal(back.colours_count, 2);
    assert_memory_equal(back.colours, colours, sizeof colours);
}

/* Others read this file too: what is kept how is a promise. */
static void keeps_it_in_plain_forms(void **state)
{
    (void)state;
    int32_t days[] = { 20878 };
    struct sample sample = sample_called("one");
    sample.on = 20878;
    sample.at = 1803801600;
    sample.local = 1803805200;
    sample.colour = GREEN;
    sample.days = days;
    sample.days_count = 1;
    expect(&insert, &sample, NULL, OK, "");
    assert_string_equal(ask("SELECT day_on FROM sample"), "2027-03-01");
    assert_string_equal(ask("SELECT local FROM sample"), "2027-02-28T09:00");
    assert_string_equal(ask("SELECT CAST(at AS TEXT) FROM sample"), "1803801600");
    assert_string_equal(ask("SELECT colour FROM sample"), "green");
    assert_string_equal(ask("SELECT days FROM sample"), "[\"2027-03-01\"]");
    assert_string_equal(ask("SELECT texts FROM sample"), "[]");
    assert_string_equal(ask("SELECT typeof(note) || typeof(maybe) || typeof(value) FROM sample"),
                        "nullnullnull");
}

static void reads_absent_as_absent(void **state)
{
    (void)state;
    struct sample sample = sample_called("one"), back = { 0 };
    expect(&insert, &sample, NULL, OK, "");
    expect(&first, NULL, &back, OK, "");
    assert_null(back.note);
    assert_null(back.maybe);
    assert_null(back.perhaps);
    assert_null(back.value.bytes);
    assert_int_equal(back.texts_count, 0);
}

static void says_when_there_is_none(void **state)
{
    (void)state;
    struct sample back = { 0 };
    expect(&first, NULL, &back, NOT_FOUND, "");
}

static void pages_cover_everything_once(void **state)
{
    (void)state;
    char ids[10][16];
    for (int i = 0; i < 10; i++) {
        snprintf(ids[i], sizeof ids[i], "p%d", i);
        struct sample sample = sample_called(ids[i]);
        sample.number = i;
        expect(&insert, &sample, NULL, OK, "");
    }
    const int64_t limits[] = { 1, 3, 5, 9, 10, 11 };
    for (size_t l = 0; l < 6; l++) {
        struct page_params params = { .limit = limits[l] };
        int seen = 0;
        do {
            struct page page = { 0 };
            expect(&list, &params, &page, OK, "");
            assert_true(page.items_count <= (size_t)params.limit && page.items_count > 0);
            for (size_t i = 0; i < page.items_count; i++) {
                assert_string_equal(page.items[i].id, ids[seen]);
                assert_int_equal(page.items[i].number, seen++);
            }
            params.after = page.next;
        } while (params.after);
        assert_int_equal(seen, 10);
    }
}

static void names_what_is_taken(void **state)
{
    (void)state;
    const int64_t maybe = 7;
    struct sample sample = sample_called("one");
    sample.maybe = &maybe;
    expect(&insert, &sample, NULL, OK, "");
    sample.maybe = NULL;
    expect(&insert, &sample, NULL, EXISTS, "id");
    sample.maybe = &maybe;
    sample.id = "two";
    expect(&insert, &sample, NULL, EXISTS, "maybe");
    sample.maybe = NULL;
    expect(&insert, &sample, NULL, OK, "");
}

static void translates_other_refusals(void **state)
{
    (void)state;
    struct error error;
    static const struct statement remove = { "remove",        "DELETE FROM sample",
                                             &record_nothing, &record_nothing,
                                             &record_nothing, -1,
                                             nothing,         nothing };
    struct sample sample = sample_called("one");
    expect(&insert, &sample, NULL, OK, "");
    assert_int_equal(store_script(store, "INSERT INTO child VALUES ('one')", &error), OK);
    expect(&remove, NULL, NULL, CONFLICT, "");
    assert_null(strstr(call.error.text, "FOREIGN"));
    sample.id = "two";
    sample.number = 13;
    expect(&insert, &sample, NULL, CONFLICT, "");
    assert_string_equal(call.error.text, "thirteen is not taken");
    sample.number = 1000;
    expect(&insert, &sample, NULL, INTERNAL, "");
    assert_null(strstr(call.error.text, "CHECK")); /* SQL never reaches a user */
}

/* Somebody wrote into the file by hand: said, not passed on. */
static void refuses_what_does_not_belong_there(void **state)
{
    (void)state;
    static const char *const damage[][2] = {
        {"UPDATE sample SET day_on = '2027-02-30'", "on"    },
        { "UPDATE sample SET colour = 'black'",     "colour"},
        { "UPDATE sample SET local = ''",           "local" },
        { "UPDATE sample SET days = '[\"soon\"]'",  "days"  },
        { "UPDATE sample SET days = '[1'",          "days"  },
        { "UPDATE sample SET days = '[null]'",      "days"  },
    };
    struct error error;
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sample sample = sample_called("one"), back = { 0 };
        assert_int_equal(store_script(store, "DELETE FROM sample", &error), OK);
        expect(&insert, &sample, NULL, OK, "");
        assert_int_equal(store_script(store, damage[i][0], &error), OK);
        expect(&first, NULL, &back, INTERNAL, "");
        assert_non_null(strstr(call.error.text, damage[i][1]));
    }
}

/* Over its budget a call is refused, and the statement can be run again. */
static void stops_at_the_budget(void **state)
{
    (void)state;
    char id[16];
    for (int i = 0; i < 2000; i++) {
        snprintf(id, sizeof id, "p%04d", i);
        struct sample sample = sample_called(id);
        expect(&insert, &sample, NULL, OK, "");
    }
    struct page_params params = { .limit = 5000 };
    struct page page = { 0 };
    arena_reset(&call.arena);
    call.arena.budget = 20000;
    expect(&list, &params, &page, TOO_LARGE, "");
    assert_true(call.arena.taken < 100000);
    arena_reset(&call.arena);
    call.arena.budget = 0;
    page = (struct page){ 0 };
    expect(&list, &params, &page, OK, "");
    assert_int_equal(page.items_count, 2000);
    assert_null(page.next);
}

static void knows_the_calls_own_parameters(void **state)
{
    (void)state;
    struct field field = { .name = "text", .kind = KIND_TEXT };
    struct record record = { "text", "", &field, 1, sizeof(char *), NULL, false };
    const uint8_t binds[] = { BIND_NOW, BIND_TODAY, BIND_ACTOR, FIELDS_END }, fills[] = { 0, FIELDS_END };
    const struct statement own = {
        "own",           "SELECT :now || ' ' || :today || ' ' || ifnull(:actor, '-')",
        &record_nothing, &record,
        &record,         -1,
        binds,           fills
    };
    const struct actor anna = { .uid = 1, .person = "anna" };
    const char *text = NULL;
    call.now = 1803801600;
    expect(&own, NULL, &text, OK, "");
    assert_string_equal(text, "1803801600 2027-02-28 -");
    call.actor = &anna;
    expect(&own, NULL, &text, OK, "");
    assert_string_equal(text, "1803801600 2027-02-28 anna");
    const struct statement is_actor = { "is_actor",      "SELECT 1 WHERE :id = :actor AND :today > '2027'",
                                        &record_nothing, &record_nothing,
                                        &record_nothing, -1,
                                        nothing,         nothing };
    assert_true(store_asks(&call, &is_actor, "anna"));
    assert_false(store_asks(&call, &is_actor, "bo"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_every_kind, open_world, close_world),
        cmocka_unit_test_setup_teardown(keeps_it_in_plain_forms, open_world, close_world),
        cmocka_unit_test_setup_teardown(reads_absent_as_absent, open_world, close_world),
        cmocka_unit_test_setup_teardown(says_when_there_is_none, open_world, close_world),
        cmocka_unit_test_setup_teardown(pages_cover_everything_once, open_world, close_world),
        cmocka_unit_test_setup_teardown(names_what_is_taken, open_world, close_world),
        cmocka_unit_test_setup_teardown(translates_other_refusals, open_world, close_world),
        cmocka_unit_test_setup_teardown(refuses_what_does_not_belong_there, open_world, close_world),
        cmocka_unit_test_setup_teardown(stops_at_the_budget, open_world, close_world),
        cmocka_unit_test_setup_teardown(knows_the_calls_own_parameters, open_world, close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
