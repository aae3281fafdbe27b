/* SPDX-License-Identifier: MIT */
/* Mail and posts on their way, for the reminders: which message one goes into. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "job.h"
#include "reminder_days.h"

/*
 * Puts a reminder that is due into a message of its own, into the digest of what came late (`is_late`), or,
 * where the person has had enough mail this week, into the weekly digest. *mail names the message.
 */
MUST_CHECK enum code outbox_add(struct call *call, const struct reminder_days *days,
                                const struct reminder_open_row *reminder, bool is_late, const char **mail);

/* Puts a webhook's reminder that is due into a post of its own: no cap, no digest. */
MUST_CHECK enum code outbox_add_post(struct call *call, const struct reminder_open_row *reminder,
                                     const char **mail);

/*
 * Puts an invitation to an entry of the calendar on its way: no sooner than `next_at`, and not at night
 * unless it `is_due`. What it says is found when it is handed out. It counts in the week's cap, and is never
 * put off for it.
 */
MUST_CHECK enum code outbox_add_invitation(struct call *call, const char *id, const char *person,
                                           const char *uid, int64_t next_at, bool is_due);

/* Somebody may be back sooner than was thought, or with person NULL the company may be open: mail that waits
 * for that is looked at again. */
MUST_CHECK enum code outbox_look_again(struct call *call, const char *person);

/* A message as `outbox.list` tells it. */
MUST_CHECK enum code outbox_find(struct call *call, const char *id, struct outgoing *result);

enum { OUTBOX_LATE_SECONDS = 3600 }; /* less than this is nobody's delay */

/* What the reminder's rule says of one that comes late: joins a digest; or is of no more use at this instant.
 */
bool outbox_coalesces(const struct reminder_open_row *reminder);
bool outbox_is_useless(const struct reminder_open_row *reminder, int64_t at);

/*
 * Whether nothing may come or go because the clock has jumped forward by more than seven days and no admin
 * has said that it is right. A clock that is held is moved on purpose.
 */
MUST_CHECK enum code outbox_is_held(struct call *call, bool *is_held);
/* A job that must not run now waits until mail is released. */
MUST_CHECK enum code outbox_park(struct call *call, const char *kind, const char *subject, int64_t due_at);

/* By how much the clock ran ahead of the time that passed, in seconds; 0 where the machine was started anew
 * in between. */
int64_t outbox_clock_jump(int64_t seen_at, int64_t seen_boot, int64_t now, int64_t boot);

/* Seconds to wait after so many attempts: a minute, doubling up to six hours, give or take a tenth by the id.
 */
int64_t outbox_backoff(const char *id, int64_t attempt);

/* In which language somebody is written to. */
enum language outbox_language(const struct outbox_addressee_row *to);

/* Job: tells the courier that mail may be claimed. */
MUST_CHECK enum code outbox_ready(struct call *call, const char *subject, int64_t due_at);

#endif
