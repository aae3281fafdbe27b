/* SPDX-License-Identifier: MIT */
/*
 * Posts letters to webhooks: one HTTP request each, to the address that was checked and nowhere else. What
 * waits for one host never holds up anything else.
 */
#ifndef COURIER_POST_H
#define COURIER_POST_H

#include "letter.h"
#include "settings.h"

#include <event2/event.h>

struct poster;

/* What became of a letter; it is the callee's again. More letters may be started from inside. */
typedef void poster_done(void *context, struct letter *letter, const struct result *result);

/* NULL: libcurl or libevent will not. Settings and base must outlive it. */
struct poster *poster_open(struct event_base *base, const struct settings *settings, poster_done *done,
                           void *context);
/* Gives up what is under way, as poster_abort does. */
void poster_close(struct poster *poster);

/* Takes the letter, whose bytes are the JSON, and tells what became of it; never from inside of this call. */
void poster_start(struct poster *poster, struct letter *letter);

/* Gives up everything that is under way: each letter is deferred. */
void poster_abort(struct poster *poster);

#endif
