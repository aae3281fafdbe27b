/* SPDX-License-Identifier: MIT */
/*
 * Holidays from an iCalendar file (RFC 5545): whole days with a name. The one file here that knows libical,
 * which sees only one event at a time, of a size that was looked at first, and expands only rules whose cost
 * is known.
 */
#ifndef HOLIDAYS_H
#define HOLIDAYS_H

#include "refusal.h"

#include <stdint.h>

enum {
    HOLIDAYS_BYTES_MOST = 4 << 20,
    HOLIDAYS_EVENTS_MOST = 10000,
    HOLIDAYS_EVENT_BYTES_MOST = 64 << 10,
    HOLIDAYS_EVENT_DAYS_MOST = 31, /* an event that lasts longer is no holiday but a closure */
    HOLIDAYS_DAYS_MOST = 2000      /* in all: what holiday.import takes at once */
};

struct holiday {
    int32_t on;
    const char *name;
    size_t line; /* of the file, where its (first) event begins */
};

struct holidays {
    struct holiday *items; /* in order, each day once; one with two names has both, with a comma between */
    size_t count;
    size_t cancelled; /* events left out because the file itself calls them cancelled */
};

/*
 * `bytes` is UTF-8 without NUL (encoding_find saw it). Events that come back every year are taken from the
 * day `from` to the day `until`, both included; others wherever they lie. Everything in *holidays lives in
 * refusals->arena. Events that cannot be taken are refused by the line they begin on; a file that is no
 * calendar, or larger than the bounds above, as a whole (line 0, or the line where it broke), and then
 * *holidays is empty.
 *
 * Taken are events of whole days. Of rules: FREQ=YEARLY with INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY,
 * BYDAY (with BYMONTH) and WKST, less their EXDATE; all else is refused by name: some other rules never come
 * to an end in libical.
 */
void holidays_read(const char *bytes, size_t length, int32_t from, int32_t until, struct refusals *refusals,
                   struct holidays *holidays);

#endif
