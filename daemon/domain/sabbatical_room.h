/* SPDX-License-Identifier: MIT */
/*
 * Whether a sabbatical block fits: the one place that knows every rule of it, for a request, for the line,
 * and for the list of all possible starts. Everything that could stand in the way is loaded once; then a
 * start costs its days.
 */
#ifndef SABBATICAL_ROOM_H
#define SABBATICAL_ROOM_H

#include "company.h"

struct room;

struct block {
    int32_t from, to; /* first and last working day */
};

/*
 * Loads what concerns this person for blocks that begin in from..until. `except` is the id of a booking that
 * does not count, the person's own; NULL: none. The room lives in the call's arena.
 */
MUST_CHECK enum code room_load(struct call *call, const char *person, int32_t from, int32_t until,
                               const char *except, const struct room **room);

/* The block that begins on this day. False where the day is closed, or the calendar ends. */
bool room_block(const struct room *room, int32_t starts_on, struct block *block);

/*
 * Why this block is not allowed, whoever else is away: eligibility, tenure, notice, blackout, own absence, a
 * second one in the year. NULL where it is. The sentence lives in the call's arena.
 */
const char *room_refusal(struct call *call, const struct room *room, struct block block);
/* Why there is no room for it now: company, team, cover. NULL where there is. */
const char *room_wait(struct call *call, const struct room *room, struct block block);

#endif
