/* SPDX-License-Identifier: MIT */
/* The inbox: a person's reminders, and what the person does about them. */
#include "reminder.h"

#include "day.h"
#include "message.h"
#include "reminder_plan.h"
#include "slot.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

/* Turns are no secret; what a sabbatical is for is, and so is what somebody has not done. */
static bool is_private(const struct reminder_open_row *row)
{
    return strncmp(row->message, "sabbatical", 10) == 0 || strcmp(row->message, "escalation") == 0 ||
           (row->about && strncmp(row->about, "sabbatical", 10) == 0);
}

enum code reminder_is_for_caller(struct call *call, const struct reminder_open_row *row, bool *is_for_caller)
{
    const char *caller = call->actor->person;
    *is_for_caller = true;
    if (!caller || actor_has(call->actor, ROLE_ADMIN) || !row->person || strcmp(caller, row->person) == 0 ||
        !row->other || strcmp(row->other, row->person) == 0 || strcmp(row->other, caller) == 0 ||
        !is_private(row))
        return OK;
    enum code code = sql_access_lead_person(call, &(struct access_lead_person_params){ .id = row->other },
                                            &(struct access_lead_person_row){ 0 });
    *is_for_caller = code == OK;
    return code == NOT_FOUND ? OK : code;
}

const char *reminder_of_others(void)
{
    return _("This is about somebody whom you do not lead.");
}

static enum code fill_reminder(struct call *call, const struct reminder_open_row *row,
                               struct reminder *reminder)
{
    struct message_text text;
    bool is_for_caller;
    if (message_render(call, row, &text) || reminder_is_for_caller(call, row, &is_for_caller))
        return call->error.code;
    if (!is_for_caller)
        text = (struct message_text){ .subject = reminder_of_others(), .body = reminder_of_others() };
    *reminder = (struct reminder){ .id = row->id,
                                   .rule = row->rule,
                                   .person = row->person,
                                   .webhook = row->webhook,
                                   .subject = row->subject,
                                   .title = text.subject,
                                   .due_at = row->due_at,
                                   .state = row->state,
                                   .lead = row->lead,
                                   .acknowledge = row->acknowledge,
                                   .why = row->why };
    reminder->text = message_lines(call, &text);
    return OK;
}

static enum code find_reminder(struct call *call, const char *id, struct reminder *reminder)
{
    struct reminder_open_row row = { 0 };
    if (sql_reminder_open(call, &(struct reminder_open_params){ .id = id }, &row))
        return call->error.code;
    return fill_reminder(call, &row, reminder);
}

enum code reminder_list(struct call *call, const struct reminder_list_params *params,
                        struct reminder_list_result *result)
{
    struct reminder_ids_row_list ids = { 0 };
    const struct reminder_ids_params asked = { params->person, params->all, params->limit, params->after };
    if (sql_reminder_ids(call, &asked, &ids))
        return call->error.code;
    size_t most = (size_t)params->limit;
    size_t count = ids.items_count < most ? ids.items_count : most;
    struct reminder *items = arena_take(&call->arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        if (find_reminder(call, ids.items[i].id, &items[i]))
            return call->error.code;
    *result = (struct reminder_list_result){ .items = items, .items_count = count };
    if (ids.items_count > most)
        result->next = ids.items[count - 1].id;
    return OK;
}

enum code reminder_show(struct call *call, const struct reminder_show_params *params, struct reminder *result)
{
    return find_reminder(call, params->id, result);
}

/* ---- answering ---- */

static enum code leave_mail(struct call *call, const struct reminder_open_row *row)
{
    if (!row->mail || row->state != REMINDER_STATE_DUE)
        return OK;
    return sql_outbox_drop_empty(call, &(struct outbox_drop_empty_params){ .mail = row->mail });
}

enum code reminder_snooze(struct call *call, const struct reminder_snooze_params *params,
                          struct reminder *result)
{
    struct reminder_open_row row = { 0 };
    int64_t until;
    if (company_moment(call, "until", params->until, &until) ||
        sql_reminder_open(call, &(struct reminder_open_params){ .id = params->id }, &row))
        return call->error.code;
    if (until <= call->now)
        return call_fail(call, INVALID, "until", _("this time has passed"));
    if (row.state == REMINDER_STATE_DONE || row.state == REMINDER_STATE_EXPIRED)
        return call_fail(call, CONFLICT, "id", _("this reminder is over; it cannot be put off any more"));
    if (sql_reminder_set_snoozed(call,
                                 &(struct reminder_set_snoozed_params){ .id = params->id, .until = until }) ||
        leave_mail(call, &row) || reminder_wake(call, until))
        return call->error.code;
    return find_reminder(call, params->id, result);
}

enum code reminder_done(struct call *call, const struct reminder_done_params *params, struct reminder *result)
{
    struct reminder_open_row row = { 0 };
    if (sql_reminder_open(call, &(struct reminder_open_params){ .id = params->id }, &row))
        return call->error.code;
    if (row.state != REMINDER_STATE_DONE &&
        (sql_reminder_set_done(call, &(struct reminder_set_done_params){ .id = params->id }) ||
         leave_mail(call, &row) || notice_settled(call, NOTICE_ESCALATION, params->id)))
        return call->error.code;
    return find_reminder(call, params->id, result);
}
