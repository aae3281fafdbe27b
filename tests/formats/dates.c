/* SPDX-License-Identifier: MIT */
#include "dates.h"

#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Reads one cell of a column that holds nothing else, or of one with a known order. */
static void expect(enum dates_order order, const char *text, const char *iso)
{
    struct dates dates = { .order = order };
    struct error error;
    char printed[DAY_TEXT_SIZE];
    int32_t day = -1;
    enum code code = dates_read(&dates, text, &day, &error);
    if (iso && code)
        fail_msg("%s: %s", text, error.text);
    assert_int_equal(code, iso ? OK : INVALID);
    assert_string_equal(iso ? day_print(day, printed) : "", iso ? iso : "");
    assert_true(iso || day == -1);
}

static void test_year_first(void **state)
{
    (void)state;
    expect(DATES_UNKNOWN, "2027-03-01", "2027-03-01");
    expect(DATES_UNKNOWN, "2027/03/01", "2027-03-01");
    expect(DATES_UNKNOWN, "2027.3.1", "2027-03-01");
    expect(DATES_UNKNOWN, "20270301", "2027-03-01");
    expect(DATES_UNKNOWN, "2028-02-29", "2028-02-29");
}

static void test_midnight_behind_it(void **state)
{
    (void)state;
    expect(DATES_UNKNOWN, "2009-01-14 00:00:00", "2009-01-14");
    expect(DATES_UNKNOWN, "2009-01-14T00:00:00Z", "2009-01-14");
    expect(DATES_UNKNOWN, "2009-01-14 08:00", NULL);
    expect(DATES_UNKNOWN, "2009-01-14x", NULL);
}

static void test_a_column_tells_its_order(void **state)
{
    (void)state;
    expect(DATES_UNKNOWN, "03-04-2027", NULL);
    expect(DATES_UNKNOWN, "04-04-2027", "2027-04-04");
    expect(DATES_DAY_FIRST, "03-04-2027", "2027-04-03");
    expect(DATES_MONTH_FIRST, "03/04/2027", "2027-03-04");
    expect(DATES_MIXED, "03-04-2027", NULL);
    expect(DATES_DAY_FIRST, "1.3.2027", "2027-03-01");

    struct dates dates = { .order = DATES_UNKNOWN };
    dates_look(&dates, "03-04-2027", 2);
    dates_look(&dates, "", 3);
    dates_look(&dates, "2027-13-14", 4);
    assert_int_equal(dates.order, DATES_UNKNOWN);
    dates_look(&dates, "14-01-2009", 5);
    assert_int_equal(dates.order, DATES_DAY_FIRST);
    dates_look(&dates, "01/14/2009", 6);
    assert_int_equal(dates.order, DATES_MIXED);
    assert_int_equal(dates.day_line, 5);
    assert_int_equal(dates.month_line, 6);

    struct dates dots = { .order = DATES_UNKNOWN };
    dates_look(&dots, "03.04.2027", 2);
    assert_int_equal(dots.order, DATES_DAY_FIRST);
}

static void test_refused_with_its_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"2027-02-29",       "no day of the calendar"},
        { "31-04-2027",      "no day of the calendar"},
        { "14-01-09",        "four digits"           },
        { "39827",           "spreadsheet"           },
        { "next week",       "2027-03-01"            },
        { "03/04/2027",      "--dates"               },
        { "0000-01-01",      "no day of the calendar"},
        { "2027-03",         "2027-03-01"            },
        { "99999999999-1-1", "2027-03-01"            },
        { "1-1-99999999999", "something behind"      },
        { "",                "2027-03-01"            },
        { "2027-00-10",      "no day of the calendar"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dates dates = { .order = DATES_UNKNOWN };
        struct error error;
        int32_t day;
        dates_look(&dates, cases[i].text, 1);
        assert_int_equal(dates_read(&dates, cases[i].text, &day, &error), INVALID);
        if (!strstr(error.text, cases[i].reason))
            fail_msg("%s: %s", cases[i].text, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_year_first),
        cmocka_unit_test(test_midnight_behind_it),
        cmocka_unit_test(test_a_column_tells_its_order),
        cmocka_unit_test(test_refused_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
