/* SPDX-License-Identifier: MIT */
/* Entries of calendars, for those who send them out. */
#ifndef CALENDAR_ENTRY_H
#define CALENDAR_ENTRY_H

#include "job.h"

/*
 * What an entry says to a reader, in the language of the thread. `reader` is whose calendar it is for, NULL:
 * one that several share. Borrows from `row`; the rest is in the call's arena. INVALID where the system has
 * lost the rotation's zone.
 */
MUST_CHECK enum code calendar_fill(struct call *call, const struct calendar_turn_row *row, const char *reader,
                                   struct calendar_entry *entry);

#endif
