/* SPDX-License-Identifier: MIT */
/*
 * The company's time between two days, gathered for drawing: turns, sabbaticals, days away and closed days,
 * with names in place of ids. What the caller may not see is not in it.
 */
#ifndef SEASON_H
#define SEASON_H

#include "day.h"
#include "names.h"
#include "service.h"

enum slot_state { SLOT_PUBLISHED, SLOT_FORECAST, SLOT_OPEN, SLOT_DONE, SLOT_CANCELLED };

struct slot {
    int64_t local;
    enum slot_state state;
    const char *rotation, *title; /* of the rotation: its id, and what it is called */
    const char *member;           /* NULL where nobody has it */
    const char *member_name;
};

enum stay_state { STAY_ABSENT, STAY_APPROVED, STAY_REQUESTED, STAY_QUEUED };

struct stay {
    int32_t from, to;
    enum stay_state state;
    const char *person, *person_name;
};

struct closed {
    int32_t from, to;
    const char *title;
};

struct rotation {
    const char *id, *title;
};

struct season {
    int32_t from, until, today;
    const char *company;
    unsigned weekdays; /* a bit for each working one */
    struct rotation *rotations;
    struct slot *slots; /* of one rotation after the other, each in order of time */
    struct stay *stays;
    struct closed *closed;
    size_t rotations_count, slots_count, stays_count, closed_count;
};

/* Fills in all but from, until and today, which are given. */
enum laug_status season_read(struct service *service, struct season *season, bool with_absences,
                             struct arena *arena);

/* Why the company is closed on that day: "" of a weekday on which it never works, NULL where it is open. */
const char *season_closed(const struct season *season, int32_t day);

/* Closed working weekdays among these days, both included. */
int season_days_lost(const struct season *season, int32_t from, int32_t to);

#endif
