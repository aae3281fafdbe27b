/* SPDX-License-Identifier: MIT */
/* Sabbatical weeks, for the scheduler and for the domains whose changes make room. */
#ifndef SABBATICAL_H
#define SABBATICAL_H

#include "job.h"

/* Something changed that may have made room, or taken it: the line is looked at again once this is committed.
 */
MUST_CHECK enum code sabbatical_recheck(struct call *call);

/* Jobs: the line moves up; and, each night, what is over is done and who did not answer is passed over. */
MUST_CHECK enum code sabbatical_move_up(struct call *call, const char *subject, int64_t due_at);
MUST_CHECK enum code sabbatical_end_day(struct call *call, const char *subject, int64_t due_at);

#endif
