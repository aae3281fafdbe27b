/* SPDX-License-Identifier: MIT */
/* The company's working days, beside a plain array of days that is searched one by one. */
#include "calendar.h"

#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct calendar calendar;

static int32_t day(const char *text)
{
    int32_t found;
    assert_true(day_parse(text, 10, &found));
    return found;
}

static void known_days(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01"), CALENDAR_FIRST_DAY);
    assert_int_equal(day("2199-12-31"), CALENDAR_LAST_DAY);
    calendar_reset(&calendar, CALENDAR_MON_TO_FRI);
    assert_false(calendar_is_closed(&calendar, day("2027-01-04")));
    assert_false(calendar_is_closed(&calendar, day("2027-01-08")));
    assert_true(calendar_is_closed(&calendar, day("2027-01-09")));
    assert_true(calendar_is_closed(&calendar, day("2027-01-10")));
    calendar_close(&calendar, day("2026-12-24"), day("2027-01-03"));
    int32_t found;
    assert_true(calendar_next(&calendar, day("2026-12-24"), &found));
    assert_int_equal(found, day("2027-01-04"));
    assert_true(calendar_previous(&calendar, day("2027-01-03"), &found));
    assert_int_equal(found, day("2026-12-23"));
    /* a sabbatical of five working days over New Year ends on its fifth */
    assert_true(calendar_add(&calendar, day("2026-12-22"), 4, &found));
    assert_int_equal(found, day("2027-01-06"));
    assert_int_equal(calendar_count(&calendar, day("2026-12-22"), day("2027-01-06")), 5);
    assert_true(calendar_add(&calendar, day("2027-01-04"), -1, &found));
    assert_int_equal(found, day("2026-12-23"));
    assert_true(calendar_add(&calendar, day("2027-01-01"), 0, &found));
    assert_int_equal(found, day("2027-01-04"));
    assert_true(calendar_add(&calendar, day("2027-01-02"), 1, &found));
    assert_int_equal(found, day("2027-01-04"));
}

enum { SPAN = 700 };

/* Everything about one random calendar whose days from `base` on are told by `is_open`. */
static void compare(int32_t base, const bool is_open[SPAN])
{
    for (int at = 100; at < SPAN - 100; at++) {
        int next = at, previous = at, counted = 0;
        assert_int_equal(calendar_is_closed(&calendar, base + at), !is_open[at]);
        while (next < SPAN && !is_open[next])
            next++;
        while (previous >= 0 && !is_open[previous])
            previous--;
        int32_t found;
        if (next < SPAN) {
            assert_true(calendar_next(&calendar, base + at, &found));
            assert_int_equal(found, base + next);
        }
        if (previous >= 0) {
            assert_true(calendar_previous(&calendar, base + at, &found));
            assert_int_equal(found, base + previous);
        }
        int end = at + chance(100);
        for (int i = at; i <= end; i++)
            counted += is_open[i];
        assert_int_equal(calendar_count(&calendar, base + at, base + end), counted);
        /* the last of these working days is that many on from the day before */
        if (counted > 0) {
            assert_true(calendar_add(&calendar, base + at - 1, counted, &found));
            assert_true(calendar_previous(&calendar, base + end, &next));
            assert_int_equal(found, next);
            assert_true(calendar_add(&calendar, base + end + 1, -counted, &found));
            assert_true(calendar_next(&calendar, base + at, &next));
            assert_int_equal(found, next);
        }
    }
}

static void random_calendars(void **state)
{
    (void)state;
    chance_start(27);
    for (int round = 0; round < 300; round++) {
        bool is_open[SPAN];
        int32_t base = chance(CALENDAR_LAST_DAY - SPAN);
        unsigned weekdays = (unsigned)chance(127) + 1;
        calendar_reset(&calendar, weekdays);
        for (int i = 0; i < SPAN; i++)
            is_open[i] = weekdays >> day_weekday(base + i) & 1;
        for (int closures = chance(20); closures > 0; closures--) {
            int from = chance(SPAN), length = chance(chance(5) ? 10 : 150);
            calendar_close(&calendar, base + from, base + from + length);
            for (int i = from; i <= from + length && i < SPAN; i++)
                is_open[i] = false;
        }
        compare(base, is_open);
    }
}

static void closed_for_ever(void **state)
{
    (void)state;
    int32_t found = 4711;
    calendar_reset(&calendar, 0);
    assert_false(calendar_next(&calendar, INT32_MIN, &found));
    assert_false(calendar_previous(&calendar, INT32_MAX, &found));
    assert_false(calendar_add(&calendar, 20000, INT32_MAX, &found));
    assert_false(calendar_add(&calendar, 20000, INT32_MIN, &found));
    assert_false(calendar_add(&calendar, 20000, 0, &found));
    calendar_reset(&calendar, CALENDAR_MON_TO_FRI);
    calendar_close(&calendar, INT32_MIN, INT32_MAX);
    assert_false(calendar_next(&calendar, 20000, &found));
    assert_false(calendar_previous(&calendar, 20000, &found));
    assert_int_equal(calendar_count(&calendar, INT32_MIN, INT32_MAX), 0);
    assert_int_equal(found, 4711);
}

static void at_the_ends(void **state)
{
    (void)state;
    int32_t found = 4711;
    calendar_reset(&calendar, 0x7F);
    assert_int_equal(calendar_count(&calendar, INT32_MIN, INT32_MAX), CALENDAR_LAST_DAY + 1);
    assert_true(calendar_is_closed(&calendar, -1));
    assert_true(calendar_is_closed(&calendar, CALENDAR_LAST_DAY + 1));
    assert_false(calendar_next(&calendar, CALENDAR_LAST_DAY + 1, &found));
    assert_false(calendar_previous(&calendar, -1, &found));
    assert_false(calendar_add(&calendar, INT32_MAX, 1, &found));
    assert_false(calendar_add(&calendar, INT32_MIN, -1, &found));
    assert_int_equal(found, 4711);
    assert_true(calendar_next(&calendar, INT32_MIN, &found));
    assert_int_equal(found, CALENDAR_FIRST_DAY);
    assert_true(calendar_previous(&calendar, INT32_MAX, &found));
    assert_int_equal(found, CALENDAR_LAST_DAY);
    assert_true(calendar_add(&calendar, INT32_MIN, 1, &found));
    assert_int_equal(found, CALENDAR_FIRST_DAY);
    assert_true(calendar_add(&calendar, INT32_MAX, -1, &found));
    assert_int_equal(found, CALENDAR_LAST_DAY);
    /* a closure that ends before it begins closes nothing */
    calendar_close(&calendar, 20000, 19999);
    assert_false(calendar_is_closed(&calendar, 20000));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(known_days), cmocka_unit_test(random_calendars),
                                        cmocka_unit_test(closed_for_ever), cmocka_unit_test(at_the_ends) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
