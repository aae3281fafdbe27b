/* SPDX-License-Identifier: MIT */
/*
 * Keeps one calendar on a CalDAV server as the service has it: looks at what is there, and puts and removes
 * what differs. It only ever compares, and remembers nothing that a restart would lose; whatever happened
 * meanwhile, on either side, is put right by the next look. What is not ours in a collection is never
 * touched.
 */
#ifndef COURIER_PUBLISHER_H
#define COURIER_PUBLISHER_H

#include "settings.h"

#include <event2/event.h>

struct publisher;

/* NULL where libevent or libcurl will not. Settings and calendar must outlive it. It begins when it is woken.
 */
struct publisher *publisher_open(struct event_base *base, const struct settings *settings,
                                 const struct calendar_settings *calendar);

/* Something in the service's calendars has changed, or may have. */
void publisher_wake(struct publisher *publisher);

/* Whatever is under way is given up; the next start goes on from what is there. */
void publisher_close(struct publisher *publisher);

#endif
