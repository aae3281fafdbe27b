/* SPDX-License-Identifier: MIT */
/*
 * Expands rules by the month: which of its days belong to a rule is a pattern of 31 bits, made by arithmetic
 * from the rule and its start. So no search can hang, a far start costs a count of bits, COUNT is no special
 * case, and clamping to the last day is one bit. libical's own iterator gives no numbers, cannot clamp,
 * refuses to start far out under COUNT, takes 3 to 10 us an occurrence, and for some rules never returns.
 */
#include "rule.h"

enum { WEEK = 7, EVERY_DAY = 0x7F, LAST_MONTH = RULE_LAST_YEAR * 12 + 11 };

/* A month under expansion. */
struct month {
    int32_t first_day; /* civil day of its first */
    int length;
    enum weekday weekday; /* of its first */
    int year, month;
};

static struct month month_at(int index)
{
    static const int8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    struct month month = { .year = index / 12, .month = index % 12 + 1 };
    bool is_leap = month.year % 4 == 0 && (month.year % 100 != 0 || month.year % 400 == 0);
    month.length = lengths[month.month - 1] + (month.month == 2 && is_leap);
    month.first_day = day_from_civil((struct civil){ month.year, month.month, 1 });
    month.weekday = day_weekday(month.first_day);
    return month;
}

static uint32_t bits(int count)
{
    return (uint32_t)((UINT64_C(1) << count) - 1);
}

/* Whether the rule's step touches this month at all; asked of every month, so it comes before the arithmetic.
 */
static bool may_fall_in(const struct rule *rule, int index)
{
    if (rule->months && !(rule->months >> (index % 12 + 1) & 1))
        return false;
    if (rule->interval == 1 || rule->frequency < MONTHLY)
        return true;
    int32_t steps = rule->frequency == MONTHLY ? index - rule->start_month
                                               : index / 12 - rule->start_month / 12;
    return steps % rule->interval == 0;
}

/* Every interval-th day, counted from the start. */
static uint32_t stepped_days(const struct rule *rule, const struct month *month)
{
    int32_t since = month->first_day - day_of_seconds(rule->starts);
    int32_t into = since % rule->interval;
    int32_t day = into > 0 ? rule->interval - into : -into;
    uint32_t pattern = 0;
    for (; day < month->length; day += rule->interval)
        pattern |= UINT32_C(1) << day;
    return pattern;
}

/* The days of every interval-th week, counted from the week of the start; WKST says where weeks begin. */
static uint32_t stepped_weeks(const struct rule *rule, const struct month *month)
{
    int32_t start = day_of_seconds(rule->starts);
    int32_t first_week = start - (int32_t)(day_weekday(start) + WEEK - rule->week_starts) % WEEK;
    int32_t into = (int32_t)(month->weekday + WEEK - rule->week_starts) %
                   WEEK; /* days of a week begun before */
    int32_t week = (month->first_day - into - first_week) / WEEK;
    uint32_t pattern = 0;
    for (int32_t day = -into; day < month->length; day += WEEK, week++)
        if (week % rule->interval == 0)
            pattern |= day < 0 ? bits(WEEK + day) : (uint32_t)EVERY_DAY << day;
    return pattern;
}

static uint32_t month_days(const struct rule *rule, const struct month *month)
{
    int length = month->length;
    uint32_t pattern = rule->days >> 1 & bits(length);
    bool is_clamped = rule->short_month == SHORT_MONTH_CLAMP;
    if (is_clamped && rule->days >> 1 > bits(length))
        pattern |= UINT32_C(1) << (length - 1);
    for (uint32_t back = rule->days_back; back; back &= back - 1) {
        int day = length - __builtin_ctz(back);
        if (day >= 0 || is_clamped)
            pattern |= UINT32_C(1) << (day > 0 ? day : 0);
    }
    return pattern;
}

/* Each Monday and the like: seven bits, turned to the month's first weekday and repeated. */
static uint32_t each_weekday(uint32_t weekdays, const struct month *month)
{
    uint64_t turned = (weekdays | weekdays << WEEK) >> month->weekday & EVERY_DAY;
    return (uint32_t)(turned * 0x10204081);
}

/* The second Monday and the like, of the month, or of the year for a yearly rule without BYMONTH. */
static uint32_t nth_weekday(const struct rule *rule, enum weekday weekday, const struct month *month)
{
    int before = 0, length = month->length; /* the days of the scope before this month, and all its days */
    if (rule->frequency == YEARLY && !rule->months) {
        int32_t new_year = day_from_civil((struct civil){ month->year, 1, 1 });
        before = month->first_day - new_year;
        length = day_from_civil((struct civil){ month->year + 1, 1, 1 }) - new_year;
    }
    uint32_t pattern = 0;
    for (int day = (int)(weekday + WEEK - month->weekday) % WEEK; day < month->length; day += WEEK) {
        int nth = (before + day) / WEEK + 1, nth_back = (length - 1 - before - day) / WEEK + 1;
        if ((rule->nth[weekday] >> nth | rule->nth_back[weekday] >> nth_back) & 1)
            pattern |= UINT32_C(1) << day;
    }
    return pattern;
}

