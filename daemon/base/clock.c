/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <time.h>

int64_t clock_read(const struct clock *clock)
{
    struct timespec time;
    if (clock->is_held)
        return clock->held_at;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec;
}

void clock_hold(struct clock *clock, int64_t instant)
{
    *clock = (struct clock){ .is_held = true, .held_at = instant };
}

int64_t clock_microseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int64_t clock_milliseconds(void)
{
    return clock_microseconds() / 1000;
}

int64_t clock_boot_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec;
}
