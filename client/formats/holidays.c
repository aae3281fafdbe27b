/* SPDX-License-Identifier: MIT */
#include "holidays.h"

#include "day.h"
#include "error.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MOST = 4, STEPS_MOST = 100000, YEAR_FIRST = 1900, RULE_SIZE = 256 };

struct reading {
    struct arena *arena;
    struct refusals *refusals;
    struct holidays *holidays;
    int32_t from, until;
    size_t room, events;
    size_t
        steps; /* of all rules together: what a file may cost has one bound, however many events share it */
    bool is_over;
};

static void reading_stop(struct reading *reading, size_t line, const char *reason)
{
    if (!reading->is_over)
        refuse(reading->refusals, line, NULL, "%s", reason);
    reading->is_over = true;
}

static void holiday_add(struct reading *reading, int32_t on, const char *name, size_t line)
{
    struct holidays *holidays = reading->holidays;
    if (holidays->count == HOLIDAYS_DAYS_MOST) {
        reading_stop(reading, line, _("the file makes more than 2,000 days"));
        return;
    }
    if (holidays->count == reading->room) {
        size_t room = reading->room ? reading->room * 2 : 64;
        struct holiday *items = arena_take(reading->arena, room * sizeof *items);
        if (holidays->count)
            memcpy(items, holidays->items, holidays->count * sizeof *items);
        holidays->items = items;
        reading->room = room;
    }
    holidays->items[holidays->count++] = (struct holiday){ .on = on, .name = name, .line = line };
}

/* ---- one event ---- */

struct event {
    icalcomponent *component;
    size_t line;
    const char *name;
    int32_t on, days;
};

static icalproperty *property(const struct event *event, icalproperty_kind kind)
{
    return icalcomponent_get_first_property(event->component, kind);
}

/* The civil day of a time that is a whole day's edge: a date, or midnight on a clock on the wall. */
static bool whole_day(struct icaltimetype time, int32_t *day)
{
    struct civil civil = { .year = time.year, .month = time.month, .day = time.day };
    bool is_edge = time.is_date || (!icaltime_is_utc(time) && !time.hour && !time.minute && !time.second);
    if (!is_edge || !civil_is_valid(civil) || civil.year < YEAR_FIRST)
        return false;
    *day = day_from_civil(civil);
    return true;
}

/* The event's first day and how many there are. Gives a reason where it is no holiday, else NULL. */
static const char *event_days(struct event *event)
{
    icalproperty *start = property(event, ICAL_DTSTART_PROPERTY), *end = property(event, ICAL_DTEND_PROPERTY);
    icalproperty *lasting = property(event, ICAL_DURATION_PROPERTY);
    int32_t end_on;
    event->days = 1;
    if (!start)
        return _("has no DTSTART");
    if (!whole_day(icalproperty_get_dtstart(start), &event->on))
        return _("does not begin with a whole day of the calendar: a holiday has no time of day");
    if (end) {
        if (!whole_day(icalproperty_get_dtend(end), &end_on))
            return _("does not end with a whole day: a holiday has no time of day");
        event->days = end_on - event->on;
    } else if (lasting) {
        int seconds = icaldurationtype_as_int(icalproperty_get_duration(lasting));
        if (seconds % DAY_SECONDS != 0)
            return _("does not last whole days");
        event->days = seconds / DAY_SECONDS;
    }
    if (event->days == 0)
        event->days = 1; /* some programs write the same day as DTSTART and DTEND */
    if (event->days < 0)
        return _("ends before it begins");
    return event->days > HOLIDAYS_EVENT_DAYS_MOST
               ? _("lasts longer than 31 days: that is a closure of the company, not a holiday")
               : NULL;
}

static bool is_excepted(const struct event *event, int32_t on)
{
    int32_t day;
    for (icalproperty *except = property(event, ICAL_EXDATE_PROPERTY); except;
         except = icalcomponent_get_next_property(event->component, ICAL_EXDATE_PROPERTY))
        if (whole_day(icalproperty_get_exdate(except), &day) && day == on)
            return true;
    return false;
}

