/* SPDX-License-Identifier: MIT */
#include "day.h"

/* Both directions count in eras of 400 years that begin on 1 March, so that the leap day comes last:
 * Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
enum { ERA_YEARS = 400, ERA_DAYS = 146097, EPOCH_OFFSET = 719468 };

int32_t day_from_civil(struct civil civil)
{
    int year = civil.month <= 2 ? civil.year - 1 : civil.year;
    int month_from_march = (civil.month + 9) % 12;
    int era = (year >= 0 ? year : year - (ERA_YEARS - 1)) / ERA_YEARS;
    int year_of_era = year - era * ERA_YEARS;
    int day_of_year = (153 * month_from_march + 2) / 5 + civil.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - EPOCH_OFFSET;
}

struct civil day_to_civil(int32_t day)
{
    int shifted = day + EPOCH_OFFSET;
    int era = (shifted >= 0 ? shifted : shifted - (ERA_DAYS - 1)) / ERA_DAYS;
    int day_of_era = shifted - era * ERA_DAYS;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct civil){ .year = year_of_era + era * ERA_YEARS + (month <= 2),
                           .month = month,
                           .day = day_of_year - (153 * month_from_march + 2) / 5 + 1 };
}

bool civil_is_valid(struct civil civil)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (civil.year < 1 || civil.year > 9999 || civil.month < 1 || civil.month > 12 || civil.day < 1)
        return false;
    bool is_leap = civil.year % 4 == 0 && (civil.year % 100 != 0 || civil.year % 400 == 0);
    return civil.day <= lengths[civil.month - 1] + (civil.month == 2 && is_leap);
}

enum weekday day_weekday(int32_t day)
{
    int from_monday = (int)(((int64_t)day + 3) % 7);
    return (enum weekday)(from_monday < 0 ? from_monday + 7 : from_monday);
}

int32_t day_of_seconds(int64_t seconds)
{
    int64_t day = seconds / DAY_SECONDS;
    return (int32_t)(seconds % DAY_SECONDS < 0 ? day - 1 : day);
}

/* Reads `text` by a pattern in which 0 stands for any digit and everything else for itself. */
static bool matches(const char *text, const char *pattern, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (pattern[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i])
            return false;
    return true;
}

static int digits(const char *text, int count)
{
    int value = 0;
    while (count--)
        value = value * 10 + (*text++ - '0');
    return value;
}

bool day_parse(const char *text, size_t length, int32_t *day)
{
    if (length != 10 || !matches(text, "0000-00-00", 10))
        return false;
    struct civil civil = { digits(text, 4), digits(text + 5, 2), digits(text + 8, 2) };
    if (!civil_is_valid(civil))
        return false;
    *day = day_from_civil(civil);
    return true;
}

bool local_parse(const char *text, size_t length, int64_t *local)
{
    int32_t day;
    bool has_seconds = length == 19;
    if ((length != 16 && !has_seconds) || !matches(text, "0000-00-00T00:00:00", length) ||
        !day_parse(text, 10, &day))
        return false;
    int hour = digits(text + 11, 2), minute = digits(text + 14, 2);
    int second = has_seconds ? digits(text + 17, 2) : 0;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *local = (int64_t)day * DAY_SECONDS + hour * 3600 + minute * 60 + second;
    return true;
}

bool instant_parse(const char *text, size_t length, int64_t *instant)
{
    return length == 20 && text[19] == 'Z' && local_parse(text, 19, instant);
}

/* Writes `count` digits of a value that is not negative, and gives the place behind them. */
static char *put_digits(char *text, int value, int count)
{
    for (int i = count; i-- > 0; value /= 10)
        text[i] = (char)('0' + value % 10);
    return text + count;
}

static char *put_day(char *text, int32_t day)
{
    struct civil civil = day_to_civil(day);
    text = put_digits(text, civil.year, 4);
    *text++ = '-';
    text = put_digits(text, civil.month, 2);
    *text++ = '-';
    return put_digits(text, civil.day, 2);
}

static char *put_seconds(char *text, int64_t seconds, bool with_seconds)
{
    int32_t day = day_of_seconds(seconds);
    int second = (int)(seconds - (int64_t)day * DAY_SECONDS);
    text = put_day(text, day);
    *text++ = 'T';
    text = put_digits(text, second / 3600, 2);
    *text++ = ':';
    text = put_digits(text, second / 60 % 60, 2);
    if (!with_seconds)
        return text;
    *text++ = ':';
    return put_digits(text, second % 60, 2);
}

const char *day_print(int32_t day, char text[static DAY_TEXT_SIZE])
{
    *put_day(text, day) = 0;
    return text;
}

const char *local_print(int64_t local, char text[static LOCAL_TEXT_SIZE])
{
    *put_seconds(text, local, local % 60 != 0) = 0;
    return text;
}

const char *instant_print(int64_t instant, char text[static INSTANT_TEXT_SIZE])
{
    char *end = put_seconds(text, instant, true);
    end[0] = 'Z';
    end[1] = 0;
    return text;
}
