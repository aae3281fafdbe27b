/* SPDX-License-Identifier: MIT */
/* A message that was claimed and is not settled yet, and what became of it. It is in one list at a time. */
#ifndef COURIER_LETTER_H
#define COURIER_LETTER_H

#include <stddef.h>

enum outcome { SENT, DEFERRED, REFUSED };

struct letter {
    struct letter *next;
    char *id; /* as the service gave it, packed, so that it goes back the same */
    size_t id_length;
    char *channel, *to_name, *to, *subject, *text, *message_id, *language; /* "" where not given */
    char *html;
    char *method, *entry; /* of an invitation: request or cancel, and the calendar entry, packed; NULL */
    size_t entry_length;
    const char *fault; /* why it cannot be sent at all; NULL */
    char *bytes;       /* the mail, once it is built */
    size_t length;
};

/* Whom a failure tells something about: the next message of the same kind would fail alike. */
enum reach { THIS_LETTER, THIS_DESTINATION, EVERY_LETTER };

struct result {
    enum outcome outcome;
    enum reach reach;
    int code; /* of the server's last answer, 0: none */
    char detail[240];
};

void letter_free(struct letter *letter);

#endif
