/* SPDX-License-Identifier: MIT */
/*
 * What an import says to the service: lists to compare with, and batches of calls. Batches go one after
 * another, each whole or not at all, each with a request_id of its own: when the connection breaks, the batch
 * that was under way is sent again and is done once.
 */
#ifndef TALK_H
#define TALK_H

#include "plan.h"

struct laug;

struct talk {
    struct laug *laug;
    char run[33]; /* the beginning of this run's request_ids */
    uint32_t batches;
    const struct method *add, *import; /* many of the first in a row are one of the second */
    bool keeps_going;
    uint32_t sent;                                /* calls that were carried out */
    void (*progress)(uint32_t done, uint32_t of); /* may be NULL */
};

/* Prepares; connects at the first call. `socket` NULL: the usual place. UNAVAILABLE where out of memory. */
MUST_CHECK enum code talk_open(struct talk *talk, const char *socket, struct error *error);
void talk_close(struct talk *talk);

/*
 * Calls one method. `params` are packed, and may be NULL for none. *result is a zeroed record of
 * method->result's kind, in the arena. Any code of the service; UNAVAILABLE where there is none.
 */
MUST_CHECK enum code talk_call(struct talk *talk, const struct method *method, const msgpack_sbuffer *params,
                               struct arena *arena, void **result, struct error *error);

/* Appends all rows of a list ("person.list"), page by page, to the stage, and indexes it by its first field.
 */
MUST_CHECK enum code talk_list(struct talk *talk, const char *method, struct stage *stage,
                               struct error *error);

/*
 * Carries the plan out. What the service refuses is refused by the line of its row: with keeps_going only
 * that row is left out; else sending stops there, and talk->sent tells how many calls were carried out
 * before. Any code but those of single rows is an error of the whole: the service is gone, or busy, or its
 * disk is full.
 */
MUST_CHECK enum code talk_send(struct talk *talk, struct plan *plan, struct error *error);

#endif
