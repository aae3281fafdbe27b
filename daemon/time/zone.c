/* SPDX-License-Identifier: MIT */
/*
 * The only file that knows libical. It is asked for offsets from UTC and nothing else: its own way from a
 * local time to an instant is wrong where clocks change, and its tables are not made for several threads.
 * What it answers is kept as a sorted list of changes, and libical's own memory is given back.
 */
#include "zone.h"

#include "day.h"

#include <assert.h>
#include <libical/ical.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_YEAR = 1970, LAST_YEAR = 2200, NAME_LIMIT = 63 };

/* No zone ever changed its offset and changed it back within four days. */
enum { STRIDE = 4 * DAY_SECONDS };

/* From `since` on, and until the next change, the clock on the wall is `offset` seconds ahead of UTC. */
struct change {
    int64_t since;
    int64_t offset;
};

struct zone {
    struct zone *next;
    char name[NAME_LIMIT + 1];
    size_t count;            /* at least one */
    struct change changes[]; /* by time; the first counts for all time before it too */
};

struct zones {
    pthread_mutex_t lock;
    struct zone *loaded;
};

struct zones *zones_new(void)
{
    struct zones *zones = calloc(1, sizeof *zones);
    if (!zones || pthread_mutex_init(&zones->lock, NULL) != 0)
        abort();
    return zones;
}

void zones_free(struct zones *zones)
{
    if (!zones)
        return;
    while (zones->loaded) {
        struct zone *zone = zones->loaded;
        zones->loaded = zone->next;
        free(zone);
    }
    pthread_mutex_destroy(&zones->lock);
    free(zones);
}

/* Names become paths inside the zone data: only what IANA names are made of, and no way out of the folder.
 * The capital at the start keeps out posix/, right/ (which counts leap seconds), localtime and posixrules. */
static bool is_name(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t length = strnlen(name, NAME_LIMIT + 1);
    return length > 0 && length <= NAME_LIMIT && strspn(name, letters) == length && name[0] >= 'A' &&
           name[0] <= 'Z' && name[length - 1] != '/' && !strstr(name, "//") && strcmp(name, "Factory") != 0;
}

static int64_t libical_offset(icaltimezone *source, int64_t instant)
{
    int32_t day = day_of_seconds(instant);
    int second = (int)(instant - (int64_t)day * DAY_SECONDS);
    struct civil civil = day_to_civil(day);
    struct icaltimetype utc = icaltime_null_time();
    utc.year = civil.year;
    utc.month = civil.month;
    utc.day = civil.day;
    utc.hour = second / 3600;
    utc.minute = second / 60 % 60;
    utc.second = second % 60;
    return icaltimezone_get_utc_offset_of_utc_time(source, &utc, NULL);
}

/* The first instant after `before` with another offset than there; `after` already has one. */
static int64_t find_change(icaltimezone *source, int64_t before, int64_t after)
{
    int64_t offset = libical_offset(source, before);
    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;
        if (libical_offset(source, middle) == offset)
            before = middle;
        else
            after = middle;
    }
    return after;
}

static struct zone *add_change(struct zone *zone, int64_t since, int64_t offset)
{
    size_t count = zone ? zone->count : 0;
    if (count % 64 == 0) {
        zone = realloc(zone, sizeof *zone + (count + 64) * sizeof zone->changes[0]);
        if (!zone)
            abort();
    }
    zone->changes[count] = (struct change){ since, offset };
    zone->count = count + 1;
    return zone;
}

static struct zone *load(const char *name, icaltimezone *source)
{
    int64_t at = (int64_t)day_from_civil((struct civil){ FIRST_YEAR, 1, 1 }) * DAY_SECONDS;
    int64_t end = (int64_t)day_from_civil((struct civil){ LAST_YEAR, 1, 1 }) * DAY_SECONDS;
    /* asked for the end first, libical lays out its table once and not year by year */
    (void)libical_offset(source, end);
    struct zone *zone = add_change(NULL, at, libical_offset(source, at));
    for (; at < end; at += STRIDE) {
        int64_t offset = libical_offset(source, at + STRIDE);
        if (offset != zone->changes[zone->count - 1].offset)
            zone = add_change(zone, find_change(source, at, at + STRIDE), offset);
    }
    strcpy(zone->name, name);
    return zone;
}

enum code zones_find(struct zones *zones, const char *name, const char *field, const struct zone **zone,
                     struct error *error)
{
    if (!is_name(name))
        return fail(error, INVALID, field,
                    _("this is not the name of a time zone; write one such as Europe/Copenhagen"));
    pthread_mutex_lock(&zones->lock);
    struct zone *found = zones->loaded;
    while (found && strcmp(found->name, name) != 0)
        found = found->next;
    if (!found) {
        icaltimezone_set_builtin_tzdata(0);
        icaltimezone_set_tzid_prefix("");
        icaltimezone *source = icaltimezone_get_builtin_timezone(name);
        if (source) {
            found = load(name, source);
            found->next = zones->loaded;
            zones->loaded = found;
        }
        icaltimezone_free_builtin_timezones();
    }
    pthread_mutex_unlock(&zones->lock);
    if (!found)
        return fail(error, INVALID, field,
                    _("no time zone is called \"%s\"; write one such as Europe/Copenhagen"), name);
    *zone = found;
    return OK;
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

static size_t find_index(const struct zone *zone, int64_t instant)
{
    size_t low = 0, high = zone->count; /* the answer is in [low, high) */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].since <= instant)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int64_t offset_at(const struct zone *zone, int64_t instant)
{
    return zone->changes[find_index(zone, instant)].offset;
}

int64_t zone_local(const struct zone *zone, int64_t instant)
{
    return instant + offset_at(zone, instant);
}

int64_t zone_instant(const struct zone *zone, int64_t local)
{
    /* Offsets stay within 14 hours, so a day to either side is surely before and after the local time, and no
     * zone changed twice within two days. */
    int64_t before = offset_at(zone, local - DAY_SECONDS);
    int64_t after = offset_at(zone, local + DAY_SECONDS);
    if (before == after || offset_at(zone, local - before) == before)
        return local - before;
    return offset_at(zone, local - after) == after ? local - after : local - before;
}

int64_t zone_latest_local(const struct zone *zone, int64_t instant)
{
    int64_t local = zone_local(zone, instant);
    if (zone_instant(zone, local) == instant)
        return local;
    /* second time round: everything the clock showed before it was set back has been */
    const struct change *change = &zone->changes[find_index(zone, instant)];
    assert(change > zone->changes && change[-1].offset > change->offset);
    return change->since + change[-1].offset - 1;
}
