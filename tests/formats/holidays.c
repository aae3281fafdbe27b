/* SPDX-License-Identifier: MIT */
#include "holidays.h"

#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct arena arena;
    struct refusals refusals;
    struct holidays holidays;
};

static void read_bytes(struct reading *reading, const char *bytes, size_t length)
{
    char *copy = malloc(length ? length : 1);
    memcpy(copy, bytes, length);
    *reading = (struct reading){ .arena = { 0 } };
    reading->refusals.arena = &reading->arena;
    holidays_read(copy, length, day_from_civil((struct civil){ 2020, 1, 1 }),
                  day_from_civil((struct civil){ 2040, 12, 31 }), &reading->refusals, &reading->holidays);
    free(copy);
}

/* A calendar around the lines of some events, which are parted by \n. */
static void read_events(struct reading *reading, const char *events)
{
    char *text;
    assert_true(asprintf(&text, "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n%sEND:VCALENDAR\n", events) > 0);
    read_bytes(reading, text, strlen(text));
    free(text);
}

/* "2027-12-25 Juledag, …" of what came out; or, where nothing did, the first refusal after its line. */
static void expect(const char *events, const char *expected)
{
    struct reading reading;
    char found[1000] = "", day[DAY_TEXT_SIZE];
    read_events(&reading, events);
    for (size_t i = 0; i < reading.holidays.count; i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s %s", i ? ", " : "",
                 day_print(reading.holidays.items[i].on, day), reading.holidays.items[i].name);
    for (size_t i = 0; i < reading.refusals.count; i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%zu: %s",
                 reading.refusals.items[i].line, reading.refusals.items[i].reason);
    if (strncmp(found, expected, strlen(expected)) != 0)
        fail_msg("expected \"%s\", got \"%s\"", expected, found);
    arena_free(&reading.arena);
}

#define EVENT(lines) "BEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\nSUMMARY:Jul\n" lines "END:VEVENT\n"

static void test_whole_days(void **state)
{
    (void)state;
    expect(EVENT("DTSTART;VALUE=DATE:20271225\nDTEND;VALUE=DATE:20271226\n"), "2027-12-25 Jul");
    expect(EVENT("DTSTART;VALUE=DATE:20271225\n"), "2027-12-25 Jul");
    expect(EVENT("DTSTART;VALUE=DATE:20271225\nDTEND;VALUE=DATE:20271225\n"), "2027-12-25 Jul");
    expect(EVENT("DTSTART;VALUE=DATE:20271225\nDTEND;VALUE=DATE:20271227\n"),
           "2027-12-25 Jul, 2027-12-26 Jul");
    expect(EVENT("DTSTART;TZID=Europe/Copenhagen:20271225T000000\nDURATION:P1D\n"), "2027-12-25 Jul");
    expect(EVENT("DTSTART;VALUE=DATE:20271225\nDURATION:PT86400S\n"), "2027-12-25 Jul");
    expect(EVENT("DTSTART;VALUE=DATE:20271225\nLOCATION:\nDESCRIPTION:\nPRIORITY:high\n"), "2027-12-25 Jul");
    expect("", "");
}

static void test_not_whole_days(void **state)
{
    (void)state;
    expect(EVENT("DTSTART:20271224T120000\nDTEND:20271224T180000\n"), "4: does not begin with a whole day");
    expect(EVENT("DTSTART:20271224T000000Z\n"), "4: does not begin with a whole day");
    expect(EVENT("DTSTART;VALUE=DATE:20271224\nDURATION:PT5H\n"), "4: does not last whole days");
    expect(EVENT("DTSTART;VALUE=DATE:20271224\nDTEND;VALUE=DATE:20271220\n"), "4: ends before it begins");
    expect(EVENT("DTSTART;VALUE=DATE:20270712\nDTEND;VALUE=DATE:20270901\n"), "4: lasts longer than 31 days");
    expect(EVENT("DTSTART;VALUE=DATE:20270230\n"), "4: ");
    expect(EVENT("DTSTART;VALUE=DATE:tomorrow\n"), "4: ");
    expect(EVENT(""), "4: has no DTSTART");
    expect("BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20271225\nEND:VEVENT\n", "4: has no SUMMARY");
}

static void test_cancelled_and_doubled(void **state)
{
    (void)state;
    struct reading reading;
    read_events(&reading, EVENT("STATUS:CANCELLED\nDTSTART;VALUE=DATE:20271225\n")
                              EVENT("DTSTART;VALUE=DATE:20271225\n") EVENT("DTSTART;VALUE=DATE:20271225\n"));
    assert_int_equal(reading.holidays.count, 1);
    assert_int_equal(reading.holidays.cancelled, 1);
    assert_int_equal(reading.refusals.count, 0);
    arena_free(&reading.arena);
    expect(EVENT("DTSTART;VALUE=DATE:20280605\n") "BEGIN:VEVENT\nSUMMARY:Grundlovsdag\n"
                                                  "DTSTART;VALUE=DATE:20280605\nEND:VEVENT\n",
           "2028-06-05 Grundlovsdag, Jul");
}

static void test_every_year(void **state)
{
    (void)state;
    expect(EVENT("DTSTART;VALUE=DATE:20041225\nRRULE:FREQ=YEARLY;UNTIL=20221225\n"),
           "2020-12-25 Jul, 2021-12-25 Jul, 2022-12-25 Jul");
    expect(EVENT("DTSTART;VALUE=DATE:20250901\nRRULE:FREQ=YEARLY;COUNT=3;BYMONTH=9;BYDAY=1MO\n"),
           "2025-09-01 Jul, 2026-09-07 Jul, 2027-09-06 Jul");
    expect(EVENT("DTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY;COUNT=3\n"),
           "2020-02-29 Jul, 2024-02-29 Jul, 2028-02-29 Jul");
    expect(EVENT("DTSTART;VALUE=DATE:20271225\nRRULE:FREQ=YEARLY;INTERVAL=2;COUNT=3\nEXDATE;VALUE=DATE:"
                 "20291225\n"),
           "2027-12-25 Jul, 2031-12-25 Jul");
    expect(EVENT("DTSTART;VALUE=DATE:20391225\nRRULE:FREQ=YEARLY\n"), "2039-12-25 Jul, 2040-12-25 Jul");
}

