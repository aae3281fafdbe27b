/* SPDX-License-Identifier: MIT */
/* Where on the calendar lies what somebody typed. Days alone are reckoned here; zones are the service's. */
#include "when.h"

#include "say.h"

#include <string.h>

enum { WEEK_DAYS = 7, MONTHS = 12, LEAP_YEARS_APART = 8, YEAR_LAST = 9999 };

bool when_needs_now(const struct when *when)
{
    return !when->is_instant && !(when->form == WHEN_CIVIL && when->civil.year) &&
           !(when->form == WHEN_WEEK && when->week_year);
}

/* Monday of the week of a day. */
static int32_t monday_of(int32_t day)
{
    return day - (int32_t)day_weekday(day);
}

/* The week with 4 January in it is the first one: ISO 8601. */
static int32_t monday_of_week(int year, int week)
{
    return monday_of(day_from_civil((struct civil){ year, 1, 4 })) + (week - 1) * WEEK_DAYS;
}

static bool has_week(int year, int week)
{
    return monday_of_week(year, week) < monday_of_week(year + 1, 1);
}

struct settling {
    const struct field *field;
    const struct when *when;
    int32_t today;
    int64_t clock; /* seconds of today that have gone by; what has a time and has passed is not to come */
    struct arena *arena;
    struct error *error;
};

/* The first day from today on that is still to come, at the time that was said. */
static bool is_to_come(const struct settling *settling, int32_t day)
{
    if (day != settling->today || !settling->when->has_time)
        return day >= settling->today;
    return settling->when->time > settling->clock;
}

static enum code refuse_beyond(const struct settling *settling)
{
    return fail(settling->error, INVALID, settling->field->name, _("this lies beyond the calendar"));
}

/* ---- each form ---- */

/* 29 February is up to eight years away: 2096 and 2104 are leap years, 2100 is none. */
static enum code settle_civil(const struct settling *settling, int32_t *day)
{
    struct civil civil = settling->when->civil;
    int first = civil.year ? civil.year : day_to_civil(settling->today).year;
    for (civil.year = first; civil.year <= first + LEAP_YEARS_APART; civil.year++) {
        if (!civil_is_valid(civil))
            continue;
        *day = day_from_civil(civil);
        if (settling->when->civil.year || is_to_come(settling, *day))
            return OK;
    }
    return refuse_beyond(settling);
}

static int32_t settle_weekday(const struct settling *settling)
{
    int32_t today = settling->today, weekday = settling->when->weekday;
    int32_t ahead = (weekday - (int32_t)day_weekday(today) + WEEK_DAYS) % WEEK_DAYS;
    if (settling->when->count < 0)
        return today + ahead - WEEK_DAYS;
    return today + ahead + (is_to_come(settling, today + ahead) ? 0 : WEEK_DAYS);
}

static enum code settle_week(const struct settling *settling, int32_t *monday)
{
    int week = settling->when->week, year = settling->when->week_year, this_year;
    if (!year) {
        say_week(settling->today, &this_year);
        bool is_over = monday_of_week(this_year, week) + WEEK_DAYS <= settling->today;
        year = this_year + (is_over || !has_week(this_year, week));
    }
    *monday = monday_of_week(year, week);
    if (has_week(year, week))
        return OK;
    return fail(settling->error, INVALID, settling->field->name,
                _("%d has no week %d; say which year, as in: week %d %d"), year, week, week,
                2020 /* has one */);
}

/* A month on from the 31st is the last day of a shorter month. */
static int32_t add_months(int32_t day, int months)
{
    struct civil civil = day_to_civil(day);
    int month = civil.year * MONTHS + civil.month - 1 + months;
    civil.year = month / MONTHS;
    civil.month = month % MONTHS + 1;
    while (civil.day > 28 && !civil_is_valid(civil))
        civil.day--;
    return day_from_civil(civil);
}

static enum code settle_distance(const struct settling *settling, int32_t *day)
{
    const int most = YEAR_LAST * 366;
    int count = settling->when->count;
    bool is_far = settling->when->unit == UNIT_YEAR ? count > YEAR_LAST || count < -YEAR_LAST
                                                    : count > most || count < -most;
    int32_t today = settling->today, years = day_to_civil(today).year;
    if (is_far)
        return refuse_beyond(settling);
    int months = settling->when->unit == UNIT_YEAR ? count * MONTHS : count;
    if (settling->when->unit >= UNIT_MONTH &&
        (years + months / MONTHS < 2 || years + months / MONTHS >= YEAR_LAST))
        return refuse_beyond(settling);
    *day = settling->when->unit >= UNIT_MONTH  ? add_months(today, months)
           : settling->when->unit == UNIT_WEEK ? today + count * WEEK_DAYS
                                               : today + count;
    return OK;
}

