/* SPDX-License-Identifier: MIT */
/* What the words of a command line say that is not about one method: how to reach, what to show, how. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "language.h"

#include <getopt.h>
#include <stdbool.h>

enum style {
    STYLE_TABLE, /* for eyes */
    STYLE_PLAIN, /* tab separated, no header */
    STYLE_JSON
};

struct options {
    const char *socket; /* NULL: liblaug chooses */
    const char *request_id;
    enum language language;
    enum style style;
    bool is_dry_run, is_yes, wants_help, wants_version;
};

/* Known everywhere; `val` is 256 and up. Ended by a name of NULL. */
extern const struct option global_options[];

/* What this program says from now on, and the service to it, is in this language. */
void options_speak(struct options *options, enum language language);

/* Takes in what getopt_long found in global_options; false where `option` is none of them, or its value is
 * bad. */
bool options_take(struct options *options, int option, const char *value);

#endif
