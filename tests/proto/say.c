/* SPDX-License-Identifier: MIT */
/* Days as people say them, and the weeks of ISO 8601. */
#include "say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int32_t day(const char *text)
{
    int32_t parsed = 0;
    assert_true(day_parse(text, strlen(text), &parsed));
    return parsed;
}

static void says_a_day_as_one_near_today(void **state)
{
    struct arena arena = { 0 };
    int32_t today = day("2026-11-23");
    (void)state;
    assert_string_equal(say_day(&arena, today, today), "today");
    assert_string_equal(say_day(&arena, today + 1, today), "tomorrow, Tuesday 24 November");
    assert_string_equal(say_day(&arena, today - 1, today), "yesterday, Sunday 22 November");
    assert_string_equal(say_day(&arena, day("2027-01-04"), today), "Monday 4 January");
    assert_string_equal(say_day(&arena, day("2027-09-06"), today), "Monday 6 September 2027");
    assert_string_equal(say_day(&arena, day("2025-12-31"), today), "Wednesday 31 December 2025");
    assert_string_equal(say_time(&arena, (int64_t)(today + 1) * DAY_SECONDS + 36000, today),
                        "tomorrow, Tuesday 24 November at 10:00");
    assert_string_equal(say_full_time(&arena, (int64_t)today * DAY_SECONDS + 36000),
                        "Monday 23 November 2026 at 10:00");
    arena_free(&arena);
}

static void says_days_in_a_row(void **state)
{
    struct arena arena = { 0 };
    int32_t today = day("2027-03-09");
    (void)state;
    assert_string_equal(say_days(&arena, today, today, today), "today");
    assert_string_equal(say_days(&arena, today - 1, today + 3, today), "until Friday 12 March");
    assert_string_equal(say_days(&arena, today - 1, today, today), "until today");
    assert_string_equal(say_days(&arena, day("2027-03-15"), day("2027-03-19"), today),
                        "Monday 15 to Friday 19 March");
    assert_string_equal(say_days(&arena, day("2027-03-29"), day("2027-04-02"), today),
                        "Monday 29 March to Friday 2 April");
    assert_string_equal(say_span(&arena, today, today), "Tuesday 9 March");
    assert_string_equal(say_span(&arena, today - 1, today + 3), "Monday 8 to Friday 12 March");
    arena_free(&arena);
}

static void counts_weeks_as_iso_8601(void **state)
{
    static const struct {
        const char *day;
        int week, year;
    } samples[] = {
        {"2021-01-03",  53, 2020},
        { "2021-01-04", 1,  2021},
        { "2024-12-30", 1,  2025},
        { "2026-12-31", 53, 2026},
        { "2027-01-03", 53, 2026},
        { "2027-01-04", 1,  2027},
        { "2027-03-15", 11, 2027},
        { "2027-12-31", 52, 2027}
    };
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        int year;
        assert_int_equal(say_week(day(samples[i].day), &year), samples[i].week);
        assert_int_equal(year, samples[i].year);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_a_day_as_one_near_today),
        cmocka_unit_test(says_days_in_a_row),
        cmocka_unit_test(counts_weeks_as_iso_8601),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
