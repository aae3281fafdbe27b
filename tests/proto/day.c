/* SPDX-License-Identifier: MIT */
/* Every day of the calendar, counted one by one, and the texts of days and times. */
#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int days_in(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (month == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0))
        return 29;
    return lengths[month - 1];
}

/* The oracle counts on its fingers: one day after the other, from 0001-01-01, a Monday. */
static void counts_every_day_of_9999_years(void **state)
{
    (void)state;
    int32_t day = -719162;
    int weekday = MONDAY;
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int of_month = 1; of_month <= days_in(year, month); of_month++) {
                struct civil civil = { year, month, of_month }, back = day_to_civil(day);
                if (day_from_civil(civil) != day || back.year != year || back.month != month ||
                    back.day != of_month || (int)day_weekday(day) != weekday || !civil_is_valid(civil))
                    fail_msg("%04d-%02d-%02d", year, month, of_month);
                day++;
                weekday = (weekday + 1) % 7;
            }
    assert_int_equal(day_from_civil((struct civil){ 1970, 1, 1 }), 0);
    assert_int_equal(day, 2932897);
}

static void knows_which_days_there_are(void **state)
{
    (void)state;
    static const struct civil wrong[] = {
        {2027,   2,  29},
        { 1900,  2,  29},
        { 2027,  4,  31},
        { 2027,  13, 1 },
        { 2027,  0,  1 },
        { 2027,  1,  0 },
        { 2027,  1,  32},
        { 0,     1,  1 },
        { 10000, 1,  1 },
        { 2027,  1,  -1},
        { -1,    1,  1 }
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(civil_is_valid(wrong[i]));
    assert_true(civil_is_valid((struct civil){ 2000, 2, 29 }));
}

static void rounds_towards_the_past(void **state)
{
    (void)state;
    assert_int_equal(day_of_seconds(0), 0);
    assert_int_equal(day_of_seconds(DAY_SECONDS - 1), 0);
    assert_int_equal(day_of_seconds(DAY_SECONDS), 1);
    assert_int_equal(day_of_seconds(-1), -1);
    assert_int_equal(day_of_seconds(-DAY_SECONDS), -1);
    assert_int_equal(day_of_seconds(-DAY_SECONDS - 1), -2);
}

static bool parses_day(const char *text)
{
    int32_t day;
    return day_parse(text, strlen(text), &day);
}

static bool parses_local(const char *text)
{
    int64_t local;
    return local_parse(text, strlen(text), &local);
}

static bool parses_instant(const char *text)
{
    int64_t instant;
    return instant_parse(text, strlen(text), &instant);
}

static void refuses_other_texts(void **state)
{
    (void)state;
    static const char *const days[] = {
        "",           "2027-3-01", "2027-03-1",  "2027/03/01", "2027-03-01 ", " 2027-03-01", "2027-02-29",
        "0000-01-01", "20270301",  "2027-03-0a", "-027-03-01", "2027-03-01T", "+027-03-01"
    };
    static const char *const locals[] = { "2027-03-01",          "2027-03-01T24:00",     "2027-03-01T09:60",
                                          "2027-03-01T09:00:60", "2027-03-01 09:00",     "2027-03-01T9:00",
                                          "2027-03-01T09:00:",   "2027-03-01T09:00:1",   "2027-03-01T09:00Z",
                                          "2027-02-30T09:00",    "2027-03-01T09:00:00.0" };
    static const char *const instants[] = { "2027-03-01T08:00:00",    "2027-03-01T08:00Z",
                                            "2027-03-01T08:00:00+00", "2027-03-01T08:00:00z",
                                            "2027-03-01T08:00:60Z",   "2027-03-01T08:00:00.0Z" };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        if (parses_day(days[i]))
            fail_msg("\"%s\" is no day", days[i]);
    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++)
        if (parses_local(locals[i]))
            fail_msg("\"%s\" is no local time", locals[i]);
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++)
        if (parses_instant(instants[i]))
            fail_msg("\"%s\" is no instant", instants[i]);
}

static void leaves_the_result_alone_on_failure(void **state)
{
    (void)state;
    int32_t day = 77;
    int64_t instant = 77;
    assert_false(day_parse("2027-02-30", 10, &day));
    assert_false(local_parse("2027-02-28T24:00", 16, &instant));
    assert_false(instant_parse("2027-02-28T23:00:00X", 20, &instant));
    assert_int_equal(day, 77);
    assert_int_equal(instant, 77);
}

static void prints_what_it_parses(void **state)
{
    (void)state;
    static const char *const locals[] = { "2027-03-01T09:00", "2027-03-01T09:00:30", "0001-01-01T00:00",
                                          "9999-12-31T23:59:59", "1969-12-31T23:59:59" };
    char text[INSTANT_TEXT_SIZE], expected[INSTANT_TEXT_SIZE];
    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++) {
        int64_t local;
        assert_true(local_parse(locals[i], strlen(locals[i]), &local));
        assert_string_equal(local_print(local, text), locals[i]);
        snprintf(expected, sizeof expected, "%s%sZ", locals[i], strlen(locals[i]) == 16 ? ":00" : "");
        assert_string_equal(instant_print(local, text), expected);
        assert_true(instant_parse(expected, strlen(expected), &local));
    }
    for (int32_t day = -719162; day < 2932897; day += 1009) {
        int32_t back;
        assert_true(day_parse(day_print(day, text), 10, &back));
        assert_int_equal(back, day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_every_day_of_9999_years),
        cmocka_unit_test(knows_which_days_there_are),
        cmocka_unit_test(rounds_towards_the_past),
        cmocka_unit_test(refuses_other_texts),
        cmocka_unit_test(leaves_the_result_alone_on_failure),
        cmocka_unit_test(prints_what_it_parses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
