/* SPDX-License-Identifier: MIT */
/*
 * Keeps the promises of a rotation: stores and announces the turns of the days ahead, replaces who can no
 * longer do a turn, fills what was open, and notes what has been done. Doing it twice changes nothing.
 */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "job.h"
#include "timetable.h"

/*
 * Brings one rotation up to date as of now, and asks for the job that does it next. With is_replan also
 * published turns are given out anew, but for those that somebody pinned, covered or swapped.
 */
MUST_CHECK enum code publish_rotation(struct call *call, const char *rotation, bool is_replan);

/* Brings up to date all rotations that this person can have a turn in; with NULL, all rotations. */
MUST_CHECK enum code publish_for(struct call *call, const char *person);

/* What an assignment stood on, to be stored with its turn. */
struct packed publish_grounds(struct call *call, const struct roster *roster, int64_t level,
                              enum grounds_how how, const struct plan_verdict *verdicts);

/* Announces that a turn has changed hands or ended: the one place through which every such change goes. */
MUST_CHECK enum code publish_change(struct call *call, const struct turn *turn, const char *former,
                                    enum turn_changed_event_why why);

/* Jobs. `rotation.publish` of one rotation: at the midnight at which a new turn comes within its days, and
 * when a turn ends. `rotation.repair` of one person, or of "all": after a change of absences, of people, or
 * of the company's days. */
MUST_CHECK enum code publish_job(struct call *call, const char *rotation, int64_t due_at);
MUST_CHECK enum code publish_repair_job(struct call *call, const char *person, int64_t due_at);

#endif
