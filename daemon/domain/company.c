/* SPDX-License-Identifier: MIT */
/* The company's days. Whatever changes them is told as company.changed, since plans depend on them. */
#include "company.h"

#include "day.h"
#include "outbox.h"
#include "publish.h"
#include "reminder.h"
#include "reminder_plan.h"
#include "sabbatical.h"
#include "store.h"

#include <string.h>

enum code company_zone(struct call *call, const struct zone **zone)
{
    struct company_zone_row row = { 0 };
    if (sql_company_zone(call, &row))
        return call->error.code;
    return zones_find(call->zones, row.zone, "zone", zone, &call->error);
}

enum code company_moment(struct call *call, const char *field, const char *text, int64_t *instant)
{
    const struct zone *zone;
    size_t length = strlen(text);
    int32_t day;
    int64_t local;
    if (instant_parse(text, length, instant))
        return OK;
    if (day_parse(text, length, &day))
        local = (int64_t)day * DAY_SECONDS + NINE * 60;
    else if (!local_parse(text, length, &local))
        return call_fail(call, INVALID, field, _("is no moment"));
    if (company_zone(call, &zone))
        return call->error.code;
    *instant = zone_instant(zone, local);
    return OK;
}

const char *company_called(struct call *call, const char *id)
{
    struct company_called_row row = { 0 };
    return sql_company_called(call, &(struct company_called_params){ .id = id }, &row) == OK ? row.name : id;
}

enum code company_calendar(struct call *call, const struct calendar **calendar)
{
    struct company company = { 0 };
    struct closure_all_row_list closures = { 0 };
    struct holiday_all_row_list holidays = { 0 };
    struct calendar *days = arena_take(&call->arena, sizeof *days);
    unsigned weekdays = 0;
    if (sql_company_show(call, &company) || sql_closure_all(call, &closures) ||
        sql_holiday_all(call, &holidays))
        return call->error.code;
    for (size_t i = 0; i < company.weekdays_count; i++)
        weekdays |= 1U << company.weekdays[i];
    calendar_reset(days, weekdays);
    for (size_t i = 0; i < closures.items_count; i++)
        calendar_close(days, closures.items[i].from, closures.items[i].to);
    for (size_t i = 0; i < holidays.items_count; i++)
        calendar_close(days, holidays.items[i].on, holidays.items[i].on);
    *calendar = days;
    return OK;
}

/* What is published stays where it is; who waits for a sabbatical may have room now. */
/* What waits for a working day may have to come on another one. */
static enum code tell_changed(struct call *call)
{
    if (reminder_days_changed(call) || outbox_look_again(call, NULL))
        return call->error.code;
    if (sabbatical_recheck(call) || publish_soon(call))
        return call->error.code;
    return tell_company_changed(call, &(struct company_changed_event){ 0 });
}

enum code company_change(struct call *call, const struct company_change_params *params,
                         struct company *result)
{
    const struct zone *zone;
    if (params->zone && zones_find(call->zones, params->zone, "zone", &zone, &call->error))
        return call->error.code;
    if (sql_company_update(call, params) || tell_changed(call))
        return call->error.code;
    return sql_company_show(call, result);
}

enum code closure_add(struct call *call, const struct closure *params, struct closure *result)
{
    if (params->to < params->from)
        return call_fail(call, INVALID, "to", _("the last day comes before the first"));
    if (sql_closure_insert(call, params))
        return call->error.code;
    *result = *params;
    return tell_changed(call);
}

enum code closure_remove(struct call *call, const struct closure_remove_params *params,
                         struct closure *result)
{
    if (sql_closure_row(call, &(struct closure_row_params){ .id = params->id }, result) ||
        sql_closure_delete(call, params))
        return call->error.code;
    return tell_changed(call);
}

static enum code forget_others(struct call *call, const struct holiday_import_params *params,
                               int64_t *removed)
{
    int32_t *kept = arena_take(&call->arena, (params->items_count + 1) * sizeof *kept);
    for (size_t i = 0; i < params->items_count; i++)
        kept[i] = params->items[i].on;
    const struct holiday_forget_params forget = { .from = *params->replace_from,
                                                  .kept = kept,
                                                  .kept_count = params->items_count };
    if (sql_holiday_forget(call, &forget))
        return call->error.code;
    *removed = store_changes(call->store);
    return OK;
}

enum code holiday_import(struct call *call, const struct holiday_import_params *params,
                         struct holiday_import_result *result)
{
    for (size_t i = 0; i < params->items_count; i++) {
        const struct holiday *holiday = &params->items[i];
        struct holiday_find_row old = { 0 };
        enum code code = sql_holiday_find(call, &(struct holiday_find_params){ .on = holiday->on }, &old);
        if (code && code != NOT_FOUND)
            return code;
        result->added += code == NOT_FOUND;
        result->changed += code == OK && strcmp(old.title, holiday->title) != 0;
        if (sql_holiday_put(call, holiday))
            return call->error.code;
    }
    if (params->replace_from && forget_others(call, params, &result->removed))
        return call->error.code;
    return tell_changed(call);
}
