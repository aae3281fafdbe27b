/* SPDX-License-Identifier: MIT */
/*
 * Sabbatical weeks: requested, waiting in line, approved, taken back. A place is held from the moment it is
 * given, so of two who ask for the last one only one gets it; whatever frees a place makes the line move up
 * by itself.
 */
#include "sabbatical.h"

#include "outbox.h"
#include "publish.h"
#include "reminder.h"
#include "sabbatical_room.h"
#include "store.h"

#include <inttypes.h>
#include <string.h>

enum { ANSWER_WORKING_DAYS = 3, NIGHT_HOUR = 1 };

enum code sabbatical_recheck(struct call *call)
{
    return job_at(call, "sabbatical.move_up", "all", call->now);
}

static enum code find(struct call *call, const char *id, struct sabbatical *booking)
{
    return sql_sabbatical_row(call, &(struct sabbatical_row_params){ .id = id }, booking);
}

/* Every change of a booking is told, and its answer is the booking as it is now. */
static enum code tell(struct call *call, const char *id, struct sabbatical *result)
{
    *result = (struct sabbatical){ 0 };
    if (find(call, id, result))
        return call->error.code;
    const struct sabbatical_changed_event event = { .id = id,
                                                    .person = result->person,
                                                    .state = (enum sabbatical_state)result->state };
    return tell_sabbatical_changed(call, &event);
}

static enum code set_state(struct call *call, const char *id, enum sabbatical_state state, const char *reason)
{
    return sql_sabbatical_set_state(
        call, &(struct sabbatical_set_state_params){ .id = id, .state = state, .reason = reason });
}

static enum code refuse_state(struct call *call, const struct sabbatical *booking)
{
    return call_fail(call, CONFLICT, "id", _("%s is %s, so this cannot be done"), booking->id,
                     record_sabbatical_set_state_params.fields[1].words[booking->state]);
}

/* ---- telling people ---- */

static struct notice notice_of(enum notice_kind kind, const struct sabbatical *booking)
{
    return (struct notice){ .kind = kind,
                            .person = booking->person,
                            .subject = booking->id,
                            .title = *booking->project ? booking->project : NULL,
                            .detail = booking->reason,
                            .when = MOMENT_ON(booking->from) };
}

static enum code tell_person(struct call *call, enum notice_kind kind, const struct sabbatical *booking)
{
    struct notice notice = notice_of(kind, booking);
    notice.other = call->actor->person;
    return notify(call, &notice);
}

static enum code tell_lead(struct call *call, enum notice_kind kind, const struct sabbatical *booking)
{
    struct notice notice = notice_of(kind, booking);
    notice.other = booking->person;
    return notify_lead(call, booking->person, &notice);
}

/* What is approved is reminded of: before its first day, and after its last one. */
static enum code remind(struct call *call, const struct sabbatical *booking)
{
    struct happening start = { .about = REMINDER_RULE_ABOUT_SABBATICAL,
                               .subject = booking->id,
                               .person = booking->person,
                               .title = booking->project,
                               .when = MOMENT_ON(booking->from) };
    struct happening end = start;
    end.about = REMINDER_RULE_ABOUT_SABBATICAL_END;
    end.when = MOMENT_ON(booking->to);
    if (reminder_happens(call, &start))
        return call->error.code;
    return reminder_happens(call, &end);
}

static enum code forget_reminders(struct call *call, const char *id)
{
    if (reminder_gone(call, REMINDER_RULE_ABOUT_SABBATICAL, id))
        return call->error.code;
    return reminder_gone(call, REMINDER_RULE_ABOUT_SABBATICAL_END, id);
}

/* The absence goes, and with it what was planned around it. */
static enum code give_back(struct call *call, const char *id, const char *person)
{
    if (sql_sabbatical_absence_delete(call, &(struct sabbatical_absence_delete_params){ .sabbatical = id }) ||
        publish_soon(call) || forget_reminders(call, id) || outbox_look_again(call, person))
        return call->error.code;
    return sabbatical_recheck(call);
}

/* ---- asking for one ---- */

static enum code insert(struct call *call, const struct sabbatical_request_params *params, struct block block,
                        const char *wait, const char **id)
{
    struct sabbatical_next_number_row next = { 0 };
    if (sql_sabbatical_next_number(call, &next))
        return call->error.code;
    *id = arena_print(&call->arena, "sabbatical-%" PRId64, next.number);
    const struct sabbatical_insert_params insert = {
        .number = next.number,
        .id = *id,
        .person = params->person,
        .from = block.from,
        .to = block.to,
        .project = params->project,
        .state = wait ? SABBATICAL_STATE_QUEUED : SABBATICAL_STATE_REQUESTED,
        .reason = wait,
    };
    return sql_sabbatical_insert(call, &insert);
}

