/* SPDX-License-Identifier: MIT */
/* What a letter says of when: in full, since nobody knows when it is read, and by the reader's clock. */
#ifndef WHEN_H
#define WHEN_H

#include "call.h"
#include "zone.h"

/* Monday 1 March to Friday 5 March 2027, both included; one day alone as say_full_day says it. */
const char *when_days(struct call *call, int32_t from, int32_t to);

/* An instant as the clock of the reader shows it: Thursday 4 March 2027 at 10:00. Where that is not what the
 * company's clock (`home`) shows, with the zone behind it: at 09:00 (Europe/London). */
const char *when_instant(struct call *call, int64_t at, const struct zone *reader, const struct zone *home);

/* The zone of a reader by its name, which may be NULL; the company's where there is none or it is gone. */
const struct zone *when_zone(struct call *call, const char *name, const struct zone *home);

#endif
