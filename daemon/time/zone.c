/* SPDX-License-Identifier: MIT */
/*
 * A zone is the sorted list of its changes, read from the system's zone data; questions are binary searches
 * in it.
 */
#include "zone.h"

#include "day.h"
#include "zone_file.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONE_FOLDER "/usr/share/zoneinfo/"

/* The longest zone file of all is below 4 KB. */
enum { NAME_LIMIT = 63, FILE_LIMIT = 16384 };

struct zone {
    struct zone *next;
    struct zone_changes changes;
    char name[NAME_LIMIT + 1];
};

struct zones {
    pthread_mutex_t lock;
    struct zone *loaded; /* grows at the front only: a zone once handed out stays */
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
        free(zone->changes.list);
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

static bool read_file(const char *path, unsigned char bytes[static FILE_LIMIT], size_t *size)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    size_t got = 0;
    ssize_t more = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) ? 1 : -1;
    while (more > 0 && got < FILE_LIMIT) {
        more = read(fd, bytes + got, FILE_LIMIT - got);
        got += more > 0 ? (size_t)more : 0;
    }
    close(fd);
    *size = got;
    return more == 0;
}

/* NULL where there is no such file, or not a zone's. */
static struct zone *load(const char *name)
{
    static const char folder[] = ZONE_FOLDER;
    char path[sizeof folder + NAME_LIMIT];
    unsigned char bytes[FILE_LIMIT];
    size_t size;
    struct zone_changes changes;
    snprintf(path, sizeof path, "%s%s", folder, name);
    if (!read_file(path, bytes, &size) || !zone_file_parse(bytes, size, &changes))
        return NULL;
    struct zone *zone = calloc(1, sizeof *zone);
    if (!zone)
        abort();
    zone->changes = changes;
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
        found = load(name);
        if (found) {
            found->next = zones->loaded;
            zones->loaded = found;
        }
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
    size_t low = 0, high = zone->changes.count; /* the answer is in [low, high) */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes.list[middle].since <= instant)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int64_t offset_at(const struct zone *zone, int64_t instant)
{
    return zone->changes.list[find_index(zone, instant)].offset;
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

size_t zone_observances(const struct zone *zone, int64_t from, int64_t to, size_t most,
                        struct zone_observance *observances)
{
    const struct zone_change *list = zone->changes.list;
    size_t first = find_index(zone, from), last = find_index(zone, to), count = 0;
    first -= first > 0;
    last += last + 1 < zone->changes.count;
    for (size_t i = first; i <= last; i++) {
        int64_t before = list[i > 0 ? i - 1 : 0].offset;
        if (count < most)
            observances[count] = (struct zone_observance){ list[i].since + before, before, list[i].offset,
                                                           list[i].is_daylight, list[i].letters };
        count++;
    }
    return count;
}

int64_t zone_latest_local(const struct zone *zone, int64_t instant)
{
    int64_t local = zone_local(zone, instant);
    if (zone_instant(zone, local) == instant)
        return local;
    /* second time round: everything the clock showed before it was set back has been */
    const struct zone_change *change = &zone->changes.list[find_index(zone, instant)];
    assert(change > zone->changes.list && change[-1].offset > change->offset);
    return change->since + change[-1].offset - 1;
}
