/* SPDX-License-Identifier: MIT */
/*
 * What is posted to webhooks: the same sentences as of mail, in the third person, for everybody who reads
 * along. Nothing is said there that not every colleague may know.
 */
#ifndef POST_H
#define POST_H

#include "statements.h"

/* The `message` of a reminder that only shows whether posts arrive: it goes out at once, on any day. */
#define POST_TEST "webhook_test"

bool post_is_test(const struct reminder_open_row *reminder);

/* Fills in what a post says and how it is to look, in the language of the thread; `to` is its webhook. What
 * every message has is there already. */
MUST_CHECK enum code post_write(struct call *call, const struct reminder_open_row *reminder,
                                const struct outbox_addressee_row *to, struct letter *letter);

#endif
