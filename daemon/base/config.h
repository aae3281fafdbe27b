/* SPDX-License-Identifier: MIT */
/*
 * The daemon's settings: one table with default, range and help, which also prints the sample file. The file
 * has the syntax that admins of systemd know: [Section], Name=value, # for comments.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "error.h"

#include <stdbool.h>
#include <stdio.h>

enum { CONFIG_TEXT_SIZE = 512 };

struct config {
    char state[CONFIG_TEXT_SIZE], socket[CONFIG_TEXT_SIZE], templates[CONFIG_TEXT_SIZE];
    char admins[64], tools[64], auditors[64], courier[64];
    int connections, connections_per_user, calls_per_second, idle_seconds, kept_answers_megabytes, log_level;
    bool group_commit;
};

/* All settings at their defaults. */
void config_default(struct config *config);

/*
 * Reads a file over what is there. UNAVAILABLE where it cannot be read; INVALID with the file's line for an
 * unknown or malformed setting: then *config is as it was.
 */
MUST_CHECK enum code config_read(struct config *config, const char *file, struct error *error);

/* A commented sample with every setting at its default. */
void config_print_sample(FILE *out);

#endif