enum code sabbatical_request(struct call *call, const struct sabbatical_request_params *params,
                             struct sabbatical *result)
{
    const struct room *room;
    const char *refusal, *id = NULL;
    struct block block;
    if (room_load(call, params->person, params->starts_on, params->starts_on, NULL, &room))
        return call->error.code;
    if (!room_block(room, params->starts_on, &block))
        return call_fail(call, CONFLICT, "starts_on",
                         _("is a closed day; a sabbatical begins on a working day"));
    if ((refusal = room_refusal(call, room, block)))
        return call_fail(call, CONFLICT, "starts_on", "%s", refusal);
    if (insert(call, params, block, room_wait(call, room, block), &id))
        return call->error.code;
    if (tell(call, id, result))
        return call->error.code;
    return result->state == SABBATICAL_STATE_QUEUED ? tell_person(call, NOTICE_SABBATICAL_QUEUED, result)
                                                    : tell_lead(call, NOTICE_SABBATICAL_REQUESTED, result);
}

enum code sabbatical_accept(struct call *call, const struct sabbatical_accept_params *params,
                            struct sabbatical *result)
{
    struct sabbatical booking = { 0 };
    if (find(call, params->id, &booking))
        return call->error.code;
    if (booking.state != SABBATICAL_STATE_QUEUED || !booking.asked_until)
        return call_fail(call, CONFLICT, "id",
                         _("there is no place to take yet; you are told when there is"));
    if (set_state(call, params->id, SABBATICAL_STATE_REQUESTED, NULL))
        return call->error.code;
    if (notice_settled(call, NOTICE_SABBATICAL_ROOM, params->id) || tell(call, params->id, result))
        return call->error.code;
    return tell_lead(call, NOTICE_SABBATICAL_REQUESTED, result);
}

/* ---- deciding ---- */

static enum code make_absence(struct call *call, const struct sabbatical *booking)
{
    const struct sabbatical_absence_insert_params insert = { booking->id, booking->person, booking->from,
                                                             booking->to, booking->id };
    if (sql_sabbatical_absence_insert(call, &insert) || publish_soon_for_person(call, booking->person))
        return call->error.code;
    return tell_absence_changed(call, &(struct absence_changed_event){ .person = booking->person });
}

/* A place is held since the request, but the rules may have changed since: they are asked again. */
enum code sabbatical_approve(struct call *call, const struct sabbatical_approve_params *params,
                             struct sabbatical *result)
{
    struct sabbatical booking = { 0 };
    const struct room *room;
    if (find(call, params->id, &booking))
        return call->error.code;
    if (booking.state != SABBATICAL_STATE_REQUESTED)
        return refuse_state(call, &booking);
    if (room_load(call, booking.person, booking.from, booking.from, booking.id, &room))
        return call->error.code;
    const char *wait = room_wait(call, room, (struct block){ booking.from, booking.to });
    if (wait)
        return call_fail(call, CONFLICT, "id", _("there is no room any more: %s"), wait);
    if (set_state(call, params->id, SABBATICAL_STATE_APPROVED, NULL) || make_absence(call, &booking))
        return call->error.code;
    if (notice_settled(call, NOTICE_SABBATICAL_REQUESTED, params->id) || tell(call, params->id, result) ||
        remind(call, result))
        return call->error.code;
    return tell_person(call, NOTICE_SABBATICAL_APPROVED, result);
}

/* The place stays taken meanwhile, so nobody else can get it. */
enum code sabbatical_reopen(struct call *call, const struct sabbatical_reopen_params *params,
                            struct sabbatical *result)
{
    struct sabbatical booking = { 0 };
    if (find(call, params->id, &booking))
        return call->error.code;
    if (booking.state != SABBATICAL_STATE_APPROVED)
        return refuse_state(call, &booking);
    if (booking.from <= call_today(call))
        return call_fail(call, CONFLICT, "id",
                         _("it has begun already; sabbatical.cancel ends what is left"));
    if (set_state(call, params->id, SABBATICAL_STATE_REQUESTED, NULL) ||
        give_back(call, params->id, booking.person))
        return call->error.code;
    if (tell(call, params->id, result))
        return call->error.code;
    return tell_person(call, NOTICE_SABBATICAL_REOPENED, result);
}

