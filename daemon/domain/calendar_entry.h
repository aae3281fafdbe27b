/* SPDX-License-Identifier: MIT */
/* Entries of calendars, for those who send them out. */
#ifndef CALENDAR_ENTRY_H
#define CALENDAR_ENTRY_H

#include "job.h"

/*
 * What an entry says to a reader, in the language of the thread. `reader` is whose calendar it is for, NULL:
 * one that several share. Borrows from `row`; the rest is in the call's arena. INVALID where the system has
 * lost the rotation's zone.
 */
MUST_CHECK enum code calendar_fill(struct call *call, const struct calendar_turn_row *row, const char *reader,
                                   struct calendar_entry *entry);

const char *calendar_uid_of_sabbatical(struct call *call, const char *sabbatical);

/* How many members a team may have for all of them to be invited to its turns; of a larger one the lead is.
 */
enum { CALENDAR_INVITED_MOST = 25 };

/* What is so now. */
struct calendar_truth {
    const char *uid;
    bool is_there;                /* no: cancelled, withdrawn, removed, or not published */
    struct calendar_turn_row row; /* where it is there */
    int64_t sequence, stamped_at;
    struct calendar_people_row *invited; /* in order of their ids; with no address they cannot be reached */
    size_t invited_count;
};

/*
 * Looks at one entry. Where it is not as it was when it was last looked at, its sequence rises and
 * calendar.changed is told: so whoever is about to tell of it looks first.
 */
MUST_CHECK enum code calendar_look(struct call *call, const char *uid, struct calendar_truth *truth);

/* Somebody belongs to a team from a day on, or with team NULL many to many: its turns to come are looked at
 * again. */
MUST_CHECK enum code calendar_touch(struct call *call, const char *team, int32_t from);

/* The instant up to which the row is still to come: its start, or the end of its last day. */
MUST_CHECK enum code calendar_over_at(struct call *call, const struct calendar_turn_row *row,
                                      int64_t *over_at);

#endif
