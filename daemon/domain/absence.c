/* SPDX-License-Identifier: MIT */
/*
 * Absences. Of one person no two touch: days added beside others are joined to them, so that leave split into
 * single days is still one leave.
 */
#include "outbox.h"
#include "publish.h"
#include "sabbatical.h"
#include "undo.h"

#include <inttypes.h>

/* Plans look at absences: whatever depends on them is looked at again, once, when this is committed. */
static enum code ripple(struct call *call, const char *person)
{
    if (publish_soon_for_person(call, person) || sabbatical_recheck(call))
        return call->error.code;
    return tell_absence_changed(call, &(struct absence_changed_event){ .person = person });
}

/* An id needs to be unique, not beautiful. */
static enum code new_id(struct call *call, const char **id)
{
    struct absence_number_row row = { 0 };
    struct absence taken;
    if (sql_absence_number(call, &row))
        return call->error.code;
    for (int64_t number = row.last + 1;; number++) {
        *id = arena_print(&call->arena, "away-%" PRId64, number);
        enum code code = sql_absence_row(call, &(struct absence_row_params){ .id = *id }, &taken);
        if (code)
            return code == NOT_FOUND ? OK : code;
    }
}

/* Days that were joined are parted again: the whole goes, and what was there before comes back. */
static void undo_joining(struct call *call, const char *id, const struct absence_list *touching)
{
    if (touching->items_count == 0)
        return;
    undo_by(call, "absence.remove", &(struct absence_remove_params){ .id = id });
    for (size_t i = 0; i < touching->items_count; i++) {
        const struct absence *old = &touching->items[i];
        undo_by(call, "absence.add", &(struct absence_add_params){ old->person, old->from, old->to });
    }
}

enum code absence_add(struct call *call, const struct absence_add_params *params, struct absence *result)
{
    struct absence_list touching = { 0 };
    int32_t from = params->from, to = params->to;
    if (to < from)
        return call_fail(call, INVALID, "to", _("the last day comes before the first"));
    if (sql_absence_touching(call, &(struct absence_touching_params){ params->person, from, to },
                             &touching) ||
        new_id(call, &result->id))
        return call->error.code;
    for (size_t i = 0; i < touching.items_count; i++) {
        const struct absence *old = &touching.items[i];
        from = old->from < from ? old->from : from;
        to = old->to > to ? old->to : to;
        result->id = touching.items[0].id;
        if (sql_absence_delete(call, &(struct absence_delete_params){ .id = old->id }))
            return call->error.code;
    }
    undo_joining(call, result->id, &touching);
    *result = (struct absence){ .id = result->id, .person = params->person, .from = from, .to = to };
    if (sql_absence_insert(call, &(struct absence_insert_params){ result->id, params->person, from, to }))
        return call->error.code;
    return ripple(call, params->person);
}

enum code absence_remove(struct call *call, const struct absence_remove_params *params,
                         struct absence *result)
{
    struct sabbatical_is_anothers_row owner = { 0 };
    if (sql_sabbatical_is_anothers(call, &(struct sabbatical_is_anothers_params){ .absence = params->id },
                                   &owner) == OK)
        return call_fail(call, CONFLICT, "id", _("these days belong to %s; withdraw or cancel that instead"),
                         owner.sabbatical);
    if (sql_absence_row(call, &(struct absence_row_params){ .id = params->id }, result) ||
        sql_absence_delete(call, &(struct absence_delete_params){ .id = params->id }) ||
        outbox_look_again(call, result->person))
        return call->error.code;
    return ripple(call, result->person);
}

enum code absence_list(struct call *call, const struct absence_list_params *params,
                       struct absence_list_result *result)
{
    return sql_absence_list(call, params, result);
}
