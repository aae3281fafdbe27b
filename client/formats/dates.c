/* SPDX-License-Identifier: MIT */
#include "dates.h"

#include "day.h"

#include <string.h>

/* Three numbers as they stand, and how they were written. */
struct parts {
    int numbers[3];
    int widths[3]; /* digits of each */
    char separator;
    const char *rest; /* what comes behind */
};

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static const char *read_number(const char *text, int *number, int *width)
{
    *number = *width = 0;
    for (; is_digit(*text) && *width < 9; text++, ++*width)
        *number = *number * 10 + (*text - '0');
    return text;
}

static bool parts_read(const char *text, struct parts *parts)
{
    text = read_number(text, &parts->numbers[0], &parts->widths[0]);
    parts->separator = *text;
    if (parts->widths[0] == 0 || !*text || !strchr("-/.", *text))
        return false;
    text = read_number(text + 1, &parts->numbers[1], &parts->widths[1]);
    if (parts->widths[1] == 0 || *text != parts->separator)
        return false;
    parts->rest = read_number(text + 1, &parts->numbers[2], &parts->widths[2]);
    return parts->widths[2] > 0;
}

static bool is_midnight_or_nothing(const char *rest)
{
    if (*rest == 'T' || *rest == ' ')
        rest++;
    else
        return *rest == 0;
    static const char *const midnights[] = { "00:00",     "00:00:00", "00:00:00.000",
                                             "00:00:00Z", "0:00",     "0:00:00" };
    for (size_t i = 0; i < sizeof midnights / sizeof *midnights; i++)
        if (strcmp(rest, midnights[i]) == 0)
            return true;
    return false;
}

void dates_look(struct dates *dates, const char *text, size_t line)
{
    struct parts parts;
    if (!parts_read(text, &parts) || parts.widths[0] > 2)
        return;
    bool says_day = parts.separator == '.' || parts.numbers[0] > 12;
    bool says_month = !says_day && parts.numbers[1] > 12;
    if (says_day && !dates->day_line)
        dates->day_line = line;
    if (says_month && !dates->month_line)
        dates->month_line = line;
    if (dates->day_line && dates->month_line)
        dates->order = DATES_MIXED;
    else if (says_day || says_month)
        dates->order = says_day ? DATES_DAY_FIRST : DATES_MONTH_FIRST;
}

static enum code day_of(int year, int month, int day, const char *text, int32_t *out, struct error *error)
{
    struct civil civil = { .year = year, .month = month, .day = day };
    if (!civil_is_valid(civil))
        return fail(error, INVALID, NULL, _("\"%s\" is no day of the calendar"), text);
    *out = day_from_civil(civil);
    return OK;
}

/* 20270301, or the number of days since 1900 that a spreadsheet keeps. */
static enum code read_unparted(const char *text, int32_t *day, struct error *error)
{
    int number, width;
    const char *rest = read_number(text, &number, &width);
    if (width == 8 && is_midnight_or_nothing(rest))
        return day_of(number / 10000, number / 100 % 100, number % 100, text, day, error);
    if (width == 5 && *rest == 0)
        return fail(
            error, INVALID, NULL,
            _("\"%s\" looks like a spreadsheet's own number for a day: format the column as a date and "
              "save again"),
            text);
    return fail(error, INVALID, NULL, _("\"%s\" is no date: write it as 2027-03-01"), text);
}

static enum code read_year_last(const struct dates *dates, const struct parts *parts, const char *text,
                                int32_t *day, struct error *error)
{
    const int *numbers = parts->numbers;
    if (parts->widths[2] != 4 || parts->widths[0] > 2 || parts->widths[1] > 2)
        return fail(error, INVALID, NULL, _("\"%s\" has no year of four digits: write it as 2027-03-01"),
                    text);
    if (dates->order == DATES_MIXED)
        return fail(
            error, INVALID, NULL,
            _("\"%s\" can be read in two ways, as line %zu puts the day first and line %zu the month: write "
              "dates as 2027-03-01"),
            text, dates->day_line, dates->month_line);
    if (dates->order == DATES_UNKNOWN && numbers[0] != numbers[1])
        return fail(error, INVALID, NULL,
                    _("\"%s\" can be read in two ways: say --dates=day-first or --dates=month-first"), text);
    if (dates->order == DATES_MONTH_FIRST)
        return day_of(numbers[2], numbers[0], numbers[1], text, day, error);
    return day_of(numbers[2], numbers[1], numbers[0], text, day, error);
}

enum code dates_read(const struct dates *dates, const char *text, int32_t *day, struct error *error)
{
    struct parts parts;
    if (!parts_read(text, &parts))
        return read_unparted(text, day, error);
    if (!is_midnight_or_nothing(parts.rest))
        return fail(error, INVALID, NULL, _("\"%s\" has something behind the date: a day is needed, no time"),
                    text);
    if (parts.widths[0] == 4)
        return day_of(parts.numbers[0], parts.numbers[1], parts.numbers[2], text, day, error);
    return read_year_last(dates, &parts, text, day, error);
}
