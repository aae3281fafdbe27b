/* SPDX-License-Identifier: MIT */
#include "catalogue.h"
#include "character.h"
#include "day.h"
#include "icalendar.h"

#include <ctype.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The Gregorian calendar is younger than some zones' first observance, and readers do not go back further. */
enum { YEAR_FIRST = 1601, UID_SIZE = 512, ADDRESS_SIZE = 3 * 254 + 16 };

static void *must(void *made)
{
    if (!made)
        abort();
    return made;
}

/* ---- times ---- */

static struct icaltimetype date_of(int32_t day)
{
    struct civil civil = day_to_civil(day);
    return (struct icaltimetype){ .year = civil.year, .month = civil.month, .day = civil.day, .is_date = 1 };
}

static struct icaltimetype local_of(int64_t seconds)
{
    int32_t day = day_of_seconds(seconds);
    int rest = (int)(seconds - (int64_t)day * DAY_SECONDS);
    struct icaltimetype time = date_of(day);
    time.is_date = 0;
    time.hour = rest / 3600;
    time.minute = rest / 60 % 60;
    time.second = rest % 60;
    return time;
}

static struct icaltimetype instant_of(int64_t seconds)
{
    struct icaltimetype time = local_of(seconds);
    time.zone = icaltimezone_get_utc_timezone();
    return time;
}

/* ---- properties ---- */

static void add(icalcomponent *component, icalproperty *property)
{
    icalcomponent_add_property(component, must(property));
}

/* A property whose value is what somebody wrote. */
static void add_words(icalcomponent *component, icalproperty_kind kind, const char *text, bool may_break)
{
    char *plain = character_plain(text, may_break);
    icalproperty *property = must(icalproperty_new(kind));
    icalproperty_set_value(property, must(icalvalue_new_text(plain)));
    add(component, property);
    free(plain);
}

/* The URI of a mail address (RFC 6068, 2): what would end its path or begin an escape is escaped. */
static void print_address(const char *address, char uri[static ADDRESS_SIZE])
{
    char *to = stpcpy(uri, "mailto:");
    for (; *address && to < uri + ADDRESS_SIZE - 4; address++)
        if (isascii(*address) && isgraph((unsigned char)*address) && !strchr("%?#/\"", *address))
            *to++ = *address;
        else
            to += snprintf(to, 4, "%%%02X", (unsigned char)*address);
    *to = 0;
}

/*
 * A name may stand in quotes, but hold none: RFC 5545 has no way to write them, and few read RFC 6868's. Some
 * readers take a backslash for an escape, which it is not.
 */
static void add_name(icalproperty *property, const char *name)
{
    if (!name || !*name)
        return;
    char *plain = character_plain(name, false);
    for (char *c = plain; *c; c++)
        *c = *c == '"' || *c == '^' ? '\'' : *c == '\\' ? '/' : *c;
    icalproperty_add_parameter(property, must(icalparameter_new_cn(plain)));
    free(plain);
}

static void add_organizer(icalcomponent *event, const struct party *party)
{
    char uri[ADDRESS_SIZE];
    if (!party->address)
        return;
    print_address(party->address, uri);
    icalproperty *property = must(icalproperty_new_organizer(uri));
    add_name(property, party->name);
    add(event, property);
}

/* Nobody is asked: whoever has a turn has accepted it by having it, and answers would reach no one. */
static void add_attendee(icalcomponent *event, const struct party *party)
{
    char uri[ADDRESS_SIZE];
    if (!party->address)
        return;
    print_address(party->address, uri);
    icalproperty *property = must(icalproperty_new_attendee(uri));
    add_name(property, party->name);
    icalproperty_add_parameter(property, must(icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT)));
    icalproperty_add_parameter(property, must(icalparameter_new_partstat(ICAL_PARTSTAT_ACCEPTED)));
    icalproperty_add_parameter(property, must(icalparameter_new_rsvp(ICAL_RSVP_FALSE)));
    add(event, property);
}

/* ---- when ---- */

static bool is_zoned(const struct calendar_entry *entry)
{
    return entry->starts && entry->zone && entry->observances_count > 0;
}

static void add_time(icalcomponent *event, icalproperty *property, const char *zone)
{
    if (zone)
        icalproperty_add_parameter(must(property), must(icalparameter_new_tzid(zone)));
    add(event, property);
}

