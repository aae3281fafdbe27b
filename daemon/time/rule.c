/* SPDX-License-Identifier: MIT */
/*
 * Reads recurrence rules. Whatever is not known to be understood is refused with a sentence that names it: a
 * rule read halfway would put people on the rota on the wrong days for years.
 */
#include "rule.h"

#include "zone.h"

#include <stdio.h>
#include <string.h>

enum { MAX_INTERVAL = 9999, MAX_COUNT = 100000, WEEK = 7 };

/* One rule being read. Its text was checked to hold no character but a rule's own: it may be shown as it is.
 */
struct reading {
    const struct rule_source *source;
    struct rule *rule;
    struct error *error;
    const char *field;
    uint32_t seen; /* bit by bit, which of the parts below */
};

enum part_bit {
    FREQ = 1 << 0,
    INTERVAL = 1 << 1,
    COUNT = 1 << 2,
    UNTIL = 1 << 3,
    BYDAY = 1 << 4,
    BYMONTHDAY = 1 << 5,
    BYMONTH = 1 << 6,
    WKST = 1 << 7,
    BYSETPOS = 1 << 8
};

static const char *const frequencies[] = { "DAILY", "WEEKLY", "MONTHLY", "YEARLY", NULL };
static const char *const weekday_names[] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU", NULL };

static int find_name(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* Digits with an optional sign, at most `highest` in either direction and never 0; 0 stands for anything
 * else. */
static int number(const char *text, int highest)
{
    int sign = *text == '-' ? -1 : 1, value = 0;
    if (*text == '-' || *text == '+')
        text++;
    if (!*text)
        return 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return 0;
        value = value * 10 + (*text - '0');
        if (value > highest)
            return 0;
    }
    return sign * value;
}

static enum code read_whole(const struct reading *reading, const char *part, const char *value, int highest,
                            int32_t *number_read)
{
    int read = *value == '+' ? 0 : number(value, highest);
    if (read < 1)
        return fail(reading->error, INVALID, reading->field,
                    _("%s is a whole number from 1 to %d, not \"%.20s\""), part, highest, value);
    *number_read = read;
    return OK;
}

static enum code read_frequency(const struct reading *reading, char *value)
{
    int found = find_name(frequencies, value);
    if (found < 0)
        return fail(reading->error, INVALID, reading->field,
                    _("FREQ=%.20s is not accepted; use DAILY, WEEKLY, MONTHLY or YEARLY"), value);
    reading->rule->frequency = (enum frequency)found;
    return OK;
}

static enum code read_interval(const struct reading *reading, char *value)
{
    return read_whole(reading, "INTERVAL", value, MAX_INTERVAL, &reading->rule->interval);
}

static enum code read_count(const struct reading *reading, char *value)
{
    return read_whole(reading, "COUNT", value, MAX_COUNT, &reading->rule->count);
}

/* 20271231, the whole day; 20271231T170000, a local time; 20271231T170000Z, an instant. */
static bool parse_until(const char *value, bool *is_utc, int64_t *until)
{
    size_t length = strlen(value);
    bool is_day = length == 8;
    *is_utc = length == 16 && value[15] == 'Z';
    if (!is_day && ((length != 15 && !*is_utc) || value[8] != 'T'))
        return false;
    const char *time = is_day ? "235959" : value + 9;
    char text[LOCAL_TEXT_SIZE];
    snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s", value, value + 4, value + 6, time, time + 2,
             time + 4);
    return local_parse(text, 19, until);
}

static enum code read_until(const struct reading *reading, char *value)
{
    const struct zone *zone = reading->source->zone;
    bool is_utc;
    int64_t until;
    if (!parse_until(value, &is_utc, &until))
        return fail(reading->error, INVALID, reading->field,
                    _("UNTIL is a day such as 20271231, or a time such as 20271231T170000, not \"%.20s\""),
                    value);
    reading->rule->until = is_utc && zone ? zone_latest_local(zone, until) : until;
    return OK;
}

static enum code add_weekday(const struct reading *reading, const char *item)
{
    struct rule *rule = reading->rule;
    size_t length = strlen(item);
    int weekday = length < 2 ? -1 : find_name(weekday_names, item + length - 2);
    if (weekday < 0)
        return fail(reading->error, INVALID, reading->field,
                    _("BYDAY is a list of weekdays such as MO or -1FR (MO TU WE TH FR SA SU), not \"%.20s\""),
                    item);
    if (length == 2) {
        rule->weekdays |= UINT32_C(1) << weekday;
        return OK;
    }
    char digits[16];
    snprintf(digits, sizeof digits, "%.*s", (int)(length - 2), item);
    int nth = number(digits, 53);
    if (nth == 0 || length > sizeof digits)
        return fail(reading->error, INVALID, reading->field,
                    _("the number before a weekday of BYDAY is 1 to 53 or -53 to -1, unlike \"%.20s\""),
                    item);
    rule->nth_weekdays |= UINT32_C(1) << weekday;
    *(nth > 0 ? &rule->nth[weekday] : &rule->nth_back[weekday]) |= UINT64_C(1) << (nth > 0 ? nth : -nth);
    return OK;
}

