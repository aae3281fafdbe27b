/* SPDX-License-Identifier: MIT */
/*
 * Days and times as people say them, in the language of the thread. `today` is the reader's day: a day near
 * it is named by that ("tomorrow"), and its year goes without saying. Texts that are made live in the arena.
 */
#ifndef SAY_H
#define SAY_H

#include "arena.h"
#include "day.h"

const char *say_weekday(enum weekday weekday);       /* Monday */
const char *say_weekday_short(enum weekday weekday); /* Mon */
const char *say_month(int month);                    /* November, of 1..12 */
const char *say_month_short(int month);              /* Nov */

/* Thursday 4 March 2027 */
const char *say_full_day(struct arena *arena, int32_t day);
/* Thursday 4 March 2027 at 10:00 */
const char *say_full_time(struct arena *arena, int64_t local);

/* "today", "tomorrow, Tuesday 24 November", "Thursday 26 November", "Monday 4 January 2027" */
const char *say_day(struct arena *arena, int32_t day, int32_t today);
/* The same, and the time of day: "tomorrow, Tuesday 24 November at 10:00" */
const char *say_time(struct arena *arena, int64_t local, int32_t today);
/* Days in a row, both included: "today until Friday 27 November", "Monday 8 to Friday 12 March" */
const char *say_days(struct arena *arena, int32_t from, int32_t to, int32_t today);

/* The same wherever today is, and without the year: "Monday 8 to Friday 12 March". */
const char *say_span(struct arena *arena, int32_t from, int32_t to);

/* The week of a day by ISO 8601: 1 to 53, and the year that it counts in, which may be a neighbour. */
int say_week(int32_t day, int *year);

#endif
