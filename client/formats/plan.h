/* SPDX-License-Identifier: MIT */
/*
 * The difference between a file and what the service has, as the calls that would end it. Made before the
 * first of them is sent; made again from the same file afterwards, it is empty.
 */
#ifndef PLAN_H
#define PLAN_H

#include "method.h"
#include "stage.h"

#include <msgpack.h>

enum action { ACTION_SAME, ACTION_ADD, ACTION_CHANGE, ACTION_ALSO /* belongs to another step: not shown */ };
enum { ACTIONS_COUNT = 4 };

/* One row of a file and what becomes of it. */
struct step {
    enum action action;
    struct stage *stage;
    struct staged *row;
    const struct staged *there; /* what the service has; NULL where it is to be added */
    uint32_t mask; /* the fields that are sent, bit i for headings[i]; of a change those that differ */
    const struct method *method;
    size_t offset, length; /* of its packed parameters in plan->packed */
};

struct plan {
    struct arena *arena;
    struct step *steps;
    uint32_t count, room;
    uint32_t counts[ACTIONS_COUNT];
    uint32_t packed_to; /* steps before this one are packed */
    msgpack_sbuffer packed;
};

/* Ready for use; plan_free gives the packed bytes back. The rest is the arena's. */
void plan_init(struct plan *plan, struct arena *arena);
void plan_free(struct plan *plan);

/* Room for so many steps more, in one piece. */
void plan_reserve(struct plan *plan, uint32_t count);

/*
 * The step for one row: add it where `there` is NULL, else change the fields that differ. Only those in
 * `fields` (bit i for headings[i]) are looked at; fields that the file has no column for stay as they are,
 * and made-up values count only in an addition. Where nothing is left to change, or the method is NULL, it is
 * a step without a call.
 */
void plan_row(struct plan *plan, struct stage *stage, struct staged *row, const struct staged *there,
              uint32_t fields, const struct method *add, const struct method *change);

/* A call more for a row that has a step already. */
void plan_also(struct plan *plan, struct stage *stage, struct staged *row, uint32_t fields,
               const struct method *method);

/* Packs the parameters of all steps before `end` that have a call and are not packed yet. */
void plan_pack(struct plan *plan, uint32_t end);

#endif