static uint32_t weekdays(const struct rule *rule, const struct month *month)
{
    uint32_t pattern = each_weekday(rule->weekdays, month);
    for (uint32_t rest = rule->nth_weekdays; rest; rest &= rest - 1)
        pattern |= nth_weekday(rule, (enum weekday)__builtin_ctz(rest), month);
    return pattern;
}

/* BYSETPOS: the k-th of the month's days, from the front and from the back. */
static uint32_t pick(const struct rule *rule, uint32_t pattern)
{
    int total = __builtin_popcount(pattern);
    uint32_t picked = 0;
    for (int position = 1; pattern; position++, pattern &= pattern - 1)
        if ((rule->picks >> position | rule->picks_back >> (total + 1 - position)) & 1)
            picked |= pattern & -pattern;
    return picked;
}

/* The days of a month on which the rule takes place, COUNT and UNTIL aside; bit 0 is the first. */
static uint32_t expand(const struct rule *rule, int index)
{
    if (!may_fall_in(rule, index))
        return 0;
    struct month month = month_at(index);
    uint32_t pattern = bits(month.length);
    if (rule->frequency == DAILY && rule->interval > 1)
        pattern &= stepped_days(rule, &month);
    if (rule->frequency == WEEKLY && rule->interval > 1)
        pattern &= stepped_weeks(rule, &month);
    if (rule->days | rule->days_back)
        pattern &= month_days(rule, &month);
    if (rule->weekdays | rule->nth_weekdays)
        pattern &= weekdays(rule, &month);
    if (rule->picks | rule->picks_back)
        pattern = pick(rule, pattern);
    int32_t start = day_of_seconds(rule->starts) - month.first_day;
    return start > 0 ? pattern & ~bits(start) : pattern;
}

static void enter(struct occurrences *walk, int index)
{
    walk->month = index;
    walk->left = index <= LAST_MONTH ? expand(walk->rule, index) : 0;
    if (walk->left)
        walk->first_day = month_at(index).first_day;
}

static int32_t time_of_day(const struct rule *rule)
{
    return (int32_t)(rule->starts - (int64_t)day_of_seconds(rule->starts) * DAY_SECONDS);
}

struct occurrences occurrences_from(const struct rule *rule, int64_t from)
{
    static const int64_t end = (int64_t)(RULE_LAST_YEAR - RULE_FIRST_YEAR + 1) * 366 * DAY_SECONDS;
    struct occurrences walk = { .rule = rule, .month = rule->start_month };
    if (from < rule->starts)
        from = rule->starts;
    if (from > end)
        from = end;
    /* the first day whose occurrence is not before `from` */
    int32_t day = day_of_seconds(from - time_of_day(rule) + DAY_SECONDS - 1);
    struct civil civil = day_to_civil(day);
    int month = civil.year * 12 + civil.month - 1;
    for (; walk.month < month && walk.month <= LAST_MONTH && walk.n < rule->count; walk.month++)
        walk.n += __builtin_popcount(expand(rule, walk.month));
    enter(&walk, walk.month);
    if (walk.left && walk.month == month) {
        uint32_t passed = walk.left & bits(day - walk.first_day);
        walk.n += __builtin_popcount(passed);
        walk.left ^= passed;
    }
    return walk;
}

bool occurrences_next(struct occurrences *walk, struct occurrence *occurrence)
{
    const struct rule *rule = walk->rule;
    if (walk->n >= rule->count)
        return false;
    while (!walk->left && walk->month < LAST_MONTH)
        enter(walk, walk->month + 1);
    if (!walk->left)
        return false;
    int32_t day = walk->first_day + __builtin_ctz(walk->left);
    int64_t local = (int64_t)day * DAY_SECONDS + time_of_day(rule);
    if (local > rule->until)
        return false;
    walk->left &= walk->left - 1;
    *occurrence = (struct occurrence){ .n = ++walk->n, .local = local };
    return true;
}

bool rule_nth(const struct rule *rule, int32_t n, struct occurrence *occurrence)
{
    if (n < 1)
        return false;
    struct occurrences walk = occurrences_from(rule, rule->starts);
    for (int here; walk.month < LAST_MONTH && (here = __builtin_popcount(walk.left)) < n - walk.n;
         walk.n += here)
        enter(&walk, walk.month + 1);
    struct occurrence found = { 0 };
    while (found.n < n)
        if (!occurrences_next(&walk, &found))
            return false;
    *occurrence = found;
    return true;
}
