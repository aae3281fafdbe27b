/* SPDX-License-Identifier: MIT */
/* The company's days and names, for all other domains. */
#ifndef COMPANY_H
#define COMPANY_H

#include "calendar.h"
#include "statements.h"
#include "zone.h"

/* The company's zone. INTERNAL where the system no longer knows it. */
MUST_CHECK enum code company_zone(struct call *call, const struct zone **zone);

/*
 * The instant of a moment: of a day its nine o'clock, of a local time that of the company. INVALID names the
 * field where the text is none.
 */
MUST_CHECK enum code company_moment(struct call *call, const char *field, const char *text, int64_t *instant);

/* How sentences call the person or team of this id: by its name, or by the id where it is nobody's. */
const char *company_called(struct call *call, const char *id);

/* Which days the company works: weekdays, holidays and closures of this moment, in the call's arena. */
MUST_CHECK enum code company_calendar(struct call *call, const struct calendar **calendar);

#endif