enum code sabbatical_decline(struct call *call, const struct sabbatical_decline_params *params,
                             struct sabbatical *result)
{
    struct sabbatical booking = { 0 };
    if (find(call, params->id, &booking))
        return call->error.code;
    if (booking.state != SABBATICAL_STATE_REQUESTED && booking.state != SABBATICAL_STATE_QUEUED)
        return refuse_state(call, &booking);
    if (set_state(call, params->id, SABBATICAL_STATE_DECLINED, params->reason) || sabbatical_recheck(call))
        return call->error.code;
    if (notice_settled(call, NOTICE_SABBATICAL_REQUESTED, params->id) || tell(call, params->id, result))
        return call->error.code;
    return tell_person(call, NOTICE_SABBATICAL_DECLINED, result);
}

enum code sabbatical_cancel(struct call *call, const struct sabbatical_cancel_params *params,
                            struct sabbatical *result)
{
    struct sabbatical booking = { 0 };
    if (find(call, params->id, &booking))
        return call->error.code;
    if (booking.state != SABBATICAL_STATE_APPROVED)
        return refuse_state(call, &booking);
    if (set_state(call, params->id, SABBATICAL_STATE_CANCELLED, params->reason) ||
        give_back(call, params->id, booking.person))
        return call->error.code;
    if (tell(call, params->id, result))
        return call->error.code;
    return tell_person(call, NOTICE_SABBATICAL_CANCELLED, result);
}

enum code sabbatical_withdraw(struct call *call, const struct sabbatical_withdraw_params *params,
                              struct sabbatical *result)
{
    struct sabbatical booking = { 0 };
    if (find(call, params->id, &booking))
        return call->error.code;
    if (booking.state > SABBATICAL_STATE_APPROVED)
        return refuse_state(call, &booking);
    if (booking.state == SABBATICAL_STATE_APPROVED && booking.from <= call_today(call))
        return call_fail(call, CONFLICT, "id", _("it has begun already; a lead can cancel what is left"));
    if (set_state(call, params->id, SABBATICAL_STATE_WITHDRAWN, NULL) ||
        give_back(call, params->id, booking.person))
        return call->error.code;
    if (notice_settled(call, NOTICE_SABBATICAL_REQUESTED, params->id) ||
        notice_settled(call, NOTICE_SABBATICAL_ROOM, params->id) || tell(call, params->id, result))
        return call->error.code;
    return tell_lead(call, NOTICE_SABBATICAL_WITHDRAWN, result);
}

/* ---- looking ---- */

enum code sabbatical_show(struct call *call, const struct sabbatical_show_params *params,
                          struct sabbatical *result)
{
    return find(call, params->id, result);
}

static void days_of_year(struct call *call, const int64_t *given, int32_t *from, int32_t *until)
{
    int year = given ? (int)*given : day_to_civil(call_today(call)).year;
    *from = day_from_civil((struct civil){ year, 1, 1 });
    *until = day_from_civil((struct civil){ year, 12, 31 });
}

enum code sabbatical_list(struct call *call, const struct sabbatical_list_params *params,
                          struct sabbatical_list_result *result)
{
    struct sabbatical_rows_params rows = { .person = params->person,
                                           .sees_all = actor_has(call->actor, ROLE_ADMIN) };
    struct sabbatical_list list = { 0 };
    days_of_year(call, params->year, &rows.from, &rows.until);
    if (sql_sabbatical_rows(call, &rows, &list))
        return call->error.code;
    result->items = list.items;
    result->items_count = list.items_count;
    return OK;
}

enum code sabbatical_free(struct call *call, const struct sabbatical_free_params *params,
                          struct sabbatical_free_result *result)
{
    const struct room *room;
    int32_t from, until;
    struct block block;
    days_of_year(call, params->year, &from, &until);
    if (room_load(call, params->person, from, until, NULL, &room))
        return call->error.code;
    result->items = arena_take(&call->arena, (size_t)(until - from + 1) * sizeof *result->items);
    for (int32_t day = from; day <= until; day++) {
        if (!room_block(room, day, &block))
            continue;
        const char *reason = room_refusal(call, room, block);
        reason = reason ? reason : room_wait(call, room, block);
        result->items[result->items_count++] = (struct possible_start){
            .starts_on = day, .ends_on = block.to, .is_free = !reason, .reason = reason
        };
    }
    return OK;
}

/* ---- afterwards ---- */

