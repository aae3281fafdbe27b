/* SPDX-License-Identifier: MIT */
/* The weekly digest: when it comes, and what may wait for it. */
#ifndef DIGEST_H
#define DIGEST_H

#include "reminder_days.h"

/* The Monday of the week of a day. */
int32_t digest_week(int32_t day);

/* When a person's digest of a week is sent: the first morning of the next week on which they may be sent
 * something. */
MUST_CHECK enum code digest_moment(struct call *call, const struct reminder_days *days, const char *person,
                                   int32_t week, int64_t *at);

/* Somebody waits for the answer to it, or nobody else would see to it: it never waits for a digest. */
bool digest_is_question(const struct reminder_open_row *reminder);

/*
 * Whether a reminder that comes now may wait for a digest at `at`, where the person has asked for one mail a
 * week: not what is a question or wants an answer, what would be of no more use then, and what is about
 * something that begins on that day or before.
 */
bool digest_may_hold(const struct reminder_days *days, const struct reminder_open_row *reminder, int64_t at);

#endif
