/* SPDX-License-Identifier: MIT */
/*
 * Moving never changes the order of days, so two can only meet next to each other: remembering the day of the
 * last slot is enough.
 */
#include "slot.h"

/* The first day by the rule whose slot can lie on `day` or later: what is moved on came from after the last
 * working day before it, what is moved back from no earlier day. */
static int32_t first_source_day(const struct slot_source *source, int32_t day)
{
    int32_t working;
    if (!source->calendar || source->when_closed != CLOSED_NEXT)
        return day;
    return calendar_previous(source->calendar, day - 1, &working) ? working + 1 : CALENDAR_FIRST_DAY;
}

struct slots slots_from(const struct slot_source *source, int64_t from)
{
    int64_t start = (int64_t)CALENDAR_FIRST_DAY * DAY_SECONDS,
            end = (int64_t)(CALENDAR_LAST_DAY + 1) * DAY_SECONDS;
    from = from < start ? start : from > end ? end : from;
    /* A day early: a zone that skips a whole day (Apia, 2011-12-30) moves a slot to the next. */
    int32_t day = first_source_day(source, day_of_seconds(from) - 1);
    return (struct slots){ .source = *source,
                           .occurrences = occurrences_from(source->rule, (int64_t)day * DAY_SECONDS),
                           .from = from,
                           .last_day = INT32_MIN };
}

/* The day on which an occurrence takes place; false where it does not. */
static bool move(const struct slot_source *source, int32_t day, int32_t *moved)
{
    *moved = day;
    if (!source->calendar || source->when_closed == CLOSED_KEEP)
        return true;
    if (source->when_closed == CLOSED_NEXT)
        return calendar_next(source->calendar, day, moved);
    if (source->when_closed == CLOSED_PREVIOUS)
        return calendar_previous(source->calendar, day, moved);
    return !calendar_is_closed(source->calendar, day);
}

/* Asked after an occurrence was dropped, so that a company closed for good does not cost a search of
 * centuries. */
static bool has_more(const struct slot_source *source, int32_t on)
{
    int32_t working;
    return !source->calendar || source->when_closed == CLOSED_KEEP ||
           calendar_next(source->calendar, on, &working);
}

bool slots_next(struct slots *slots, struct slot *slot)
{
    const struct slot_source *source = &slots->source;
    struct occurrence occurrence;
    while (occurrences_next(&slots->occurrences, &occurrence)) {
        int32_t on = day_of_seconds(occurrence.local), day = on;
        bool is_kept = move(source, on, &day);
        int64_t starts_at = zone_instant(source->zone, occurrence.local + (int64_t)(day - on) * DAY_SECONDS);
        int64_t local = zone_local(source->zone, starts_at);
        if (!is_kept || day_of_seconds(local) == slots->last_day) {
            if (!has_more(source, on))
                return false;
            continue;
        }
        slots->last_day = day_of_seconds(local);
        if (local < slots->from)
            continue;
        *slot = (struct slot){ .n = occurrence.n, .on = on, .local = local, .starts_at = starts_at };
        return true;
    }
    return false;
}
