/* SPDX-License-Identifier: MIT */
/*
 * Carries letters to the mail server. Sessions are opened as needed, used for letter after letter, and closed
 * when there has been nothing to do for a while. What waits for the server never holds up anything else.
 */
#ifndef COURIER_CARRIER_H
#define COURIER_CARRIER_H

#include "letter.h"
#include "settings.h"

#include <event2/event.h>

struct carrier;

/* What became of a letter; it is the callee's again. More letters may be started from inside. */
typedef void carrier_done(void *context, struct letter *letter, const struct result *result);

/* NULL: libcurl or libevent will not. Settings and base must outlive it. */
struct carrier *carrier_open(struct event_base *base, const struct settings *settings, carrier_done *done,
                             void *context);
/* Nothing may be under way. */
void carrier_close(struct carrier *carrier);

/* Takes the letter, whose bytes are built, and tells what became of it; never from inside of this call. */
void carrier_start(struct carrier *carrier, struct letter *letter);

/* Gives up everything that is under way: each letter is deferred. */
void carrier_abort(struct carrier *carrier);

#endif
