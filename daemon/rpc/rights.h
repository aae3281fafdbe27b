/* SPDX-License-Identifier: MIT */
/*
 * Who may do, hear and see what, by the clauses of the catalogue. What somebody is to somebody else (self,
 * lead, mentor) is asked of the database; of what is private, forbidden and absent look the same.
 */
#ifndef RIGHTS_H
#define RIGHTS_H

#include "call.h"

/* FORBIDDEN where no clause could be met, whatever the parameters: a stranger learns nothing from the order
 * of errors. */
MUST_CHECK enum code rights_admit(struct call *call, const struct method *method);

/* Puts the caller's own person where a parameter with `default caller` is absent; INVALID names it where the
 * caller is nobody here. */
MUST_CHECK enum code rights_fill_caller(struct call *call, const struct method *method, void *params);

/*
 * NOT_FOUND, with the field named, where an id names nothing; a write that adds has its own new id as a plain
 * slug. First those whom the clauses speak of (`concerned`), then rights_authorise, and only then the others:
 * or the order of errors would tell whether something is there that is not the caller's to know of.
 */
MUST_CHECK enum code rights_resolve(struct call *call, const struct method *method, const void *params,
                                    bool concerned);

/* FORBIDDEN where no clause is met, NOT_FOUND where it speaks of something private. */
MUST_CHECK enum code rights_authorise(struct call *call, const struct method *method, const void *params);

/* Whether the actor may hear of this event. `fields` is the event's record. */
bool rights_may_hear(struct call *call, const struct event_kind *event, const void *fields);

/* Takes out of an answer what is not for this reader: the fields `seen by` others. */
void rights_redact(struct call *call, const struct record *record, void *base);

#endif