static enum code settle_day(const struct settling *settling, int32_t *day)
{
    const struct when *when = settling->when;
    int32_t on = when->weekday == NO_WEEKDAY ? MONDAY : when->weekday;
    enum code code = OK;
    switch (when->form) {
    case WHEN_CIVIL: return settle_civil(settling, day);
    case WHEN_WEEKDAY: *day = settle_weekday(settling); return OK;
    case WHEN_WEEK:
        code = settle_week(settling, day);
        *day += code ? 0 : on;
        return code;
    case WHEN_NEAR_WEEK: *day = monday_of(settling->today) + when->count * WEEK_DAYS + on; return OK;
    case WHEN_FROM_NOW: return settle_distance(settling, day);
    case WHEN_NO_DAY: *day = settling->today + !is_to_come(settling, settling->today); return OK;
    }
    return OK;
}

/* ---- all of it ---- */

static enum code check_place(const struct settling *settling, const struct when_place *place)
{
    const struct when *when = settling->when;
    if (place->day < DAY_FIRST || day_to_civil(place->day).year > YEAR_LAST)
        return refuse_beyond(settling);
    if (when->form != WHEN_CIVIL || when->weekday == NO_WEEKDAY ||
        when->weekday == (int)day_weekday(place->day))
        return OK;
    return fail(settling->error, INVALID, settling->field->name,
                _("this is understood as %s, which is no %s; leave out one of the two"),
                when_say(place, settling->arena), say_weekday((enum weekday)when->weekday));
}

/* "in two hours" is so much later by any clock; where a time on the wall is wanted, by the one on the wall.
 */
static enum code settle_hours(const struct settling *settling, const struct when_now *now,
                              struct when_place *place)
{
    int64_t seconds = (int64_t)settling->when->count * (settling->when->unit == UNIT_HOUR ? 3600 : 60);
    *place = (struct when_place){ .has_time = true,
                                  .is_instant = settling->field->kind == KIND_MOMENT,
                                  .local = now->local + seconds,
                                  .instant = now->at + seconds };
    place->local -= place->local % 60;
    place->day = day_of_seconds(place->local);
    return check_place(settling, place);
}

enum code when_settle(const struct field *field, const struct when *when, const struct when_now *now,
                      struct when_place *place, struct arena *arena, struct error *error)
{
    struct settling settling = { .field = field, .when = when, .arena = arena, .error = error };
    *place = (struct when_place){ .has_time = when->has_time };
    if (when->is_instant) {
        *place = (struct when_place){ .has_time = true, .is_instant = true, .instant = when->instant };
        return OK;
    }
    if (now) {
        settling.today = day_of_seconds(now->local);
        settling.clock = now->local - (int64_t)settling.today * DAY_SECONDS;
    }
    if (when->form == WHEN_FROM_NOW && when->unit <= UNIT_HOUR)
        return settle_hours(&settling, now, place);
    if (settle_day(&settling, &place->day))
        return error->code;
    place->local = (int64_t)place->day * DAY_SECONDS + when->time;
    return check_place(&settling, place);
}

void when_store(const struct field *field, const struct when_place *place, void *value, struct arena *arena)
{
    switch (field->kind) {
    case KIND_DATE: *(int32_t *)value = place->day; return;
    case KIND_LOCAL: *(int64_t *)value = place->local; return;
    default: break;
    }
    char *text = arena_take(arena, INSTANT_TEXT_SIZE);
    *(const char **)value = place->is_instant ? instant_print(place->instant, text)
                            : place->has_time ? local_print(place->local, text)
                                              : day_print(place->day, text);
}

const char *when_say(const struct when_place *place, struct arena *arena)
{
    if (place->is_instant)
        return arena_print(arena, _("%s in UTC"), say_full_time(arena, place->instant));
    return place->has_time ? say_full_time(arena, place->local) : say_full_day(arena, place->day);
}
