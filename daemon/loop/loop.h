/* SPDX-License-Identifier: MIT */
/*
 * The loop: libevent's base, the signals, and one alarm. The alarm is a timerfd on CLOCK_REALTIME, so it
 * fires when its instant comes also if the machine slept or somebody set the clock, and an idle service never
 * wakes up.
 */
#ifndef LOOP_H
#define LOOP_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct loop;

struct loop_hooks {
    void (*alarm)(void *user);    /* the instant of loop_alarm_at has come, or the clock was set */
    void (*reload)(void *user);   /* SIGHUP */
    void (*turn_end)(void *user); /* once a turn in which loop_turn_needed was called, after all its events */
    void *user;
};

/* Never fails but by abort: without a loop there is no service. The caller owns it. */
struct loop *loop_open(struct loop_hooks hooks);
void loop_close(struct loop *loop);

/* Runs until SIGTERM, SIGINT or loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Asks for turn_end at the end of this turn. */
void loop_turn_needed(struct loop *loop);
/* The next alarm, an instant; INT64_MAX: none. */
void loop_alarm_at(struct loop *loop, int64_t instant);

struct event_base *loop_base(struct loop *loop);

/* What systemd hears, where it listens: sd_notify(3). Feeds its watchdog from the loop from then on. */
void loop_ready(struct loop *loop, const char *status);

#endif