/* Whole days: DTEND is the day after the last (RFC 5545, 3.6.1). */
static void add_days(icalcomponent *event, const struct calendar_entry *entry)
{
    int32_t last = entry->to && *entry->to > *entry->from ? *entry->to : *entry->from;
    add(event, icalproperty_new_dtstart(date_of(*entry->from)));
    add(event, icalproperty_new_dtend(date_of(last + 1)));
}

/* In hours, never in days: a day of a DURATION lasts until the same time on the next one (RFC 5545, 3.3.6),
 * however many hours that is. */
static struct icaldurationtype hours_of(int64_t seconds)
{
    return (struct icaldurationtype){ .hours = (unsigned)(seconds / 3600),
                                      .minutes = (unsigned)(seconds / 60 % 60),
                                      .seconds = (unsigned)(seconds % 60) };
}

/*
 * By the clock on the wall, so that it stays right where a reader knows the zone better. Where that clock is
 * changed in between, only the length tells the end: 02:30 may come twice.
 */
static void add_zoned(icalcomponent *event, const struct calendar_entry *entry)
{
    bool has_instants = entry->starts_at && entry->ends_at;
    int64_t length = entry->ends ? *entry->ends - *entry->starts : 0;
    int64_t real = has_instants ? *entry->ends_at - *entry->starts_at : length;
    add_time(event, icalproperty_new_dtstart(local_of(*entry->starts)), entry->zone);
    if (real <= 0)
        return;
    if (real == length)
        add_time(event, icalproperty_new_dtend(local_of(*entry->ends)), entry->zone);
    else
        add(event, icalproperty_new_duration(hours_of(real)));
}

static void add_when(icalcomponent *event, const struct calendar_entry *entry)
{
    if (entry->from)
        add_days(event, entry);
    else if (is_zoned(entry))
        add_zoned(event, entry);
    else if (entry->starts_at) {
        add(event, icalproperty_new_dtstart(instant_of(*entry->starts_at)));
        if (entry->ends_at && *entry->ends_at > *entry->starts_at)
            add(event, icalproperty_new_dtend(instant_of(*entry->ends_at)));
    }
}

/* ---- the entry ---- */

static icalproperty_status status_of(const struct icalendar *calendar, const struct calendar_entry *entry)
{
    if (calendar->method == ICALENDAR_CANCEL || entry->state == CALENDAR_ENTRY_STATE_CANCELLED)
        return ICAL_STATUS_CANCELLED;
    return entry->state == CALENDAR_ENTRY_STATE_TENTATIVE ? ICAL_STATUS_TENTATIVE : ICAL_STATUS_CONFIRMED;
}

static icalcomponent *write_event(const struct icalendar *calendar, const struct calendar_entry *entry)
{
    icalcomponent *event = must(icalcomponent_new(ICAL_VEVENT_COMPONENT));
    icalproperty_status status = status_of(calendar, entry);
    char uid[UID_SIZE];
    snprintf(uid, sizeof uid, "%s@%s", entry->uid, calendar->domain);
    add_words(event, ICAL_UID_PROPERTY, uid, false);
    add(event, icalproperty_new_dtstamp(instant_of(entry->stamped_at)));
    add(event, icalproperty_new_lastmodified(instant_of(entry->stamped_at)));
    add(event, icalproperty_new_sequence((int)entry->sequence));
    add_when(event, entry);
    add_words(event, ICAL_SUMMARY_PROPERTY, entry->title, false);
    if (entry->text && *entry->text)
        add_words(event, ICAL_DESCRIPTION_PROPERTY, entry->text, true);
    add(event, icalproperty_new_status(status));
    /* what nobody has yet, or nobody has any more, keeps nobody busy */
    add(event, icalproperty_new_transp(status == ICAL_STATUS_CONFIRMED ? ICAL_TRANSP_OPAQUE
                                                                       : ICAL_TRANSP_TRANSPARENT));
    add_organizer(event, &calendar->organizer);
    add_attendee(event, &calendar->attendee);
    return event;
}

/* ---- zones ---- */

static int by_zone(const void *left, const void *right)
{
    const struct calendar_entry *const *a = left, *const *b = right;
    return strcmp((*a)->zone, (*b)->zone);
}

