/* SPDX-License-Identifier: MIT */
/*
 * Time zones: between an instant and what the clock on the wall shows. A zone is loaded once from the
 * system's zone data and never changes afterwards, so that any thread may ask it anything.
 */
#ifndef ZONE_H
#define ZONE_H

#include "error.h"

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

/* The latest local time whose instant is not after this one: zone_local, but for the hour that comes twice.
 */
int64_t zone_latest_local(const struct zone *zone, int64_t instant);

#endif
