/* SPDX-License-Identifier: MIT */
/* What turns have in common with the offers that are made about them. */
#ifndef TURN_H
#define TURN_H

#include "publish.h"

/* One turn and one who may take it, checked. */
struct handover {
    struct turn turn;      /* as it is */
    const char *member;    /* who is to have it */
    struct packed reasons; /* everybody's standing at this moment */
    bool is_swap;          /* one half of it: no credit moves, for both give one and take one */
};

/*
 * Checks that `member` could take the turn to come: a member that day and not away. NOT_FOUND naming `field`
 * where there is no such turn; CONFLICT naming "member", in words, where it cannot be. The turn may still be
 * a forecast.
 */
MUST_CHECK enum code turn_check(struct call *call, const char *turn, const char *field, const char *member,
                                enum grounds_how how, struct handover *handover);

/* Writes a checked handover of a published turn down: the credit moves with it, and it is told. */
MUST_CHECK enum code turn_hand(struct call *call, const struct handover *handover, bool pinned,
                               enum turn_changed_event_why why);

/*
 * Why a published turn is whose it is, in a sentence that calls people by their names; NULL where it is
 * nobody's, or not known.
 */
MUST_CHECK enum code turn_why(struct call *call, const char *turn, const char **sentence);

/* Why a filter stands between a member and a turn, in words. */
const char *turn_filter_sentence(enum plan_filter filter);

#endif
