/* SPDX-License-Identifier: MIT */
/*
 * One rotation laid out for the planner: its members, its stored turns and the new ones that its rule brings,
 * in order of time. Forecast, publishing and repair are all made from this one picture, which is why they
 * agree.
 */
#ifndef TIMETABLE_H
#define TIMETABLE_H

#include "roster.h"
#include "slot.h"

/* How far new turns are laid out: as long as both hold. Turns that are stored are always there. */
struct timetable_reach {
    int32_t until_on; /* the last day */
    size_t count;     /* turns to come, stored ones too */
    bool is_next;     /* instead of a count: one turn behind those that are published */
    bool is_replan;   /* published turns that nobody agreed on by hand are given out anew */
};

struct timetable_entry {
    struct turn turn; /* as it goes out; member and state as they were before the run */
    bool is_stored;
    bool is_past; /* of a turn that began before now: only its day and member are known */
};

struct timetable {
    struct timetable_settings_row settings;
    const struct zone *zone;
    struct rule rule;
    struct slot_source source;
    struct roster roster;
    struct plan_rotation plan;
    struct timetable_entry *entries; /* beside plan.slots */
    int32_t next_new_on;             /* the day of the first new turn beyond the reach; INT32_MAX: none */
    int64_t last_n;                  /* of the last turn that is laid out */
    bool is_ended;                   /* the rule brings none after it */
};

/* Reads the settings and makes the rule, zone and calendar of them. `timetable` need not be cleared. */
MUST_CHECK enum code timetable_open(struct call *call, const char *rotation, struct timetable *timetable);

/* Lays out members and turns from now on. */
MUST_CHECK enum code timetable_load(struct call *call, struct timetable_reach reach,
                                    struct timetable *timetable);

/* Starts the planner on it. The next step's member may be put into the entry with timetable_apply. */
struct plan *timetable_plan(struct call *call, struct timetable *timetable);
/* Takes a decision over into its entry. */
void timetable_apply(struct timetable *timetable, const struct plan_decision *decision);

/*
 * Opens and loads the timetable of the rotation that a turn belongs to, stored or still forecast, at least as
 * far as that turn. NOT_FOUND, naming `field`: no turn to come has this id.
 */
MUST_CHECK enum code timetable_find(struct call *call, const char *turn, const char *field,
                                    struct timetable *timetable, size_t *index);

/*
 * Asks the planner who could take one turn, as if nobody had it: everybody's standing is in
 * decision->verdicts. Nothing is stored, and the timetable is of no use afterwards.
 */
void timetable_ask(struct call *call, struct timetable *timetable, size_t index,
                   struct plan_decision *decision);

/* The first local time at which a new turn may take place, and the number that is added to the rule's own. */
int64_t timetable_now(struct call *call, const struct timetable *timetable);

/* Puts a slot into a turn: when it takes place and when it ends. */
void timetable_place(const struct timetable *timetable, const struct slot *slot, struct turn *turn);

#endif
