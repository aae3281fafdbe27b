/* SPDX-License-Identifier: MIT */
#include "reminder_days.h"

#include "day.h"

enum code reminder_days_load(struct call *call, struct reminder_days *days)
{
    if (company_calendar(call, &days->calendar))
        return call->error.code;
    return company_zone(call, &days->zone);
}

enum code reminder_day_for(struct call *call, const struct reminder_days *days, const char *person,
                           bool any_day, int32_t day, int32_t *good)
{
    for (int32_t tried = day;;) {
        struct absence_over_row away = { 0 };
        if (!any_day && !calendar_next(days->calendar, tried, &tried))
            return *good = day, OK;
        if (!person)
            return *good = tried, OK;
        enum code code = sql_absence_over(
            call, &(struct absence_over_params){ .person = person, .day = tried }, &away);
        if (code == NOT_FOUND)
            return *good = tried, OK;
        if (code)
            return code;
        tried = away.last + 1;
    }
}

int reminder_minutes_of(const struct reminder_days *days, int64_t at)
{
    int64_t local = zone_local(days->zone, at);
    return (int)((local - (int64_t)day_of_seconds(local) * DAY_SECONDS) / 60);
}

enum code reminder_moment_for(struct call *call, const struct reminder_days *days, const char *person,
                              bool any_day, int64_t at, int minutes, int64_t *good)
{
    int32_t day = day_of_seconds(zone_local(days->zone, at)), free_day;
    if (reminder_day_for(call, days, person, any_day, day, &free_day))
        return call->error.code;
    *good = free_day == day
                ? at
                : zone_instant(days->zone, (int64_t)free_day * DAY_SECONDS + (int64_t)minutes * 60);
    return OK;
}

int64_t reminder_working_days_after(const struct reminder_days *days, int64_t at, int64_t count, int minutes)
{
    int32_t day = day_of_seconds(zone_local(days->zone, at));
    if (!calendar_add(days->calendar, day, (int32_t)count, &day))
        day += (int32_t)count;
    return zone_instant(days->zone, (int64_t)day * DAY_SECONDS + (int64_t)minutes * 60);
}
