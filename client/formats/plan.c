/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include "records.h"

#include <string.h>

enum { FIRST_ROOM = 256 };

void plan_init(struct plan *plan, struct arena *arena)
{
    *plan = (struct plan){ .arena = arena };
    msgpack_sbuffer_init(&plan->packed);
}

void plan_free(struct plan *plan)
{
    msgpack_sbuffer_destroy(&plan->packed);
}

void plan_reserve(struct plan *plan, uint32_t count)
{
    uint32_t room = plan->count + count;
    if (room <= plan->room)
        return;
    struct step *steps = arena_take(plan->arena, room * sizeof *steps);
    if (plan->count)
        memcpy(steps, plan->steps, plan->count * sizeof *steps);
    plan->steps = steps;
    plan->room = room;
}

static struct step *plan_add(struct plan *plan)
{
    if (plan->count == plan->room)
        plan_reserve(plan, plan->room ? plan->room : FIRST_ROOM);
    return &plan->steps[plan->count++];
}

/* The fields that the file speaks of. */
static uint32_t spoken_of(const struct stage *stage, const struct staged *row)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < stage->fields; i++)
        mask |= (uint32_t)(row->values[i] != NULL) << i;
    return mask;
}

/* A list is the same in any order. */
static bool lists_differ(const char *left, const char *right)
{
    size_t left_length = strlen(left);
    if (left_length != strlen(right))
        return true;
    for (const char *at = left; *at;) {
        size_t length = strcspn(at, ",");
        const char *found = right;
        while (found && (strncmp(found, at, length) != 0 || (found[length] != ',' && found[length] != 0))) {
            found = strchr(found, ',');
            found = found ? found + 1 : NULL;
        }
        if (!found)
            return true;
        at += length + (at[length] == ',');
    }
    return false;
}

static uint32_t differing(const struct stage *stage, const struct staged *row, const struct staged *there)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < stage->fields; i++) {
        const char *new = row->values[i], *old = there->values[i] ? there->values[i] : "";
        bool differs = new &&
                       (stage->headings[i].cell == CELL_IDS ? lists_differ(new, old) : strcmp(new, old) != 0);
        mask |= (uint32_t)differs << i;
    }
    return mask;
}

void plan_row(struct plan *plan, struct stage *stage, struct staged *row, const struct staged *there,
              uint32_t fields, const struct method *add, const struct method *change)
{
    struct step step = { .stage = stage, .row = row, .there = there };
    if (!there) {
        step.action = ACTION_ADD;
        step.method = add;
        step.mask = spoken_of(stage, row) & fields;
    } else {
        step.mask = differing(stage, row, there) & fields & ~stage->made_up;
        step.action = step.mask ? ACTION_CHANGE : ACTION_SAME;
        step.method = step.mask ? change : NULL;
    }
    plan->counts[step.action]++;
    *plan_add(plan) = step;
}

void plan_also(struct plan *plan, struct stage *stage, struct staged *row, uint32_t fields,
               const struct method *method)
{
    plan->counts[ACTION_ALSO]++;
    *plan_add(plan) =
        (struct step){ .action = ACTION_ALSO, .stage = stage, .row = row, .mask = fields, .method = method };
}

void plan_pack(struct plan *plan, uint32_t end)
{
    struct columns columns = { .record = NULL };
    struct arena scratch = { 0 };
    msgpack_packer packer;
    msgpack_packer_init(&packer, &plan->packed, msgpack_sbuffer_write);
    for (; plan->packed_to < plan->count && plan->packed_to < end; plan->packed_to++) {
        struct step *step = &plan->steps[plan->packed_to];
        step->offset = plan->packed.size;
        if (step->method && columns.record != step->method->params)
            columns = records_columns(step->stage->headings, step->method->params);
        /* the first field is the id, which says whom a change is about */
        if (step->method)
            records_pack(step->stage, step->row, step->mask | 1, &columns, &packer, &scratch);
        step->length = plan->packed.size - step->offset;
    }
    arena_free(&scratch);
}
