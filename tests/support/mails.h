/* SPDX-License-Identifier: MIT */
/* A courier and a mail reader of the tests: what letters ask calendars to do. */
#ifndef MAILS_H
#define MAILS_H

#include "world.h"

#include <stddef.h>

enum { MAIL_TEXT = 80, MAILS_MOST = 100 };

struct mail {
    char id[MAIL_TEXT], to[MAIL_TEXT], method[MAIL_TEXT], uid[MAIL_TEXT];
    char starts[MAIL_TEXT], ends[MAIL_TEXT]; /* an instant, or the first and last day */
    char title[200];
    long sequence;
};

/* Claims all there is, at most MAILS_MOST. What is no invitation is settled as sent at once: mails_plain
 * tells how many those were. */
size_t mails_claim(struct world *world, struct mail *mails);
extern size_t mails_plain;

void mails_settle(struct world *world, const char *mail, const char *outcome);

/* Reads an entry as it is printed, {uid: …}, into what a mail would have said of it. */
void mail_read_entry(const char *text, struct mail *mail);

#endif
