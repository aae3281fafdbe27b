/* SPDX-License-Identifier: MIT */
/* The calendar's part of a letter: what it says, for the recipient's calendar to read (iTIP over iMIP, RFC
 * 6047). */
#ifndef COURIER_INVITATION_H
#define COURIER_INVITATION_H

#include "message.h"

#include <stddef.h>

/*
 * Adds a calendar entry to a mail whose parties and domain are filled in already: mail->calendar is the
 * caller's to free. `packed` holds `length` bytes of MessagePack (NULL: there is none, and nothing is done),
 * `method` is "request" or "cancel". Gives NULL, or why it is no entry: a sentence that lives for ever.
 */
const char *invitation_add(struct mail *mail, const char *method, const char *packed, size_t length,
                           char **calendar);

#endif
