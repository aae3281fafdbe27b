/* SPDX-License-Identifier: MIT */
/* Events as sentences that people read: with names, weekdays and times of day. */
#ifndef HAPPENED_H
#define HAPPENED_H

#include "cursor.h"
#include "names.h"

/*
 * What happened, in one sentence; NULL where this program knows none for the kind, "" where there is nothing
 * for people to read. Names that are not known yet are asked for; where that fails, their ids stand. The
 * arena owns the sentence. Fit for a terminal.
 */
const char *happened_say(struct arena *arena, const char *kind, struct cursor event, struct names *names,
                         struct service *service);

#endif
