/* SPDX-License-Identifier: MIT */
/*
 * When a rotation really takes place: the occurrences of its rule, moved off closed days and put in a zone.
 * Of two that meet on one day the later is dropped; what is dropped keeps its number, so no other's changes.
 */
#ifndef SLOT_H
#define SLOT_H

#include "calendar.h"
#include "rule.h"
#include "zone.h"

/* What becomes of an occurrence on a closed day: the next working day's, the one before's, dropped, or kept.
 */
enum when_closed { CLOSED_NEXT, CLOSED_PREVIOUS, CLOSED_SKIP, CLOSED_KEEP };

/* All borrowed for as long as a walk lasts. `calendar` may be NULL: no day is closed. */
struct slot_source {
    const struct rule *rule;
    const struct zone *zone;
    const struct calendar *calendar;
    enum when_closed when_closed;
};

struct slot {
    int32_t n;         /* of the rule's occurrence, from 1; rises, not always by 1 */
    int32_t on;        /* the day by the rule */
    int64_t local;     /* where it really takes place; after a gap that the clock skips, see zone_instant */
    int64_t starts_at; /* the instant of it */
};

struct slots {
    struct slot_source source;
    struct occurrences occurrences;
    int64_t from;
    int32_t last_day; /* of the slot kept last */
};

/*
 * Starts at the first slot whose `local` is at or after `from`. Wherever one starts, the slots are the same:
 * those before that could meet the first one are looked at too.
 */
struct slots slots_from(const struct slot_source *source, int64_t from);

/* The next in order of time; false, *slot untouched, once there are no more. Searches 230 years at most. */
bool slots_next(struct slots *slots, struct slot *slot);

#endif