static void take_days(struct reading *reading, const struct event *event, int32_t on)
{
    for (int32_t i = 0; i < event->days && !reading->is_over; i++)
        holiday_add(reading, on + i, event->name, event->line);
}

/* ---- rules ---- */

/* The part's name where it is none of those allowed, else NULL. Reads the text: libical forgives too much. */
static const char *rule_part_refused(const char *rule, char part[static RULE_SIZE])
{
    static const char *const allowed[] = { "FREQ=YEARLY", "INTERVAL=", "COUNT=", "UNTIL=",
                                           "BYMONTH=",    "BYDAY=",    "WKST=",  "BYMONTHDAY=" };
    while (*rule) {
        size_t length = strcspn(rule, ";");
        bool is_allowed = false;
        for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
            size_t head = strlen(allowed[i]);
            bool is_whole = allowed[i][head - 1] != '=';
            is_allowed |= strncasecmp(rule, allowed[i], head) == 0 &&
                          (is_whole ? length == head : length > head);
        }
        if (!is_allowed) {
            snprintf(part, RULE_SIZE, "%.*s", (int)(length < 60 ? length : 60), rule);
            return part;
        }
        rule += length + (rule[length] == ';');
    }
    return NULL;
}

static int days_of_month(int month)
{
    return month == 2 ? 29 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* 30 February never comes, and libical looks for it for a very long time. */
static bool rule_has_a_day(const struct icalrecurrencetype *rule)
{
    if (rule->by_month_day[0] == ICAL_RECURRENCE_ARRAY_MAX || rule->by_month[0] == ICAL_RECURRENCE_ARRAY_MAX)
        return true;
    for (int m = 0; rule->by_month[m] != ICAL_RECURRENCE_ARRAY_MAX; m++)
        for (int d = 0; rule->by_month_day[d] != ICAL_RECURRENCE_ARRAY_MAX; d++)
            if (abs(rule->by_month_day[d]) <= days_of_month(rule->by_month[m]))
                return true;
    return false;
}

static void take_years(struct reading *reading, const struct event *event, struct icalrecurrencetype rule)
{
    struct civil first = day_to_civil(event->on);
    struct icaltimetype start = { .year = first.year, .month = first.month, .day = first.day, .is_date = 1 };
    if (!icaltime_is_null_time(rule.until))
        rule.until.is_date = 1; /* the rule is walked in days, so it ends with one */
    icalrecur_iterator *years = icalrecur_iterator_new(rule, start);
    while (years && !reading->is_over) {
        struct icaltimetype next = icalrecur_iterator_next(years);
        int32_t on;
        if (icaltime_is_null_time(next) || !whole_day(next, &on) || on > reading->until)
            break;
        if (++reading->steps > STEPS_MOST)
            reading_stop(reading, event->line, _("the rules of this file take too long to work out"));
        else if (on >= reading->from && !is_excepted(event, on))
            take_days(reading, event, on);
    }
    icalrecur_iterator_free(years);
}

static void take_rule(struct reading *reading, const struct event *event, icalproperty *property)
{
    char part[RULE_SIZE];
    const char *text = icalproperty_get_value_as_string(property);
    const char *refused = text && strlen(text) < RULE_SIZE ? rule_part_refused(text, part) : "RRULE";
    if (refused) {
        refuse(reading->refusals, event->line, "RRULE",
               _("holds %s: of rules only FREQ=YEARLY is taken, with BYMONTH, BYMONTHDAY, BYDAY, INTERVAL, "
                 "COUNT and "
                 "UNTIL"),
               refused);
        return;
    }
    struct icalrecurrencetype rule = icalproperty_get_rrule(property);
    bool has_days = rule.by_day[0] != ICAL_RECURRENCE_ARRAY_MAX;
    if (rule.freq != ICAL_YEARLY_RECURRENCE)
        refuse(reading->refusals, event->line, "RRULE", _("is no rule that comes back every year"));
    else if (has_days && rule.by_month[0] == ICAL_RECURRENCE_ARRAY_MAX)
        refuse(reading->refusals, event->line, "RRULE", _("holds BYDAY without BYMONTH"));
    else if (!rule_has_a_day(&rule))
        refuse(reading->refusals, event->line, "RRULE", _("names a day that no year has"));
    else
        take_years(reading, event, rule);
}

/* ---- the file ---- */

/* libical throws a property away that it cannot read and leaves a note. An empty LOCATION harms nobody; a
 * rule that is gone makes one day of many. */
static bool lost_what_matters(const struct event *event)
{
    static const char *const matters[] = { "DTSTART", "DTEND",  "DURATION",      "RRULE",
                                           "RDATE",   "EXDATE", "RECURRENCE-ID", "STATUS" };
    for (icalproperty *note = property(event, ICAL_XLICERROR_PROPERTY); note;
         note = icalcomponent_get_next_property(event->component, ICAL_XLICERROR_PROPERTY)) {
        const char *text = icalproperty_get_xlicerror(note);
        for (size_t i = 0; i < sizeof matters / sizeof *matters; i++)
            if (!text || strstr(text, matters[i]))
                return true;
    }
    return false;
}

/* What makes an event something else than a holiday, whatever its days are; NULL where nothing does. */
static const char *event_refused(const struct event *event)
{
    if (lost_what_matters(event))
        return _("is no event that RFC 5545 allows");
    if (icalcomponent_count_properties(event->component, ICAL_RRULE_PROPERTY) > 1)
        return _("has more than one RRULE");
    if (property(event, ICAL_RDATE_PROPERTY))
        return _("has an RDATE: write one event for each of those days");
    if (property(event, ICAL_RECURRENCEID_PROPERTY))
        return _("has a RECURRENCE-ID: it moves a single day of another event; write the days as events of "
                 "their own");
    return NULL;
}

static void take_event(struct reading *reading, struct event *event)
{
    icalproperty *summary = property(event, ICAL_SUMMARY_PROPERTY),
                 *rule = property(event, ICAL_RRULE_PROPERTY);
    const char *name = summary ? icalproperty_get_summary(summary) : NULL;
    name = name ? name : "";
    if (icalcomponent_get_status(event->component) == ICAL_STATUS_CANCELLED) {
        reading->holidays->cancelled++;
        return;
    }
    const char *reason = event_refused(event);
    if (!reason)
        reason = event_days(event);
    if (!reason && !*name)
        reason = _("has no SUMMARY, which is the holiday's name");
    if (reason) {
        refuse(reading->refusals, event->line, NULL, "%s", reason);
        return;
    }
    event->name = arena_copy(reading->arena, name, strlen(name));
    if (rule)
        take_rule(reading, event, rule);
    else
        take_days(reading, event, event->on);
}

static void read_event(struct reading *reading, const char *bytes, size_t length, size_t line)
{
    struct event event = { .line = line };
    if (++reading->events > HOLIDAYS_EVENTS_MOST) {
        reading_stop(reading, line, _("the file has more than 10,000 events"));
        return;
    }
    if (length > HOLIDAYS_EVENT_BYTES_MOST) {
        refuse(reading->refusals, line, NULL, _("is an event larger than 64 KiB"));
        return;
    }
    char *text = arena_copy(reading->arena, bytes, length);
    event.component = icalparser_parse_string(text);
    if (event.component)
        take_event(reading, &event);
    else
        refuse(reading->refusals, line, NULL, _("is no event that RFC 5545 allows"));
    if (event.component)
        icalcomponent_free(event.component);
}

/* The components that are open at a line, and where the event among them began. */
struct nesting {
    const char *names[DEPTH_MOST];
    size_t lengths[DEPTH_MOST];
    size_t depth;
    const char *event;
    size_t event_line;
};

static bool is_word(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

static void component_begins(struct reading *reading, struct nesting *nesting, const char *at,
                             const char *name, size_t length, size_t line)
{
    bool is_event = is_word(name, length, "VEVENT");
    if (nesting->depth == DEPTH_MOST || (nesting->depth == 0) != is_word(name, length, "VCALENDAR") ||
        (is_event && nesting->depth != 1)) {
        reading_stop(reading, line, _("a component begins where RFC 5545 allows none: this is no calendar"));
        return;
    }
    if (is_event) {
        nesting->event = at;
        nesting->event_line = line;
    }
    nesting->names[nesting->depth] = name;
    nesting->lengths[nesting->depth++] = length;
}

static void component_ends(struct reading *reading, struct nesting *nesting, const char *end,
                           const char *name, size_t length, size_t line)
{
    size_t top = nesting->depth - 1;
    if (nesting->depth == 0 || nesting->lengths[top] != length ||
        strncasecmp(nesting->names[top], name, length) != 0) {
        reading_stop(reading, line, _("a component ends here that was not open"));
        return;
    }
    nesting->depth--;
    if (is_word(name, length, "VEVENT")) {
        read_event(reading, nesting->event, (size_t)(end - nesting->event), nesting->event_line);
        nesting->event = NULL;
    }
}

/* Whether the line is the property `name`; libical takes BEGIN and END with parameters for the same thing. */
static bool is_property(const char *at, size_t length, const char *name)
{
    size_t head = strlen(name);
    return length > head && strncasecmp(at, name, head) == 0 && (at[head] == ':' || at[head] == ';');
}

/* One line of the file, with its line end. */
static void read_line(struct reading *reading, struct nesting *nesting, const char *at, size_t length,
                      size_t line)
{
    size_t text = length;
    while (text > 0 && strchr("\r\n \t", at[text - 1]))
        text--;
    bool begins = is_property(at, text, "BEGIN"), ends = is_property(at, text, "END");
    if ((begins && at[5] == ';') || (ends && at[3] == ';'))
        reading_stop(reading, line, _("BEGIN and END take no parameters: this is no calendar"));
    else if (begins)
        component_begins(reading, nesting, at, at + 6, text - 6, line);
    else if (ends)
        component_ends(reading, nesting, at + length, at + 4, text - 4, line);
    else if (text > 0 && nesting->depth == 0)
        reading_stop(reading, line, _("this is no calendar: an iCalendar file begins with BEGIN:VCALENDAR"));
}

static int by_day(const void *left, const void *right)
{
    const struct holiday *a = left, *b = right;
    if (a->on != b->on)
        return a->on < b->on ? -1 : 1;
    int names = strcmp(a->name, b->name);
    return names ? names : (a->line > b->line) - (a->line < b->line);
}

static void sort_and_join(struct holidays *holidays, struct arena *arena)
{
    size_t kept = 0;
    const char *name = NULL; /* the last one seen, of the day kept last */
    if (holidays->count)
        qsort(holidays->items, holidays->count, sizeof *holidays->items, by_day);
    for (size_t i = 0; i < holidays->count; i++) {
        struct holiday *last = kept ? &holidays->items[kept - 1] : NULL, next = holidays->items[i];
        if (!last || last->on != next.on)
            holidays->items[kept++] = next;
        else if (strcmp(name, next.name) != 0)
            last->name = arena_print(arena, "%s, %s", last->name, next.name);
        name = next.name;
    }
    holidays->count = kept;
}

void holidays_read(const char *bytes, size_t length, int32_t from, int32_t until, struct refusals *refusals,
                   struct holidays *holidays)
{
    struct reading reading = {
        .arena = refusals->arena, .refusals = refusals, .holidays = holidays, .from = from, .until = until
    };
    struct nesting nesting = { .depth = 0 };
    size_t line = 1;
    *holidays = (struct holidays){ .count = 0 };
    if (length > HOLIDAYS_BYTES_MOST)
        reading_stop(&reading, 0, _("the file is larger than 4 MiB"));
    icalerror_set_errors_are_fatal(false);
    for (size_t at = 0; at < length && !reading.is_over; line++) {
        const char *end = memchr(bytes + at, '\n', length - at);
        size_t step = end ? (size_t)(end - (bytes + at)) + 1 : length - at;
        read_line(&reading, &nesting, bytes + at, step, line);
        at += step;
    }
    if (nesting.depth > 0)
        reading_stop(&reading, line - 1, _("the calendar stops in the middle: its END:VCALENDAR is missing"));
    else if (!reading.is_over && line == 1)
        reading_stop(&reading, 0, _("the file is empty"));
    sort_and_join(holidays, refusals->arena);
    if (reading.is_over)
        holidays->count = 0;
}
