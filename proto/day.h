/* SPDX-License-Identifier: MIT */
/*
 * Civil days and local times as numbers. A day counts from 1970-01-01 (day 0, a Thursday) in the proleptic
 * Gregorian calendar; years 1 to 9999. A local time counts seconds from 1970-01-01T00:00 on a clock on the
 * wall, without a zone; an instant counts seconds from the epoch in UTC, without leap seconds. No zone
 * is known here: that is the calendar's work.
 */
#ifndef DAY_H
#define DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum weekday { MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };

enum { DAY_FIRST = -719162 /* 0001-01-01: the beginning, where nobody has said a day */ };
enum { DAY_SECONDS = 86400, DAY_TEXT_SIZE = 11, INSTANT_TEXT_SIZE = 21, LOCAL_TEXT_SIZE = 20 };

struct civil {
    int year, month, day; /* month 1..12, day 1..31 */
};

int32_t day_from_civil(struct civil civil);
struct civil day_to_civil(int32_t day);
bool civil_is_valid(struct civil civil);
enum weekday day_weekday(int32_t day);
/* The day a local time or an instant falls on; rounds towards the past, also before 1970. */
int32_t day_of_seconds(int64_t seconds);

/* 2027-03-01. False, and *day untouched, where the text is anything else. */
bool day_parse(const char *text, size_t length, int32_t *day);
/* RFC 3339 in UTC: 2027-03-01T08:00:00Z; no fractions, no other offset. */
bool instant_parse(const char *text, size_t length, int64_t *instant);
/* 2027-03-01T09:00 or 2027-03-01T09:00:30. */
bool local_parse(const char *text, size_t length, int64_t *local);

/* Each writes into `text` and gives it back; local_print leaves out the seconds where they are 0. */
const char *day_print(int32_t day, char text[static DAY_TEXT_SIZE]);
const char *instant_print(int64_t instant, char text[static INSTANT_TEXT_SIZE]);
const char *local_print(int64_t local, char text[static LOCAL_TEXT_SIZE]);

#endif
