/* SPDX-License-Identifier: MIT */
/* A message that was claimed and is not settled yet, and what became of it. It is in one list at a time. */
#ifndef COURIER_LETTER_H
#define COURIER_LETTER_H

#include <stddef.h>
#include <stdint.h>

enum outcome { SENT, DEFERRED, REFUSED };

struct letter {
    struct letter *next;
    char *id; /* as the service gave it, packed, so that it goes back the same */
    size_t id_length;
    char *channel, *to_name, *to, *subject, *text, *message_id, *language; /* "" where not given */
    char *html;
    char *webhook, *form, *kind, *about, *when, *command; /* of a post, "" where not given */
    char *method, *entry; /* of an invitation: request or cancel, and the calendar entry, packed; NULL */
    size_t entry_length;
    const char *fault; /* why it cannot be sent at all; NULL */
    char *bytes;       /* the mail or post, once it is built */
    size_t length;
    int64_t taken_at; /* seconds of the monotonic clock */
};

/* Whom a failure tells something about: the next message of the same kind would fail alike. */
enum reach { THIS_LETTER, THIS_DESTINATION, EVERY_LETTER };

struct result {
    enum outcome outcome;
    enum reach reach;
    int code;          /* of the server's last answer, 0: none */
    long wait_seconds; /* for so long the server wants to be left alone; 0: it did not say */
    char detail[240];
};

void letter_free(struct letter *letter);

/* Which line it waits in, and may hold up: the webhook, or the @domain of the recipient. */
const char *letter_destination(const struct letter *letter);

#endif
