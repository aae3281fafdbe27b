/* SPDX-License-Identifier: MIT */
/* Invariant: bits beyond CALENDAR_LAST_DAY stay 0, so that a search for a working day ends with the words. */
#include "calendar.h"

#include <string.h>

enum { WEEK = 7 };

_Static_assert(CALENDAR_LAST_DAY % 64 != 63, "the last word is cut by calendar_reset");

/* Bits from..to of one word. */
static uint64_t span(int from, int to)
{
    return (~UINT64_C(0) << from) & (~UINT64_C(0) >> (63 - to));
}

void calendar_reset(struct calendar *calendar, unsigned weekdays)
{
    for (int word = 0; word < CALENDAR_WORDS; word++) {
        uint64_t days = 0;
        /* 64 days on is one weekday on: the words repeat every seven */
        if (word >= WEEK)
            days = calendar->open[word - WEEK];
        else
            for (int bit = 0; bit < 64; bit++)
                days |= (uint64_t)(weekdays >> day_weekday(word * 64 + bit) & 1) << bit;
        calendar->open[word] = days;
    }
    calendar->open[CALENDAR_WORDS - 1] &= span(0, CALENDAR_LAST_DAY % 64);
}

void calendar_close(struct calendar *calendar, int32_t from, int32_t to)
{
    if (from < CALENDAR_FIRST_DAY)
        from = CALENDAR_FIRST_DAY;
    if (to > CALENDAR_LAST_DAY)
        to = CALENDAR_LAST_DAY;
    while (from <= to) {
        int32_t end = from / 64 == to / 64 ? to : from | 63;
        calendar->open[from / 64] &= ~span(from % 64, end % 64);
        from = end + 1;
    }
}

static bool is_known(int32_t day)
{
    return day >= CALENDAR_FIRST_DAY && day <= CALENDAR_LAST_DAY;
}

bool calendar_is_closed(const struct calendar *calendar, int32_t day)
{
    return !is_known(day) || !(calendar->open[day / 64] >> (day % 64) & 1);
}

bool calendar_next(const struct calendar *calendar, int32_t day, int32_t *working)
{
    if (day < CALENDAR_FIRST_DAY)
        day = CALENDAR_FIRST_DAY;
    if (day > CALENDAR_LAST_DAY)
        return false;
    int32_t word = day / 64;
    uint64_t rest = calendar->open[word] & span(day % 64, 63);
    while (!rest && ++word < CALENDAR_WORDS)
        rest = calendar->open[word];
    if (!rest)
        return false;
    *working = word * 64 + __builtin_ctzll(rest);
    return true;
}

bool calendar_previous(const struct calendar *calendar, int32_t day, int32_t *working)
{
    if (day > CALENDAR_LAST_DAY)
        day = CALENDAR_LAST_DAY;
    if (day < CALENDAR_FIRST_DAY)
        return false;
    int32_t word = day / 64;
    uint64_t rest = calendar->open[word] & span(0, day % 64);
    while (!rest && --word >= 0)
        rest = calendar->open[word];
    if (!rest)
        return false;
    *working = word * 64 + 63 - __builtin_clzll(rest);
    return true;
}

bool calendar_add(const struct calendar *calendar, int32_t day, int32_t count, int32_t *working)
{
    if (count == 0)
        return calendar_next(calendar, day, working);
    /* not past the ends of int32_t, nor counting what cannot be there */
    int32_t found = day < CALENDAR_FIRST_DAY  ? CALENDAR_FIRST_DAY - 1
                    : day > CALENDAR_LAST_DAY ? CALENDAR_LAST_DAY + 1
                                              : day;
    for (; count > 0; count--)
        if (!calendar_next(calendar, found + 1, &found))
            return false;
    for (; count < 0; count++)
        if (!calendar_previous(calendar, found - 1, &found))
            return false;
    *working = found;
    return true;
}

int32_t calendar_count(const struct calendar *calendar, int32_t from, int32_t to)
{
    if (from < CALENDAR_FIRST_DAY)
        from = CALENDAR_FIRST_DAY;
    if (to > CALENDAR_LAST_DAY)
        to = CALENDAR_LAST_DAY;
    int32_t count = 0;
    while (from <= to) {
        int32_t end = from / 64 == to / 64 ? to : from | 63;
        count += __builtin_popcountll(calendar->open[from / 64] & span(from % 64, end % 64));
        from = end + 1;
    }
    return count;
}