static int by_onset(const void *left, const void *right)
{
    const struct observance *const *a = left, *const *b = right;
    return ((*a)->onset > (*b)->onset) - ((*a)->onset < (*b)->onset);
}

static icalcomponent *write_observance(const struct observance *observance)
{
    icalcomponent *part = must(
        icalcomponent_new(observance->is_daylight ? ICAL_XDAYLIGHT_COMPONENT : ICAL_XSTANDARD_COMPONENT));
    struct icaltimetype onset = local_of(observance->onset);
    if (onset.year < YEAR_FIRST)
        onset = (struct icaltimetype){ .year = YEAR_FIRST, .month = 1, .day = 1 };
    add(part, icalproperty_new_dtstart(onset));
    add(part, icalproperty_new_tzoffsetfrom((int)observance->offset_from));
    add(part, icalproperty_new_tzoffsetto((int)observance->offset_to));
    add_words(part, ICAL_TZNAME_PROPERTY, observance->name, false);
    return part;
}

/* One zone, with what all of its entries know of it. Each observance is true by itself, so all of them are.
 */
static icalcomponent *write_zone(const struct calendar_entry *const *entries, size_t count)
{
    icalcomponent *zone = must(icalcomponent_new(ICAL_VTIMEZONE_COMPONENT));
    size_t all = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        all += entries[i]->observances_count;
    const struct observance **found = must(calloc(all, sizeof *found));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < entries[i]->observances_count; j++)
            found[at++] = &entries[i]->observances[j];
    qsort(found, all, sizeof *found, by_onset);
    add(zone, icalproperty_new_tzid(entries[0]->zone));
    for (size_t i = 0; i < all; i++)
        if (i == 0 || found[i]->onset != found[i - 1]->onset)
            icalcomponent_add_component(zone, write_observance(found[i]));
    free(found);
    return zone;
}

static void write_zones(icalcomponent *whole, const struct calendar_entry *entries, size_t count)
{
    const struct calendar_entry **zoned = must(calloc(count + 1, sizeof *zoned));
    size_t found = 0, end;
    for (size_t i = 0; i < count; i++)
        if (!entries[i].from && is_zoned(&entries[i]))
            zoned[found++] = &entries[i];
    qsort(zoned, found, sizeof *zoned, by_zone);
    for (size_t i = 0; i < found; i = end) {
        for (end = i + 1; end < found && strcmp(zoned[end]->zone, zoned[i]->zone) == 0;)
            end++;
        icalcomponent_add_component(whole, write_zone(zoned + i, end - i));
    }
    free(zoned);
}

/* ---- the whole ---- */

static void add_method(icalcomponent *whole, enum icalendar_method method)
{
    static const icalproperty_method kinds[] = { [ICALENDAR_PUBLISH] = ICAL_METHOD_PUBLISH,
                                                 [ICALENDAR_REQUEST] = ICAL_METHOD_REQUEST,
                                                 [ICALENDAR_CANCEL] = ICAL_METHOD_CANCEL };
    if (method != ICALENDAR_STORED)
        add(whole, icalproperty_new_method(kinds[method]));
}

/* No standard has a name for a calendar that is common; everybody reads this one. */
static void add_calendar_name(icalcomponent *whole, const char *name)
{
    char *plain = character_plain(name, false);
    icalproperty *property = must(icalproperty_new_x(plain));
    icalproperty_set_x_name(property, "X-WR-CALNAME");
    add(whole, property);
    free(plain);
}

char *icalendar_write(const struct icalendar *calendar, const struct calendar_entry *entries, size_t count)
{
    icalerror_set_errors_are_fatal(false);
    icalcomponent *whole = must(icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
    add(whole, icalproperty_new_version("2.0"));
    add(whole, icalproperty_new_prodid("-//Laug//Laug//EN"));
    add_method(whole, calendar->method);
    if (calendar->name)
        add_calendar_name(whole, calendar->name);
    write_zones(whole, entries, count);
    for (size_t i = 0; i < count; i++)
        icalcomponent_add_component(whole, write_event(calendar, &entries[i]));
    char *text = must(icalcomponent_as_ical_string_r(whole));
    icalcomponent_free(whole);
    return text;
}
