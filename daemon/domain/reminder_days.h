/* SPDX-License-Identifier: MIT */
/* When something may be sent to whom: the company's working days and zone, and a person's absences. */
#ifndef REMINDER_DAYS_H
#define REMINDER_DAYS_H

#include "company.h"

/* As of one call; borrowed from it. */
struct reminder_days {
    const struct calendar *calendar;
    const struct zone *zone;
};

MUST_CHECK enum code reminder_days_load(struct call *call, struct reminder_days *days);

/* The first day at or after `day` on which the person is there and, unless any day will do, the company is
 * open. The same day where none is found within 200 years. */
MUST_CHECK enum code reminder_day_for(struct call *call, const struct reminder_days *days, const char *person,
                                      bool any_day, int32_t day, int32_t *good);

/* The first moment at or after `at` that lies on such a day: `at` itself, or that day at `minutes` after
 * midnight.
 */
MUST_CHECK enum code reminder_moment_for(struct call *call, const struct reminder_days *days,
                                         const char *person, bool any_day, int64_t at, int minutes,
                                         int64_t *good);

/* So many working days on from an instant, at the time of day of `minutes`. */
int64_t reminder_working_days_after(const struct reminder_days *days, int64_t at, int64_t count, int minutes);

/* Minutes after midnight of an instant in the company's zone. */
int reminder_minutes_of(const struct reminder_days *days, int64_t at);

#endif
