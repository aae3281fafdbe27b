/* SPDX-License-Identifier: MIT */
/* Occurrences moved off closed days: known cases, and every start of random ones beside the whole. */
#include "slot.h"

#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct zones *zones;
static struct calendar calendar;

static int set_up(void **state)
{
    (void)state;
    zones = zones_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    zones_free(zones);
    return 0;
}

static int32_t day(const char *text)
{
    int32_t found;
    assert_true(day_parse(text, 10, &found));
    return found;
}

static struct rule read_rule(const char *text, int64_t starts)
{
    struct rule rule;
    struct error error = { 0 };
    struct rule_source source = { .text = text, .starts = starts };
    if (rule_read(&source, &rule, &error))
        fail_msg("%s: %s", text, error.text);
    return rule;
}

static struct slot_source source_of(const struct rule *rule, const char *zone, enum when_closed when_closed)
{
    struct slot_source source = { .rule = rule, .calendar = &calendar, .when_closed = when_closed };
    struct error error;
    assert_int_equal(zones_find(zones, zone, "zone", &source.zone, &error), OK);
    return source;
}

/* "1:2027-01-07>2027-01-08T09:00" for each slot from `from` on; the day it moved to only where it did. A full
 * stop where there are no more. */
static void takes_place(const struct slot_source *source, const char *from, const char *expected)
{
    char found[600] = "", text[LOCAL_TEXT_SIZE];
    struct slot slot;
    struct slots slots = slots_from(source, (int64_t)day(from) * DAY_SECONDS);
    bool has_more = true;
    while (strlen(found) < strlen(expected) && (has_more = slots_next(&slots, &slot))) {
        char *end = found + strlen(found);
        end += sprintf(end, "%s%d:%s", *found ? " " : "", (int)slot.n, day_print(slot.on, text));
        if (slot.on != day_of_seconds(slot.local))
            sprintf(end, ">%s", day_print(day_of_seconds(slot.local), text));
        assert_int_equal(slot.starts_at, zone_instant(source->zone, slot.local));
    }
    strcat(found, has_more ? "" : ".");
    assert_string_equal(found, expected);
}

static const int64_t NINE = 9 * 3600;

static void moves_off_closed_days(void **state)
{
    (void)state;
    calendar_reset(&calendar, CALENDAR_MON_TO_FRI);
    calendar_close(&calendar, day("2027-05-01"), day("2027-05-03"));
    struct rule rule = read_rule("FREQ=MONTHLY;COUNT=5", day("2027-04-03") * (int64_t)DAY_SECONDS + NINE);
    struct slot_source source = source_of(&rule, "Europe/Copenhagen", CLOSED_NEXT);
    takes_place(&source, "2027-01-01",
                "1:2027-04-03>2027-04-05 2:2027-05-03>2027-05-04 3:2027-06-03 4:2027-07-03>2027-07-05 "
                "5:2027-08-03.");
    source.when_closed = CLOSED_PREVIOUS;
    takes_place(&source, "2027-01-01",
                "1:2027-04-03>2027-04-02 2:2027-05-03>2027-04-30 3:2027-06-03 4:2027-07-03>2027-07-02 "
                "5:2027-08-03.");
    source.when_closed = CLOSED_SKIP;
    takes_place(&source, "2027-01-01", "3:2027-06-03 5:2027-08-03.");
    source.when_closed = CLOSED_KEEP;
    takes_place(&source, "2027-01-01", "1:2027-04-03 2:2027-05-03 3:2027-06-03 4:2027-07-03 5:2027-08-03.");
    source.when_closed = CLOSED_NEXT;
    source.calendar = NULL;
    takes_place(&source, "2027-01-01", "1:2027-04-03 2:2027-05-03 3:2027-06-03 4:2027-07-03 5:2027-08-03.");
}

