/* SPDX-License-Identifier: MIT */
/*
 * Which days a company works. A value without pointers: one bit a day for the years of rules (10 KB), so that
 * every question costs the same however many holidays there are, and none can search for ever. Days outside
 * those years are closed.
 */
#ifndef CALENDAR_H
#define CALENDAR_H

#include "day.h"

enum {
    CALENDAR_FIRST_DAY = 0,    /* 1970-01-01 */
    CALENDAR_LAST_DAY = 84005, /* 2199-12-31 */
    CALENDAR_WORDS = CALENDAR_LAST_DAY / 64 + 1,
    CALENDAR_MON_TO_FRI = 0x1F
};

struct calendar {
    uint64_t open[CALENDAR_WORDS]; /* bit 0 of [0]: 1970-01-01 */
};

/* Opens the working weekdays (bit 0: Mondays) and closes all else; about 1 us. */
void calendar_reset(struct calendar *calendar, unsigned weekdays);

/* Closes a holiday (from == to) or a closure, both ends included, in any order and overlap; from > to:
 * nothing. */
void calendar_close(struct calendar *calendar, int32_t from, int32_t to);

bool calendar_is_closed(const struct calendar *calendar, int32_t day);

/* The first working day at or after `day`; the last at or before it. False, *working untouched: there is
 * none. */
bool calendar_next(const struct calendar *calendar, int32_t day, int32_t *working);
bool calendar_previous(const struct calendar *calendar, int32_t day, int32_t *working);

/*
 * `count` working days on from `day` (back, where negative): 1 is the first working day after it, -1 the last
 * one before it; 0 is calendar_next. False, *working untouched, where the calendar ends first.
 */
bool calendar_add(const struct calendar *calendar, int32_t day, int32_t count, int32_t *working);

/* How many working days lie in from..to, both included. */
int32_t calendar_count(const struct calendar *calendar, int32_t from, int32_t to);

#endif