static void test_rules_that_are_refused(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "FREQ=SECONDLY",
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO",
        "FREQ=MONTHLY",
        "FREQ=YEARLY;BYYEARDAY=1",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=YEARLY;BYSETPOS=1;BYMONTH=1;BYDAY=MO",
        "FREQ=YEARLY;BYHOUR=1",
        "FREQ=YEARLY;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYEASTER=0",
        "BYMONTH=1",
        "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31",
        "FREQ=YEARLYX",
        "",
        "FREQ=YEARLY;RSCALE=HEBREW",
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        char event[300];
        struct reading reading;
        snprintf(event, sizeof event, EVENT("DTSTART;VALUE=DATE:20270101\nRRULE:%s\n"), rules[i]);
        read_events(&reading, event);
        if (reading.holidays.count || !reading.refusals.count)
            fail_msg("\"%s\" was taken", rules[i]);
        arena_free(&reading.arena);
    }
}

/* A year's every day, from ten thousand events: one bound holds for the whole file. */
static void test_a_bomb(void **state)
{
    (void)state;
    const char *event = EVENT(
        "DTSTART;VALUE=DATE:19000101\n"
        "RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=1,2,3,4,5,6,7,8,9\n");
    size_t length = strlen(event);
    char *events = malloc(length * 9000 + 1);
    for (size_t i = 0; i < 9000; i++)
        memcpy(events + i * length, event, length + 1);
    struct reading reading;
    read_events(&reading, events);
    assert_int_equal(reading.holidays.count, 0);
    assert_int_equal(reading.refusals.count, 1);
    arena_free(&reading.arena);
    free(events);
}

static void expect_stop(const char *bytes, size_t length, size_t line, const char *words)
{
    struct reading reading;
    read_bytes(&reading, bytes, length);
    assert_int_equal(reading.holidays.count, 0);
    assert_true(reading.refusals.count > 0);
    const struct refusal *last = &reading.refusals.items[reading.refusals.count - 1];
    if (last->line != line || !strstr(last->reason, words))
        fail_msg("line %zu: %s", last->line, last->reason);
    arena_free(&reading.arena);
}

static void test_no_calendar(void **state)
{
    (void)state;
#define STOP(text, line, words) expect_stop(text, sizeof(text) - 1, line, words)
    STOP("", 0, "empty");
    STOP("date,name\n2027-01-01,Nytår\n", 1, "no calendar");
    STOP("BEGIN:VEVENT\n", 1, "no calendar");
    STOP("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n", 3, "stops in the middle");
    STOP("BEGIN:VCALENDAR\nEND:VEVENT\n", 2, "not open");
    STOP("BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\n", 3, "no calendar");
    STOP("BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VALARM\nBEGIN:X\nBEGIN:Y\n", 5, "no calendar");
    STOP("END:VCALENDAR", 1, "not open");
}

static void test_sizes(void **state)
{
    (void)state;
    size_t size = (4 << 20) + 1;
    char *text = malloc(size);
    memset(text, 'x', size);
    expect_stop(text, size, 0, "4 MiB");
    struct reading reading;
    memset(text, 'x', 100 << 10);
    static const char head[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:",
                      tail[] = "\nEND:VEVENT\nEND:VCALENDAR\n";
    memcpy(text, head, sizeof head - 1);
    memcpy(text + (100 << 10), tail, sizeof tail - 1);
    read_bytes(&reading, text, (100 << 10) + sizeof tail - 1);
    assert_int_equal(reading.refusals.count, 1);
    assert_non_null(strstr(reading.refusals.items[0].reason, "64 KiB"));
    arena_free(&reading.arena);
    free(text);
}

/* Good files with some bytes changed: reading ends, and what it takes has a day and a name. */
static void test_changed_bytes(void **state)
{
    (void)state;
    static const char good[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" EVENT(
        "DTSTART;VALUE=DATE:20271225\nDTEND;VALUE=DATE:20271226\nRRULE:FREQ=YEARLY;COUNT=3;BYMONTH=12;"
        "BYMONTHDAY=25\n"
        "EXDATE;VALUE=DATE:20281225\nDESCRIPTION;LANGUAGE=da:folded\n  line\n") "END:VCALENDAR\r\n";
    static const char letters[] = "0159;:=,\n\r -\"\\AZ\xC3\xA5";
    uint32_t seed = 11;
    for (int round = 0; round < 4000; round++) {
        char text[sizeof good];
        struct reading reading;
        memcpy(text, good, sizeof good);
        for (int change = 0; change < 1 + round % 5; change++) {
            seed = seed * 1664525 + 1013904223;
            text[(seed >> 8) % (sizeof good - 1)] = letters[(seed >> 4) % (sizeof letters - 1)];
        }
        read_bytes(&reading, text, sizeof good - 1);
        for (size_t i = 0; i < reading.holidays.count; i++)
            assert_non_null(reading.holidays.items[i].name);
        arena_free(&reading.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_days),
        cmocka_unit_test(test_not_whole_days),
        cmocka_unit_test(test_cancelled_and_doubled),
        cmocka_unit_test(test_every_year),
        cmocka_unit_test(test_rules_that_are_refused),
        cmocka_unit_test(test_a_bomb),
        cmocka_unit_test(test_no_calendar),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_changed_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
