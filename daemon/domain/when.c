/* SPDX-License-Identifier: MIT */
#include "when.h"

#include "error.h"
#include "say.h"

const char *when_days(struct call *call, int32_t from, int32_t to)
{
    const char *end = say_full_day(&call->arena, to);
    struct civil first = day_to_civil(from), last = day_to_civil(to);
    if (from == to)
        return end;
    if (first.year != last.year)
        return arena_print(&call->arena, _("%s to %s"), say_full_day(&call->arena, from), end);
    /* translators: weekday, day and month of the first day; then the last day with its year */
    return arena_print(&call->arena, _("%s %d %s to %s"), say_weekday(day_weekday(from)), first.day,
                       say_month(first.month), end);
}

const struct zone *when_zone(struct call *call, const char *name, const struct zone *home)
{
    const struct zone *zone;
    struct error ignored;
    return name && zones_find(call->zones, name, "zone", &zone, &ignored) == OK ? zone : home;
}

const char *when_instant(struct call *call, int64_t at, const struct zone *reader, const struct zone *home)
{
    int64_t local = zone_local(reader, at);
    const char *text = say_full_time(&call->arena, local);
    if (local == zone_local(home, at))
        return text;
    return arena_print(&call->arena, "%s (%s)", text, zone_name(reader));
}
