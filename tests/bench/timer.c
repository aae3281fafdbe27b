/* SPDX-License-Identifier: MIT */
/*
 * The least lag that libevent can fire with: one precise timer (a timerfd under it), set for N whole seconds
 * of the wall clock, one after the other, and how late each callback ran. usage: timer COUNT; prints one line
 * of JSON.
 */
#include <event2/event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct run {
    struct event_base *base;
    struct event *timer;
    int left, count;
    int64_t due_at; /* nanoseconds of the wall clock */
    double *lag;    /* milliseconds */
};

static int64_t wall(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void set_next(struct run *run)
{
    int64_t at = wall();
    run->due_at = (at / 1000000000 + 1) * 1000000000;
    int64_t wait = (run->due_at - at + 999) / 1000;
    event_add(run->timer, &(struct timeval){ .tv_sec = wait / 1000000, .tv_usec = wait % 1000000 });
}

static void timer_fired(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct run *run = context;
    run->lag[--run->left] = (double)(wall() - run->due_at) / 1e6;
    if (run->left > 0)
        set_next(run);
    else
        event_base_loopbreak(run->base);
}

int main(int argc, char **argv)
{
    int count = argc == 2 ? atoi(argv[1]) : 0;
    struct run run = { .left = count,
                       .count = count,
                       .lag = calloc((size_t)(count > 0 ? count : 1), sizeof(double)) };
    if (count < 1 || run.lag == NULL) {
        fprintf(stderr, "usage: timer COUNT\n");
        return 64;
    }
    struct event_config *config = event_config_new();
    event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
    run.base = event_base_new_with_config(config);
    run.timer = event_new(run.base, -1, 0, timer_fired, &run);
    set_next(&run);
    event_base_dispatch(run.base);
    for (int i = 0; i < count; i++)
        printf("%s%.4f", i == 0 ? "[" : ", ", run.lag[count - 1 - i]);
    puts("]");
    return 0;
}