static void over_the_new_year(void **state)
{
    (void)state;
    calendar_reset(&calendar, CALENDAR_MON_TO_FRI);
    calendar_close(&calendar, day("2026-12-24"), day("2027-01-03"));
    struct rule rule = read_rule("FREQ=MONTHLY;BYMONTHDAY=-1",
                                 day("2026-11-30") * (int64_t)DAY_SECONDS + NINE);
    struct slot_source source = source_of(&rule, "Europe/Copenhagen", CLOSED_NEXT);
    takes_place(&source, "2026-11-01",
                "1:2026-11-30 2:2026-12-31>2027-01-04 3:2027-01-31>2027-02-01 4:2027-02-28>2027-03-01");
    /* whoever starts in January finds December's */
    takes_place(&source, "2027-01-01", "2:2026-12-31>2027-01-04 3:2027-01-31>2027-02-01");
    source.when_closed = CLOSED_PREVIOUS;
    takes_place(&source, "2026-12-01", "2:2026-12-31>2026-12-23 3:2027-01-31>2027-01-29");
    takes_place(&source, "2026-12-24", "3:2027-01-31>2027-01-29");
}

/* Of two that meet on a day the later is dropped, the numbers of the others stay, and nobody else moves. */
static void meeting_on_one_day(void **state)
{
    (void)state;
    calendar_reset(&calendar, CALENDAR_MON_TO_FRI);
    struct rule rule = read_rule("FREQ=DAILY", day("2027-01-07") * (int64_t)DAY_SECONDS + NINE);
    struct slot_source source = source_of(&rule, "Europe/Copenhagen", CLOSED_NEXT);
    takes_place(&source, "2027-01-07",
                "1:2027-01-07 2:2027-01-08 3:2027-01-09>2027-01-11 6:2027-01-12 7:2027-01-13");
    /* the same one wins, wherever one starts */
    takes_place(&source, "2027-01-10", "3:2027-01-09>2027-01-11 6:2027-01-12");
    takes_place(&source, "2027-01-11", "3:2027-01-09>2027-01-11 6:2027-01-12");
    takes_place(&source, "2027-01-12", "6:2027-01-12 7:2027-01-13");
    source.when_closed = CLOSED_PREVIOUS;
    takes_place(&source, "2027-01-07", "1:2027-01-07 2:2027-01-08 5:2027-01-11 6:2027-01-12");
    takes_place(&source, "2027-01-09", "5:2027-01-11 6:2027-01-12");
    /* a weekly one over a closed summer */
    calendar_close(&calendar, day("2027-07-05"), day("2027-07-31"));
    rule = read_rule("FREQ=WEEKLY", day("2027-06-28") * (int64_t)DAY_SECONDS + NINE);
    source = source_of(&rule, "Europe/Copenhagen", CLOSED_NEXT);
    takes_place(&source, "2027-06-01", "1:2027-06-28 2:2027-07-05>2027-08-02 7:2027-08-09");
}

static void local_time_is_kept(void **state)
{
    (void)state;
    static const char *const expected[] = { "2027-03-27T02:30 2027-03-27T01:30:00Z",
                                            "2027-03-28T03:30 2027-03-28T01:30:00Z",
                                            "2027-03-29T02:30 2027-03-29T00:30:00Z" };
    struct rule rule = read_rule("FREQ=DAILY", day("2027-01-04") * (int64_t)DAY_SECONDS + 9000);
    struct slot_source source = source_of(&rule, "Europe/Copenhagen", CLOSED_KEEP);
    struct slots slots = slots_from(&source, day("2027-03-27") * (int64_t)DAY_SECONDS);
    for (int i = 0; i < 3; i++) {
        char found[64], local[LOCAL_TEXT_SIZE], instant[INSTANT_TEXT_SIZE];
        struct slot slot;
        assert_true(slots_next(&slots, &slot));
        sprintf(found, "%s %s", local_print(slot.local, local), instant_print(slot.starts_at, instant));
        assert_string_equal(found, expected[i]);
    }
    /* `from` is about where it really takes place */
    slots = slots_from(&source, day("2027-03-28") * (int64_t)DAY_SECONDS + 3 * 3600);
    struct slot slot;
    assert_true(slots_next(&slots, &slot));
    assert_int_equal(slot.on, day("2027-03-28"));
    slots = slots_from(&source, day("2027-03-28") * (int64_t)DAY_SECONDS + 3 * 3600 + 1801);
    assert_true(slots_next(&slots, &slot));
    assert_int_equal(slot.on, day("2027-03-29"));
}

