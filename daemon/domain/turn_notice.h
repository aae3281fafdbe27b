/* SPDX-License-Identifier: MIT */
/* Who is told and reminded of what becomes of a turn: the one place that knows. */
#ifndef TURN_NOTICE_H
#define TURN_NOTICE_H

#include "statements.h"

/* A turn was published: its member is reminded of it, or the admins are, of one that nobody has. */
MUST_CHECK enum code turn_notice_published(struct call *call, const struct turn *turn);

/* It changed: whoever has it now is told and reminded, whoever had it is told, the others no longer are. */
MUST_CHECK enum code turn_notice_changed(struct call *call, const struct turn *turn, const char *former,
                                         enum turn_changed_event_why why);

/* `taker` is asked to cover, or to swap against the turn `against`; NULL: no swap. */
MUST_CHECK enum code turn_notice_offered(struct call *call, const struct turn *turn, const char *taker,
                                         const char *against);

/* The offer between the two ended so. Who answered is not told of their own answer. */
MUST_CHECK enum code turn_notice_answered(struct call *call, const struct turn *turn, const char *giver,
                                          const char *taker, enum offer_state state);

#endif
