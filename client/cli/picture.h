/* SPDX-License-Identifier: MIT */
/* What `laug week` and `laug year` have in common: from their words to a season, drawn or as JSON. */
#ifndef PICTURE_H
#define PICTURE_H

#include "draw.h"
#include "options.h"
#include "season.h"
#include "when.h"

struct picture {
    const char *name, *help;        /* the command's word, and a sentence */
    const char *value, *value_help; /* WEEK, and what may stand there */
    bool has_absences;
    int widest;
    /* The days that a word means, or that are meant without one (NULL). False: it means none. */
    bool (*span)(const char *word, const struct when_now *now, int32_t *from, int32_t *until);
    void (*draw)(struct season *season, const struct drawing *drawing);
};

/* Gives the exit status. */
int picture_command(const struct picture *picture, char **words, int count, struct options *options);

#endif
