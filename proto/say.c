/* SPDX-License-Identifier: MIT */
#include "say.h"

#include "error.h"

const char *say_weekday(enum weekday weekday)
{
    switch (weekday) {
    case MONDAY: return _("Monday");
    case TUESDAY: return _("Tuesday");
    case WEDNESDAY: return _("Wednesday");
    case THURSDAY: return _("Thursday");
    case FRIDAY: return _("Friday");
    case SATURDAY: return _("Saturday");
    default: return _("Sunday");
    }
}

const char *say_weekday_short(enum weekday weekday)
{
    switch (weekday) {
    case MONDAY: return _("Mon");
    case TUESDAY: return _("Tue");
    case WEDNESDAY: return _("Wed");
    case THURSDAY: return _("Thu");
    case FRIDAY: return _("Fri");
    case SATURDAY: return _("Sat");
    default: return _("Sun");
    }
}

const char *say_month(int month)
{
    switch (month) {
    case 1: return _("January");
    case 2: return _("February");
    case 3: return _("March");
    case 4: return _("April");
    case 5: return _("May");
    case 6: return _("June");
    case 7: return _("July");
    case 8: return _("August");
    case 9: return _("September");
    case 10: return _("October");
    case 11: return _("November");
    default: return _("December");
    }
}

const char *say_month_short(int month)
{
    switch (month) {
    case 1: return _("Jan");
    case 2: return _("Feb");
    case 3: return _("Mar");
    case 4: return _("Apr");
    case 5: return _("May");
    case 6: return _("Jun");
    case 7: return _("Jul");
    case 8: return _("Aug");
    case 9: return _("Sep");
    case 10: return _("Oct");
    case 11: return _("Nov");
    default: return _("Dec");
    }
}

const char *say_full_day(struct arena *arena, int32_t day)
{
    struct civil civil = day_to_civil(day);
    /* translators: weekday, day, month, year */
    return arena_print(arena, _("%s %d %s %d"), say_weekday(day_weekday(day)), civil.day,
                       say_month(civil.month), civil.year);
}

static const char *at_time(struct arena *arena, const char *day, int64_t local)
{
    int minutes = (int)((local - (int64_t)day_of_seconds(local) * DAY_SECONDS) / 60);
    /* translators: a day and the time of day: Thursday 4 March 2027 at 10:00 */
    return arena_print(arena, _("%s at %02d:%02d"), day, minutes / 60, minutes % 60);
}

const char *say_full_time(struct arena *arena, int64_t local)
{
    return at_time(arena, say_full_day(arena, day_of_seconds(local)), local);
}

/* ---- near today ---- */

/* With its year where that is another one, or so far away that one might think of another. */
static const char *plain_day(struct arena *arena, int32_t day, int32_t today)
{
    struct civil civil = day_to_civil(day);
    if (civil.year != day_to_civil(today).year && (day < today - 60 || day > today + 180))
        return say_full_day(arena, day);
    /* translators: weekday, day, month */
    return arena_print(arena, _("%s %d %s"), say_weekday(day_weekday(day)), civil.day,
                       say_month(civil.month));
}

const char *say_day(struct arena *arena, int32_t day, int32_t today)
{
    if (day == today)
        return _("today");
    if (day == today + 1)
        return arena_print(arena, _("tomorrow, %s"), plain_day(arena, day, today));
    if (day == today - 1)
        return arena_print(arena, _("yesterday, %s"), plain_day(arena, day, today));
    return plain_day(arena, day, today);
}

const char *say_time(struct arena *arena, int64_t local, int32_t today)
{
    return at_time(arena, say_day(arena, day_of_seconds(local), today), local);
}

/* From one to the other, the month and year of the first only where they are not those of the last. */
static const char *span(struct arena *arena, int32_t from, int32_t to, int32_t today)
{
    struct civil first = day_to_civil(from), last = day_to_civil(to);
    if (from == to)
        return plain_day(arena, from, today);
    if (first.month == last.month && first.year == last.year)
        /* translators: weekday and day, then a whole day: Monday 8 to Friday 12 March */
        return arena_print(arena, _("%s %d to %s"), say_weekday(day_weekday(from)), first.day,
                           plain_day(arena, to, today));
    return arena_print(arena, _("%s to %s"), plain_day(arena, from, today), plain_day(arena, to, today));
}

const char *say_days(struct arena *arena, int32_t from, int32_t to, int32_t today)
{
    if (from == to)
        return say_day(arena, from, today);
    if (from <= today && to >= today)
        return to == today ? _("until today")
                           : arena_print(arena, _("until %s"), plain_day(arena, to, today));
    return span(arena, from, to, today);
}

const char *say_span(struct arena *arena, int32_t from, int32_t to)
{
    return span(arena, from, to, to);
}

int say_week(int32_t day, int *year)
{
    int32_t thursday = day - (int32_t)day_weekday(day) + 3; /* whose year the week counts in */
    *year = day_to_civil(thursday).year;
    return (int)(thursday - day_from_civil((struct civil){ *year, 1, 1 })) / 7 + 1;
}
