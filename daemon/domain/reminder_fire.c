/* SPDX-License-Identifier: MIT */
/*
 * Firing: what becomes of reminders whose time has come. The invariant: each that is looked at leaves with a
 * new state or a later time, so none is looked at twice and none is lost; a few at a time, so that nobody
 * waits for thousands.
 */
#include "invitation.h"
#include "log.h"
#include "outbox.h"
#include "reminder_plan.h"
#include "store.h"

#include <string.h>

enum { AT_ONCE = 20 };

static bool has_channel(const struct reminder_open_row *reminder, const char *channel)
{
    for (size_t i = 0; i < reminder->channels_count; i++)
        if (strcmp(reminder->channels[i], channel) == 0)
            return true;
    return !reminder->rule; /* a notice goes everywhere */
}

static enum code expire(struct call *call, const char *id, const char *why)
{
    return sql_reminder_fired(
        call, &(struct reminder_fired_params){ .id = id, .state = REMINDER_STATE_EXPIRED, .why = why });
}

static bool is_late(const struct call *call, const struct reminder_open_row *reminder)
{
    return outbox_coalesces(reminder) && call->now - reminder->wanted_at > OUTBOX_LATE_SECONDS;
}

/* Nobody in particular is told, so nobody need answer, nor is told over. */
static enum code post(struct call *call, const struct reminder_open_row *reminder)
{
    struct reminder_fired_params fired = { .id = reminder->id, .state = REMINDER_STATE_DUE };
    if (outbox_add_post(call, reminder, &fired.mail))
        return call->error.code;
    return sql_reminder_fired(call, &fired);
}

static enum code deliver(struct call *call, const struct reminder_days *days,
                         const struct reminder_open_row *reminder)
{
    struct reminder_fired_params fired = { .id = reminder->id, .state = REMINDER_STATE_DELIVERED };
    int64_t escalate_at;
    bool is_said;
    if (reminder->webhook)
        return post(call, reminder);
    if (invitation_says_it(call, reminder, &is_said))
        return call->error.code;
    if (reminder->email && has_channel(reminder, "mail") && !is_said) {
        fired.state = REMINDER_STATE_DUE;
        if (outbox_add(call, days, reminder, is_late(call, reminder), &fired.mail))
            return call->error.code;
    }
    if (reminder->acknowledge && reminder->escalate_days) {
        escalate_at = reminder_working_days_after(days, call->now, *reminder->escalate_days, NINE);
        fired.escalate_at = &escalate_at;
        if (reminder_wake(call, escalate_at))
            return call->error.code;
    }
    if (sql_reminder_fired(call, &fired))
        return call->error.code;
    return tell_reminder_due(call, &(struct reminder_due_event){ .reminder = reminder->id,
                                                                 .person = reminder->person,
                                                                 .subject = reminder->subject });
}

/* Whoever leads now is told, not who led when it was planned. */
static enum code find_lead_now(struct call *call, const struct reminder_open_row *reminder, bool *is_other)
{
    struct recipients leads = { 0 };
    bool is_for_lead = reminder->rule && reminder->other && strcmp(reminder->recipient, "lead") == 0 &&
                       reminder->state == REMINDER_STATE_SCHEDULED;
    *is_other = false;
    if (!is_for_lead)
        return OK;
    if (recipients_add_lead(call, reminder->other, &leads))
        return call->error.code;
    for (size_t i = 0; i < leads.count; i++)
        if (strcmp(leads.items[i].person, reminder->person) == 0)
            return OK;
    *is_other = leads.count > 0;
    for (size_t i = 0; i < leads.count; i++) {
        const char *person = leads.items[i].person;
        const char *id = reminder_id(call, reminder->rule, reminder->subject, reminder->occurrence,
                                     reminder->lead, person);
        if (plan_put(call, &(struct reminder_put_params){ .id = id,
                                                          .rule = reminder->rule,
                                                          .message = reminder->message,
                                                          .person = person,
                                                          .about = reminder->about,
                                                          .subject = reminder->subject,
                                                          .occurrence = reminder->occurrence,
                                                          .lead = reminder->lead,
                                                          .recipient = leads.items[i].why,
                                                          .title = reminder->title,
                                                          .local = reminder->local,
                                                          .is_day = reminder->is_day,
                                                          .other = reminder->other,
                                                          .wanted_at = reminder->wanted_at }))
            return call->error.code;
    }
    return OK;
}

