/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

struct loop {
    struct event_base *base;
    struct event *signals[3], *turn, *alarm, *watchdog;
    struct loop_hooks hooks;
    int timer; /* timerfd */
    int64_t alarm_at;
    bool turn_is_needed;
};

static void on_stop(int signal_number, short what, void *user)
{
    (void)signal_number;
    (void)what;
    loop_stop(user);
}

static void on_reload(int signal_number, short what, void *user)
{
    const struct loop *loop = user;
    (void)signal_number;
    (void)what;
    loop->hooks.reload(loop->hooks.user);
}

static void on_turn(int fd, short what, void *user)
{
    struct loop *loop = user;
    (void)fd;
    (void)what;
    loop->turn_is_needed = false;
    loop->hooks.turn_end(loop->hooks.user);
}

/* A read fails with ECANCELED when the clock was set: then too whatever is due must be looked at anew. */
static void on_alarm(int fd, short what, void *user)
{
    struct loop *loop = user;
    uint64_t expirations;
    (void)what;
    if (read(fd, &expirations, sizeof expirations) < 0 && errno == EAGAIN)
        return;
    loop->alarm_at = INT64_MIN;
    loop->hooks.alarm(loop->hooks.user);
}

static void on_watchdog(int fd, short what, void *user)
{
    (void)fd;
    (void)what;
    (void)user;
    sd_notify(0, "WATCHDOG=1");
}

static struct event *add(struct event *event, const struct timeval *timeout)
{
    if (!event || event_add(event, timeout) != 0)
        abort();
    return event;
}

struct loop *loop_open(struct loop_hooks hooks)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop || !(loop->base = event_base_new()))
        abort();
    loop->hooks = hooks;
    loop->alarm_at = INT64_MAX;
    signal(SIGPIPE, SIG_IGN);
    loop->signals[0] = add(evsignal_new(loop->base, SIGTERM, on_stop, loop), NULL);
    loop->signals[1] = add(evsignal_new(loop->base, SIGINT, on_stop, loop), NULL);
    loop->signals[2] = add(evsignal_new(loop->base, SIGHUP, on_reload, loop), NULL);
    loop->timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (loop->timer < 0)
        abort();
    loop->alarm = add(event_new(loop->base, loop->timer, EV_READ | EV_PERSIST, on_alarm, loop), NULL);
    loop->turn = event_new(loop->base, -1, 0, on_turn, loop);
    if (!loop->turn)
        abort();
    return loop;
}

void loop_close(struct loop *loop)
{
    /* from here on nobody listens to them: one that comes now must not cut the closing short */
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGHUP);
    sigprocmask(SIG_BLOCK, &ending, NULL);
    for (size_t i = 0; i < sizeof loop->signals / sizeof *loop->signals; i++)
        event_free(loop->signals[i]);
    event_free(loop->turn);
    event_free(loop->alarm);
    if (loop->watchdog)
        event_free(loop->watchdog);
    close(loop->timer);
    event_base_free(loop->base);
    free(loop);
}

void loop_run(struct loop *loop)
{
    event_base_dispatch(loop->base);
}

void loop_stop(struct loop *loop)
{
    event_base_loopbreak(loop->base);
}

/* An event activated while a turn runs goes to the end of the queue: behind every descriptor found ready with
 * it. */
void loop_turn_needed(struct loop *loop)
{
    if (loop->turn_is_needed)
        return;
    loop->turn_is_needed = true;
    event_active(loop->turn, 0, 0);
}

void loop_alarm_at(struct loop *loop, int64_t instant)
{
    if (instant == loop->alarm_at)
        return;
    loop->alarm_at = instant;
    /* an instant in the past fires at once; zero would disarm the timer */
    struct itimerspec when = { .it_value = { .tv_sec = instant == INT64_MAX ? 0
                                                       : instant > 0        ? instant
                                                                            : 1 } };
    if (timerfd_settime(loop->timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) != 0)
        abort();
}

struct event_base *loop_base(struct loop *loop)
{
    return loop->base;
}

void loop_ready(struct loop *loop, const char *status)
{
    uint64_t microseconds;
    sd_notifyf(0, "READY=1\nSTATUS=%s", status);
    if (sd_watchdog_enabled(0, &microseconds) <= 0 || loop->watchdog)
        return;
    struct timeval half = { .tv_sec = (time_t)(microseconds / 2000000),
                            .tv_usec = (suseconds_t)(microseconds / 2 % 1000000) };
    loop->watchdog = add(event_new(loop->base, -1, EV_PERSIST, on_watchdog, loop), &half);
}