enum code sabbatical_report(struct call *call, const struct sabbatical_report *params,
                            struct sabbatical *result)
{
    struct sabbatical booking = { 0 };
    if (find(call, params->id, &booking))
        return call->error.code;
    bool has_begun = booking.from <= call_today(call);
    if ((booking.state != SABBATICAL_STATE_APPROVED && booking.state != SABBATICAL_STATE_DONE) || !has_begun)
        return call_fail(call, CONFLICT, "id", _("there is nothing to report yet"));
    if (sql_sabbatical_report_put(call, params))
        return call->error.code;
    if (reminder_settled(call, REMINDER_RULE_ABOUT_SABBATICAL_END, params->id))
        return call->error.code;
    return tell(call, params->id, result);
}

/* ---- jobs ---- */

/* There is room for who waits: asked, the person holds the place for some working days. */
static enum code ask(struct call *call, const struct sabbatical *waiting)
{
    const struct calendar *calendar;
    struct sabbatical asked;
    int32_t until = call_today(call) + ANSWER_WORKING_DAYS;
    if (company_calendar(call, &calendar))
        return call->error.code;
    calendar_add(calendar, call_today(call), ANSWER_WORKING_DAYS, &until);
    if (sql_sabbatical_ask(call, &(struct sabbatical_ask_params){ .id = waiting->id, .until = until }))
        return call->error.code;
    if (tell(call, waiting->id, &asked))
        return call->error.code;
    return tell_person(call, NOTICE_SABBATICAL_ROOM, &asked);
}

enum code sabbatical_move_up(struct call *call, const char *subject, int64_t due_at)
{
    struct sabbatical_list waiting = { 0 };
    (void)subject;
    (void)due_at;
    if (sql_sabbatical_waiting(call, &waiting))
        return call->error.code;
    for (size_t i = 0; i < waiting.items_count; i++) {
        const struct sabbatical *booking = &waiting.items[i];
        const struct room *room;
        if (booking->asked_until || booking->from <= call_today(call))
            continue;
        if (room_load(call, booking->person, booking->from, booking->from, booking->id, &room))
            return call->error.code;
        const char *wait = room_wait(call, room, (struct block){ booking->from, booking->to });
        const struct sabbatical_keep_waiting_params why = { .id = booking->id, .reason = wait ? wait : "" };
        if (wait ? sql_sabbatical_keep_waiting(call, &why) : ask(call, booking))
            return call->error.code;
    }
    return OK;
}

/* Who was asked and did not answer goes to the end of the line, and the next one is asked. */
static enum code pass_over_silent(struct call *call)
{
    struct sabbatical_list waiting = { 0 };
    if (sql_sabbatical_waiting(call, &waiting))
        return call->error.code;
    for (size_t i = 0; i < waiting.items_count; i++) {
        const struct sabbatical *booking = &waiting.items[i];
        struct sabbatical passed;
        if (!booking->asked_until || *booking->asked_until >= call_today(call))
            continue;
        if (sql_sabbatical_pass_over(call, &(struct sabbatical_pass_over_params){ .id = booking->id }) ||
            tell(call, booking->id, &passed) || sabbatical_recheck(call))
            return call->error.code;
    }
    return OK;
}

/* What was approved is done; what was never answered has come to nothing, and says so. */
static enum code end_over(struct call *call)
{
    struct sabbatical_over_row_list over = { 0 };
    struct sabbatical ended;
    if (sql_sabbatical_over(call, &over))
        return call->error.code;
    for (size_t i = 0; i < over.items_count; i++) {
        bool was_approved = over.items[i].state == SABBATICAL_STATE_APPROVED;
        const char *reason = was_approved ? NULL : _("nobody answered before it would have been over");
        if (set_state(call, over.items[i].id,
                      was_approved ? SABBATICAL_STATE_DONE : SABBATICAL_STATE_DECLINED, reason) ||
            tell(call, over.items[i].id, &ended))
            return call->error.code;
    }
    return OK;
}

static enum code tomorrow_night(struct call *call, int64_t *at)
{
    const struct zone *zone;
    if (company_zone(call, &zone))
        return call->error.code;
    *at = zone_instant(zone, (int64_t)(call_today(call) + 1) * DAY_SECONDS + NIGHT_HOUR * 3600);
    return OK;
}

enum code sabbatical_end_day(struct call *call, const char *subject, int64_t due_at)
{
    int64_t next = 0;
    (void)due_at;
    if (pass_over_silent(call) || end_over(call) || tomorrow_night(call, &next))
        return call->error.code;
    return job_at(call, "sabbatical.end_day", subject, next);
}
