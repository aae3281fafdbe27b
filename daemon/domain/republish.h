/* SPDX-License-Identifier: MIT */
/* What a changed rotation does to turns that are published: shown first, done when told to. */
#ifndef REPUBLISH_H
#define REPUBLISH_H

#include "statements.h"

/*
 * Gives the published turns to come the times and the members of today's rule, calendar and roster, but for
 * members that somebody agreed on by hand. Fills `differences` of *result with what that changes; undoes it
 * unless is_kept. is_new_rule: the rule has just changed.
 */
MUST_CHECK enum code republish(struct call *call, const char *rotation, bool is_new_rule, bool is_kept,
                               struct rotation *result);

/*
 * A new rule numbers its occurrences anew. Where promises stay, its turns go on where they were: the first
 * one behind the last published turn gets the next number.
 */
MUST_CHECK enum code republish_renumber(struct call *call, const char *rotation);

#endif
