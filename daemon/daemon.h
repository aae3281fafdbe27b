/* SPDX-License-Identifier: MIT */
/* The running service: owns every part, starts them in order and stops them in reverse. */
#ifndef DAEMON_H
#define DAEMON_H

#include "config.h"

#include <stdint.h>

struct daemon;

struct daemon_options {
    struct config config;
    const char *config_file; /* read again on SIGHUP; NULL: none */
    bool init;               /* make the database if there is none */
    bool holds_clock;
    int64_t held_local; /* where the clock is held, in the company's zone */
};

/* Opens the database, the socket and the loop. Whatever failed is told in *error; the codes are store_open's
 * and server_listen's. */
MUST_CHECK enum code daemon_open(const struct daemon_options *options, struct daemon **daemon,
                                 struct error *error);
/* Serves until told to stop. */
void daemon_run(struct daemon *daemon);
void daemon_close(struct daemon *daemon);

#endif
