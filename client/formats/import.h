/* SPDX-License-Identifier: MIT */
/*
 * One import from its file to its last line: read, look at all of it, compare, and only then write. Nothing
 * is taken unless every row is good, or the reader said to keep going.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "heads.h"
#include "stage.h"

enum { MAPS_MOST = 32 };

struct options {
    const char *what; /* people, teams, absences or holidays */
    const char *file; /* a path, or "-" */
    const char *socket;
    const char *teams_file; /* --with-teams=FILE */
    struct heads_map maps[MAPS_MOST];
    size_t maps_count;
    enum dates_choice dates;
    bool is_dry_run, keeps_going, with_teams, replaces;
};

/* Does it and says so. Gives the status to exit with: 0 where all was taken, or there was nothing to do. */
int import_run(const struct options *options);

#endif
