/* SPDX-License-Identifier: MIT */
/*
 * Days and times as people type them, in English and Danish alike, whatever the language of the answers: 1/3,
 * `1. marts`, monday, `næste fredag`, `week 12`, +2w, `i morgen kl. 9`. The day comes before the month. What
 * leaves out the year, or says only a weekday, means the next one to come, today included; "next" is the one
 * of next week. What could mean two things, or is in no calendar, is refused.
 */
#ifndef WHEN_H
#define WHEN_H

#include "day.h"
#include "record.h"

enum when_form {
    WHEN_NO_DAY,    /* a time of day alone: the next one to come */
    WHEN_CIVIL,     /* a whole date; without its year the next one to come */
    WHEN_WEEKDAY,   /* the next one to come; with a count of -1 the last one gone */
    WHEN_WEEK,      /* an ISO week, by default its Monday; without its year the first that is not over */
    WHEN_NEAR_WEEK, /* `count` weeks from this one */
    WHEN_FROM_NOW   /* `count` units from now */
};
enum when_unit { UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR };
enum { NO_WEEKDAY = -1 };

/* What somebody typed, taken apart and not yet placed in time. */
struct when {
    enum when_form form;
    struct civil civil;  /* year 0: not said */
    int week, week_year; /* likewise */
    int weekday;         /* NO_WEEKDAY: not said */
    int count;
    enum when_unit unit;
    bool has_time, is_instant, is_full; /* full: nothing of it was left out, and nobody need ask back */
    int64_t time;                       /* seconds of the day */
    int64_t instant;
};

/* The service's time: in UTC, and on the company's wall. */
struct when_now {
    int64_t at, local;
};

/* Where it lies. */
struct when_place {
    bool has_time, is_instant;
    int32_t day;
    int64_t local, instant;
};

/* Whether values of this field are typed in this way: dates, local times and moments. */
bool when_is_for(const struct field *field);

/* Takes a text apart. INVALID names the field, says what was understood, and gives examples. */
MUST_CHECK enum code when_read(const struct field *field, const char *text, size_t length, struct when *when,
                               struct arena *arena, struct error *error);

/* Whether one must know what time it is to place it. */
bool when_needs_now(const struct when *when);

/* Places it; `now` may be NULL where nobody needs it. INVALID where there is no such day. */
MUST_CHECK enum code when_settle(const struct field *field, const struct when *when,
                                 const struct when_now *now, struct when_place *place, struct arena *arena,
                                 struct error *error);

/* Writes it as a value of the field. */
void when_store(const struct field *field, const struct when_place *place, void *value, struct arena *arena);

/* "Monday 1 March 2027 at 10:00" */
const char *when_say(const struct when_place *place, struct arena *arena);

/* "2027-03-01, 1/3, monday, …": for help and errors. */
const char *when_examples(const struct field *field);

#endif