/* 30 December 2011 never was in Apia: its slot meets that of the 31st. */
static void a_day_that_never_was(void **state)
{
    (void)state;
    calendar_reset(&calendar, 0);
    struct rule rule = read_rule("FREQ=DAILY", day("2011-12-01") * (int64_t)DAY_SECONDS + NINE);
    struct slot_source source = source_of(&rule, "Pacific/Apia", CLOSED_KEEP);
    takes_place(&source, "2011-12-29", "29:2011-12-29 30:2011-12-30>2011-12-31 32:2012-01-01");
    takes_place(&source, "2011-12-31", "30:2011-12-30>2011-12-31 32:2012-01-01");
}

static void close_at_random(void)
{
    calendar_reset(&calendar, (unsigned)chance(127) + 1);
    for (int closures = chance(40); closures > 0; closures--) {
        int32_t from = day("2025-01-01") + chance(1500);
        calendar_close(&calendar, from, from + chance(chance(4) ? 4 : 60));
    }
}

/* One walk over three years, and a walk from many moments in it: always the rest of the same. */
static void any_start_gives_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = { "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,SA,SU",
                                         "FREQ=MONTHLY;BYMONTHDAY=1,2,15,-1,-2",
                                         "FREQ=DAILY;INTERVAL=5;COUNT=150",
                                         "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1" };
    enum { MOST = 1200 };
    static struct slot whole[MOST];
    chance_start(29);
    for (int round = 0; round < 60; round++) {
        close_at_random();
        struct rule rule = read_rule(texts[round % 5],
                                     day("2025-06-01") * (int64_t)DAY_SECONDS + chance(DAY_SECONDS));
        struct slot_source source = source_of(&rule, "Europe/Copenhagen", (enum when_closed)(chance(4)));
        struct slots slots = slots_from(&source, INT64_MIN);
        int count = 0;
        while (count < MOST && slots_next(&slots, &whole[count]) && whole[count].on < day("2028-06-01"))
            count++;
        for (int i = 1; i < count; i++)
            assert_true(day_of_seconds(whole[i].local) > day_of_seconds(whole[i - 1].local) &&
                        whole[i].n > whole[i - 1].n && whole[i].on > whole[i - 1].on);
        for (int tries = 0; tries < 200 && count > 3; tries++) {
            int64_t from = whole[0].local + chance((int)(whole[count - 1].local - whole[0].local));
            int expected = 0;
            while (whole[expected].local < from)
                expected++;
            struct slots part = slots_from(&source, from);
            for (int i = expected; i < count && i < expected + 5; i++) {
                struct slot slot;
                assert_true(slots_next(&part, &slot));
                assert_memory_equal(&slot, &whole[i], sizeof slot);
            }
        }
    }
}

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void closed_for_ever(void **state)
{
    (void)state;
    double began = milliseconds();
    calendar_reset(&calendar, 0);
    struct rule rule = read_rule("FREQ=DAILY", NINE);
    struct slot_source source = source_of(&rule, "Europe/Copenhagen", CLOSED_NEXT);
    for (int i = CLOSED_NEXT; i <= CLOSED_SKIP; i++) {
        source.when_closed = (enum when_closed)i;
        takes_place(&source, "1970-01-01", ".");
        takes_place(&source, "2027-01-01", ".");
        takes_place(&source, "2199-12-31", ".");
    }
    /* closed from a day on: what comes after moves back to it, once */
    calendar_reset(&calendar, CALENDAR_MON_TO_FRI);
    calendar_close(&calendar, day("2027-01-06"), INT32_MAX);
    source.when_closed = CLOSED_PREVIOUS;
    takes_place(&source, "2027-01-05", "20824:2027-01-05.");
    source.when_closed = CLOSED_NEXT;
    takes_place(&source, "2027-01-05", "20824:2027-01-05.");
    source.when_closed = CLOSED_SKIP;
    takes_place(&source, "2027-01-05", "20824:2027-01-05.");
    assert_true(milliseconds() - began < 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_off_closed_days), cmocka_unit_test(over_the_new_year),
        cmocka_unit_test(meeting_on_one_day),    cmocka_unit_test(local_time_is_kept),
        cmocka_unit_test(a_day_that_never_was),  cmocka_unit_test(any_start_gives_the_same),
        cmocka_unit_test(closed_for_ever)
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
