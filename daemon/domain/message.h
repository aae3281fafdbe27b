/* SPDX-License-Identifier: MIT */
/*
 * What a reminder says: what, when, why you, and the one command that answers it. Filled in when it is read
 * or handed out, from what the reminder's row keeps, in the language of the thread: language_use decides.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "letter.h"
#include "statements.h"

/* Texts in the call's arena. */
struct message_text {
    const char *subject; /* one line */
    const char *body;    /* paragraphs, one a line */
    const char *command; /* that answers it, or shows more; of a post perhaps NULL */
};

/* What one reminder says: to its person, or of a webhook's to all who read along. */
MUST_CHECK enum code message_render(struct call *call, const struct reminder_open_row *reminder,
                                    struct message_text *text);

/* The body and, where there is one, the command, a line each: for an inbox. */
const char *message_lines(struct call *call, const struct message_text *text);

/* A whole mail to one person: of one reminder, or a digest of several, of which `count` of `total` are given.
 */
MUST_CHECK enum code message_mail(struct call *call, const char *person_name, enum outgoing_kind kind,
                                  const struct reminder_open_row *reminders, size_t count, size_t total,
                                  struct letter_text *mail);

#endif
