/* SPDX-License-Identifier: MIT */
#include "rule_text.h"

#include "error.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

enum { DAYS_MAX = 7 };

struct rule_parts {
    const char *freq;
    long interval, month_day;
    struct {
        long ordinal; /* 0: every one */
        enum weekday weekday;
    } days[DAYS_MAX];
    int days_count;
};

static bool read_weekday(const char *text, enum weekday *weekday)
{
    static const char *const names[] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };
    for (int i = 0; i < 7; i++)
        if (strcmp(text, names[i]) == 0)
            return *weekday = (enum weekday)i, true;
    return false;
}

static bool read_days(char *list, struct rule_parts *parts)
{
    char *rest;
    for (char *day = strtok_r(list, ",", &rest); day; day = strtok_r(NULL, ",", &rest)) {
        char *name;
        if (parts->days_count == DAYS_MAX)
            return false;
        parts->days[parts->days_count].ordinal = strtol(day, &name, 10);
        if (!read_weekday(name, &parts->days[parts->days_count].weekday))
            return false;
        parts->days_count++;
    }
    return true;
}

static bool read_number(const char *text, long *number)
{
    char *end;
    *number = strtol(text, &end, 10);
    return end != text && !*end;
}

static bool read_part(char *part, struct rule_parts *parts)
{
    char *value = strchr(part, '=');
    if (!value)
        return false;
    *value++ = 0;
    if (strcmp(part, "FREQ") == 0)
        return parts->freq = value, true;
    if (strcmp(part, "INTERVAL") == 0)
        return read_number(value, &parts->interval) && parts->interval > 0;
    if (strcmp(part, "BYMONTHDAY") == 0)
        return read_number(value, &parts->month_day) && parts->month_day;
    return strcmp(part, "BYDAY") == 0 && read_days(value, parts);
}

static const char *ordinal_text(long ordinal)
{
    switch (ordinal) {
    case 1: return _("first");
    case 2: return _("second");
    case 3: return _("third");
    case 4: return _("fourth");
    case -1: return _("last");
    default: return NULL;
    }
}

/* "Monday and Thursday", "second Thursday"; NULL where there is no word. */
static const char *days_text(struct arena *arena, const struct rule_parts *parts)
{
    const char *text = "";
    for (int i = 0; i < parts->days_count; i++) {
        long number = parts->days[i].ordinal;
        const char *day = say_weekday(parts->days[i].weekday), *ordinal = ordinal_text(number);
        if (number && !ordinal)
            return NULL;
        day = number ? arena_print(arena, "%s %s", ordinal, day) : day;
        const char *between = i == 0 ? "" : i == parts->days_count - 1 ? _(" and ") : ", ";
        text = arena_print(arena, "%s%s%s", text, between, day);
    }
    return text;
}

static const char *every_text(struct arena *arena, const struct rule_parts *parts)
{
    bool is_one = parts->interval == 1;
    if (strcmp(parts->freq, "DAILY") == 0)
        return is_one ? _("every day") : arena_print(arena, _("every %ld days"), parts->interval);
    if (strcmp(parts->freq, "WEEKLY") == 0)
        return is_one ? _("every week") : arena_print(arena, _("every %ld weeks"), parts->interval);
    if (strcmp(parts->freq, "MONTHLY") == 0)
        return is_one ? _("each month") : arena_print(arena, _("every %ld months"), parts->interval);
    if (strcmp(parts->freq, "YEARLY") == 0)
        return is_one ? _("each year") : arena_print(arena, _("every %ld years"), parts->interval);
    return NULL;
}

static const char *say(struct arena *arena, const struct rule_parts *parts)
{
    const char *every = every_text(arena, parts), *days = days_text(arena, parts);
    if (!every || !days)
        return NULL;
    if (parts->month_day)
        return parts->month_day == -1 ? arena_print(arena, _("%s, the last day"), every)
               : parts->month_day > 0 ? arena_print(arena, _("%s, day %ld"), every, parts->month_day)
                                      : NULL;
    if (!*days)
        return every;
    bool is_weekly = strcmp(parts->freq, "WEEKLY") == 0 && parts->interval == 1;
    return is_weekly ? arena_print(arena, _("every %s"), days) : arena_print(arena, "%s, %s", every, days);
}

const char *rule_text(struct arena *arena, const char *rule)
{
    struct rule_parts parts = { .interval = 1 };
    char *copy = arena_copy(arena, rule, strlen(rule)), *rest;
    for (char *part = strtok_r(copy, ";", &rest); part; part = strtok_r(NULL, ";", &rest))
        if (!read_part(part, &parts))
            return NULL;
    bool is_plain = parts.freq &&
                    (!parts.month_day || (strcmp(parts.freq, "MONTHLY") == 0 && !parts.days_count));
    return is_plain ? say(arena, &parts) : NULL;
}
