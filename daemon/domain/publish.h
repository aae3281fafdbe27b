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

/*
 * Asks for the rotations to be brought up to date at the end of this turn of the loop, once, however many
 * calls ask: those in which this person can have a turn, alone or with a team; those of this team; all of
 * them.
 */
MUST_CHECK enum code publish_soon_for_person(struct call *call, const char *person);
MUST_CHECK enum code publish_soon_for_team(struct call *call, const char *team);
MUST_CHECK enum code publish_soon(struct call *call);

/* What an assignment stood on, to be stored with its turn. */
struct packed publish_grounds(struct call *call, const struct roster *roster, int64_t level,
                              enum grounds_how how, const struct plan_verdict *verdicts);

/* Announces that a turn has changed hands or ended: the one place through which every such change goes. */
MUST_CHECK enum code publish_change(struct call *call, const struct turn *turn, const char *former,
                                    enum turn_changed_event_why why);

/* Job `rotation.publish` of one rotation: at the midnight at which a new turn comes within its days, when a
 * turn ends, and after a change of absences, of people, or of the company's days. */
MUST_CHECK enum code publish_job(struct call *call, const char *rotation, int64_t due_at);

#endif