/* A list of numbers into a set counted from the front and one counted from the back (NULL: none from the
 * back). */
static enum code read_set(const struct reading *reading, const char *part, char *value, int highest,
                          uint32_t *set, uint32_t *set_back)
{
    for (char *item; (item = strsep(&value, ","));) {
        int read = number(item, highest);
        if (read == 0 || (read < 0 && !set_back))
            return fail(reading->error, INVALID, reading->field,
                        set_back ? _("%s is a list of numbers from 1 to %d, or negative, without \"%.20s\"")
                                 : _("%s is a list of numbers from 1 to %d, without \"%.20s\""),
                        part, highest, item);
        *(read > 0 ? set : set_back) |= UINT32_C(1) << (read > 0 ? read : -read);
    }
    return OK;
}

static enum code read_weekdays(const struct reading *reading, char *value)
{
    for (char *item; (item = strsep(&value, ","));) {
        enum code code = add_weekday(reading, item);
        if (code)
            return code;
    }
    return OK;
}

static enum code read_month_days(const struct reading *reading, char *value)
{
    return read_set(reading, "BYMONTHDAY", value, 31, &reading->rule->days, &reading->rule->days_back);
}

static enum code read_months(const struct reading *reading, char *value)
{
    return read_set(reading, "BYMONTH", value, 12, &reading->rule->months, NULL);
}

static enum code read_week_start(const struct reading *reading, char *value)
{
    int found = find_name(weekday_names, value);
    if (found < 0)
        return fail(reading->error, INVALID, reading->field,
                    _("WKST is a weekday (MO TU WE TH FR SA SU), not \"%.20s\""), value);
    reading->rule->week_starts = (enum weekday)found;
    return OK;
}

/* More than a month's 31 days never match. */
static enum code read_picks(const struct reading *reading, char *value)
{
    return read_set(reading, "BYSETPOS", value, 31, &reading->rule->picks, &reading->rule->picks_back);
}

static const struct part {
    const char *name;
    enum part_bit bit;
    enum code (*read)(const struct reading *reading, char *value);
} parts[] = {
    {"FREQ",        FREQ,       read_frequency },
    { "INTERVAL",   INTERVAL,   read_interval  },
    { "COUNT",      COUNT,      read_count     },
    { "UNTIL",      UNTIL,      read_until     },
    { "BYDAY",      BYDAY,      read_weekdays  },
    { "BYMONTHDAY", BYMONTHDAY, read_month_days},
    { "BYMONTH",    BYMONTH,    read_months    },
    { "WKST",       WKST,       read_week_start},
    { "BYSETPOS",   BYSETPOS,   read_picks     },
};

/* What RFC 5545 and RFC 7529 know and Laug does not take. */
static const char *const refused[] = { "BYSECOND", "BYMINUTE", "BYHOUR", "BYYEARDAY",
                                       "BYWEEKNO", "RSCALE",   "SKIP",   NULL };

static const struct part *find_part(const char *name)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(parts[i].name, name) == 0)
            return &parts[i];
    return NULL;
}

static enum code read_part(struct reading *reading, char *text)
{
    char *value = strchr(text, '=');
    if (!value || value == text || !value[1])
        return fail(reading->error, INVALID, reading->field,
                    _("\"%.40s\" is not a part of a rule; parts look like FREQ=MONTHLY, with ; between them"),
                    text);
    *value++ = 0;
    const struct part *part = find_part(text);
    if (!part && find_name(refused, text) >= 0)
        return fail(reading->error, INVALID, reading->field,
                    _("%s is not accepted; the rule may use FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, "
                      "BYMONTH, WKST and BYSETPOS, and takes its time of day from its start"),
                    text);
    if (!part)
        return fail(reading->error, INVALID, reading->field, _("no part of a rule is called %.40s"), text);
    if (reading->seen & part->bit)
        return fail(reading->error, INVALID, reading->field, _("%s is given twice"), text);
    reading->seen |= part->bit;
    return part->read(reading, value);
}

