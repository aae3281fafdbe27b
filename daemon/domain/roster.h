/* SPDX-License-Identifier: MIT */
/*
 * Who belongs to a rotation, when, and on which days they can take a turn: what the planner calls members,
 * from people, teams and absences. No reason of an absence is known here or anywhere.
 */
#ifndef ROSTER_H
#define ROSTER_H

#include "plan.h"
#include "statements.h"

struct roster {
    const char **names; /* in roster order, also of those who left */
    struct plan_member *members;
    const int32_t *stored_credits; /* as the database has them: the planner changes those in `members` */
    size_t count;
};

/* Everything from the day `from_on` on; in the call's arena. */
MUST_CHECK enum code roster_load(struct call *call, const struct timetable_settings_row *settings,
                                 int32_t from_on, struct roster *roster);

/* The index of a member, or PLAN_NOBODY. */
int32_t roster_find(const struct roster *roster, const char *name);

#endif