static enum code fire(struct call *call, const struct reminder_days *days, const char *id)
{
    struct reminder_open_row reminder = { 0 };
    int64_t good;
    bool is_others;
    if (sql_reminder_open(call, &(struct reminder_open_params){ .id = id }, &reminder) ||
        find_lead_now(call, &reminder, &is_others))
        return call->error.code;
    if (is_others)
        return expire(call, id, "somebody else leads now");
    if (reminder.left_on && *reminder.left_on <= call_today(call))
        return expire(call, id, "no longer here");
    bool any_day = reminder.days && *reminder.days == REMINDER_RULE_DAYS_ANY;
    int minutes = reminder.rule ? reminder_minutes_of(days, reminder.wanted_at) : NINE;
    if (reminder_moment_for(call, days, reminder.person, any_day, call->now, minutes, &good))
        return call->error.code;
    if (outbox_is_useless(&reminder, good))
        return expire(call, id, "too late to be of use");
    if (good == call->now)
        return deliver(call, days, &reminder);
    return sql_reminder_postpone(call, &(struct reminder_postpone_params){ .id = id, .due_at = good });
}

/* One that cannot be fired must not stop the others, nor come back for ever. */
static enum code fire_or_fail(struct call *call, const struct reminder_days *days, const char *id)
{
    store_nested_begin(call->store);
    enum code code = fire(call, days, id);
    store_nested_end(call->store, code == OK);
    if (code == OK || code == STORAGE_FULL || code == UNAVAILABLE)
        return code;
    log_write(LOG_LEVEL_ERROR, "a reminder could not be fired", "REMINDER", id, "CODE", code_word(code),
              "REASON", call->error.text, NULL);
    return sql_reminder_fired(call, &(struct reminder_fired_params){ .id = id,
                                                                     .state = REMINDER_STATE_FAILED,
                                                                     .why = "a fault of the service" });
}

/* ---- no answer ---- */

static enum code escalate(struct call *call, const char *id)
{
    struct reminder_open_row reminder = { 0 };
    if (sql_reminder_open(call, &(struct reminder_open_params){ .id = id }, &reminder) ||
        sql_reminder_escalated(call, &(struct reminder_escalated_params){ .id = id }))
        return call->error.code;
    const struct notice notice = { .kind = NOTICE_ESCALATION,
                                   .subject = reminder.id,
                                   .occurrence = "escalation",
                                   .title = reminder.rule_title ? reminder.rule_title : reminder.title,
                                   .other = reminder.person };
    if (reminder.escalate_to && *reminder.escalate_to == REMINDER_RULE_ESCALATE_TO_ADMINS)
        return notify(call, &notice);
    return notify_lead(call, reminder.person, &notice);
}

static enum code escalate_due(struct call *call)
{
    struct reminder_escalations_row_list unanswered = { 0 };
    const struct reminder_escalations_params params = { .until = call->now, .limit = AT_ONCE };
    if (sql_reminder_escalations(call, &params, &unanswered))
        return call->error.code;
    for (size_t i = 0; i < unanswered.items_count; i++)
        if (escalate(call, unanswered.items[i].id))
            return call->error.code;
    return OK;
}

/* ---- the job ---- */

static enum code wake_for_next(struct call *call)
{
    struct reminder_next_due_row due = { 0 };
    struct reminder_next_escalation_row escalation = { 0 };
    enum code code = sql_reminder_next_due(call, &due);
    if (code == OK)
        code = reminder_wake(call, due.due_at);
    if (code && code != NOT_FOUND)
        return code;
    code = sql_reminder_next_escalation(call, &escalation);
    if (code)
        return code == NOT_FOUND ? OK : code;
    return reminder_wake(call, escalation.escalate_at);
}

enum code reminder_fire_job(struct call *call, const char *subject, int64_t due_at)
{
    struct reminder_due_ids_row_list due = { 0 };
    struct reminder_days days;
    bool is_held;
    if (outbox_is_held(call, &is_held))
        return call->error.code;
    if (is_held)
        return outbox_park(call, "reminder.fire", subject, due_at);
    if (reminder_days_load(call, &days) ||
        sql_reminder_due_ids(call, &(struct reminder_due_ids_params){ .until = call->now, .limit = AT_ONCE },
                             &due))
        return call->error.code;
    for (size_t i = 0; i < due.items_count; i++)
        if (fire_or_fail(call, &days, due.items[i].id))
            return call->error.code;
    if (escalate_due(call))
        return call->error.code;
    return wake_for_next(call);
}