/* Which parts go together: the table and notes of RFC 5545, 3.3.10. */
static enum code check_together(const struct reading *reading)
{
    const struct rule *rule = reading->rule;
    const char *wrong = NULL;
    if (!(reading->seen & FREQ))
        wrong = _("the rule has no FREQ; write for instance FREQ=MONTHLY;BYDAY=1TH");
    else if ((reading->seen & COUNT) && (reading->seen & UNTIL))
        wrong = _("COUNT and UNTIL exclude each other; keep one");
    else if ((reading->seen & BYMONTHDAY) && rule->frequency == WEEKLY)
        wrong = _("BYMONTHDAY does not go with FREQ=WEEKLY; use MONTHLY");
    else if ((reading->seen & BYSETPOS) && (rule->frequency != MONTHLY || !(reading->seen & BYDAY)))
        wrong = _("BYSETPOS is accepted only with FREQ=MONTHLY and BYDAY");
    else if (rule->nth_weekdays && rule->frequency < MONTHLY)
        wrong = _("a weekday with a number in BYDAY needs FREQ=MONTHLY or YEARLY");
    if (wrong)
        return fail(reading->error, INVALID, reading->field, "%s", wrong);
    bool is_in_month = rule->frequency == MONTHLY || (reading->seen & BYMONTH);
    for (enum weekday day = MONDAY; is_in_month && day <= SUNDAY; day++)
        if ((rule->nth[day] | rule->nth_back[day]) >> 6)
            return fail(reading->error, INVALID, reading->field,
                        _("no month has more than 5 of a weekday; BYDAY asks for more"));
    return OK;
}

/* What a rule leaves out, its start says (RFC 5545, 3.3.10, last paragraphs). */
static void complete(const struct reading *reading)
{
    struct rule *rule = reading->rule;
    int32_t day = day_of_seconds(rule->starts);
    struct civil civil = day_to_civil(day);
    rule->start_month = civil.year * 12 + civil.month - 1;
    if (reading->seen & (BYDAY | BYMONTHDAY))
        return;
    if (rule->frequency == WEEKLY)
        rule->weekdays = UINT32_C(1) << day_weekday(day);
    if (rule->frequency >= MONTHLY)
        rule->days = UINT32_C(1) << civil.day;
    if (rule->frequency == YEARLY && !rule->months)
        rule->months = UINT32_C(1) << civil.month;
}

/* A copy in capitals (names and values are case-insensitive) of a text that holds no character but a rule's
 * own. */
static enum code copy_text(const struct reading *reading, char copy[static RULE_TEXT_LIMIT + 1])
{
    const char *text = reading->source->text;
    size_t length = strnlen(text, RULE_TEXT_LIMIT + 1);
    if (length > RULE_TEXT_LIMIT)
        return fail(reading->error, INVALID, reading->field, _("the rule is longer than %d characters"),
                    RULE_TEXT_LIMIT);
    for (size_t i = 0; i <= length; i++)
        copy[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]);
    if (strspn(copy, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=;,:+-") != length)
        return fail(
            reading->error, INVALID, reading->field,
            _("the rule holds a character that no rule has; write for instance FREQ=MONTHLY;BYDAY=1TH"));
    /* one at the end is common in the wild and means nothing */
    if (length > 0 && copy[length - 1] == ';')
        copy[length - 1] = 0;
    return OK;
}

enum code rule_read(const struct rule_source *source, struct rule *rule, struct error *error)
{
    struct rule made = { .starts = source->starts,
                         .until = INT64_MAX,
                         .count = INT32_MAX,
                         .interval = 1,
                         .short_month = source->short_month };
    struct reading reading = {
        .source = source, .rule = &made, .error = error, .field = source->field ? source->field : "rule"
    };
    static const int64_t first = 0;
    int64_t end = (int64_t)day_from_civil((struct civil){ RULE_LAST_YEAR + 1, 1, 1 }) * DAY_SECONDS;
    if (source->starts < first || source->starts >= end)
        return fail(error, INVALID, "starts", _("the start must lie between %d and %d"), RULE_FIRST_YEAR,
                    RULE_LAST_YEAR);
    char text[RULE_TEXT_LIMIT + 1] = "";
    enum code code = copy_text(&reading, text);
    for (char *rest = *text ? text : NULL, *part; !code && (part = strsep(&rest, ";"));)
        code = read_part(&reading, part);
    if (!code)
        code = check_together(&reading);
    if (code)
        return code;
    complete(&reading);
    struct occurrence occurrence;
    if (!rule_nth(&made, 1, &occurrence))
        return fail(error, INVALID, reading.field,
                    _("by this rule it never takes place; mend the rule or its start"));
    *rule = made;
    return OK;
}
