/* SPDX-License-Identifier: MIT */
/*
 * The one clock. Nothing else in the daemon reads the time, so that a held clock lets tests and the demo live
 * through years in seconds.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
    bool is_held;
    int64_t held_at; /* instant, while held */
};

/* Seconds since the epoch, UTC: the held instant, or CLOCK_REALTIME. */
int64_t clock_read(const struct clock *clock);
/* Holds the clock at an instant, or moves a held one. */
void clock_hold(struct clock *clock, int64_t instant);

/* For deadlines and durations only: CLOCK_MONOTONIC, whether the clock is held or not. */
int64_t clock_milliseconds(void);
int64_t clock_microseconds(void);

/* Seconds since the machine was started, asleep or awake: CLOCK_BOOTTIME. */
int64_t clock_boot_seconds(void);

#endif
