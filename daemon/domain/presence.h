/* SPDX-License-Identifier: MIT */
/*
 * On which days a team is there: from its people's days in it and their days away to the days on which too
 * few of them are present. Pure; costs n log n in the number of spans, whatever their length.
 */
#ifndef PRESENCE_H
#define PRESENCE_H

#include "plan.h"

struct arena;

/* How many of a team must be present: `count` people, or where that is 0, `percent` of those in the team that
 * day, rounded up. Never fewer than one: a team of nobody presents nothing. */
struct presence_need {
    int32_t count;
    int32_t percent; /* 1..100 */
};

struct presence_person {
    struct plan_days *stays; /* in the team; in any order, may touch or overlap. Sorted and merged here */
    size_t stays_count;
    struct plan_days *away; /* the same */
    size_t away_count;
    int32_t people; /* so many people with these days; 0 means one, less takes them away from those counted */
};

/* Puts spans in order and makes one of those that touch or overlap; drops those that end before they begin.
 * Gives the number left. */
size_t presence_merge(struct plan_days *spans, size_t count);

/*
 * The days on which the team cannot take a turn, as one list of PLAN_TOO_FEW spans in order, covering all of
 * time: the days before it had anybody are among them. The list is the arena's.
 */
size_t presence_gaps(struct arena *arena, struct presence_person *people, size_t count,
                     struct presence_need need, struct plan_away **gaps);

#endif
