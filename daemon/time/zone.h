/* SPDX-License-Identifier: MIT */
/*
 * Time zones: between an instant and what the clock on the wall shows. A zone is loaded once from the
 * system's zone data and never changes afterwards, so that any thread may ask it anything.
 */
#ifndef ZONE_H
#define ZONE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone;  /* one zone; lives as long as the zones it came from */
struct zones; /* those in use, loaded on first use */

struct zones *zones_new(void) __attribute__((returns_nonnull));
void zones_free(struct zones *zones);

/*
 * The zone with an IANA name such as Europe/Copenhagen, spelt exactly so. The first call for a name reads the
 * zone's file (0.1 ms), later ones find it in memory; safe from
 * any thread. INVALID, naming `field`, where the system has no such zone or the name could be anything but
 * one.
 */
enum code zones_find(struct zones *zones, const char *name, const char *field, const struct zone **zone,
                     struct error *error) MUST_CHECK;

const char *zone_name(const struct zone *zone);

/* What the clock on the wall shows at an instant. */
int64_t zone_local(const struct zone *zone, int64_t instant);

/*
 * The instant of a local time. One that the clock skips counts with the offset before the gap, so that 02:30
 * becomes 03:30; one that it shows twice means the first (RFC 5545, 3.3.5).
 */
int64_t zone_instant(const struct zone *zone, int64_t local);

/* A stretch of the zone's clock, as calendars tell of it to those who do not know the zone (RFC 5545, 3.6.5).
 */
struct zone_observance {
    int64_t onset;                  /* local, in the offset before it */
    int64_t offset_from, offset_to; /* seconds ahead of UTC before it, and from then on */
    bool is_daylight;
    const char *letters; /* such as CEST; "" where the zone has none. Lives as long as the zone */
};

/*
 * What one has to know of the zone to place `from` until `to` (instants) right: the stretch in force at
 * `from` and the one before, all that begin up to `to`, and the next. In order; the first may begin in 1970,
 * which stands for all time before. Gives how many there are; writes at most `most`. The local time of any
 * instant in between, read with the offset_to of the last onset not after it, is that instant; of an hour
 * that comes twice, the first.
 */
size_t zone_observances(const struct zone *zone, int64_t from, int64_t to, size_t most,
                        struct zone_observance *observances);

/* The latest local time whose instant is not after this one: zone_local, but for the hour that comes twice.
 */
int64_t zone_latest_local(const struct zone *zone, int64_t instant);

#endif
