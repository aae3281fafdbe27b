/* SPDX-License-Identifier: MIT */
/*
 * From the words of a command line to a method and its parameters, by the catalogue alone: `laug rotation
 * preview showcase --count 12` is the method rotation.preview, its first required id or text bare, everything
 * else an option. An underscore is written as a hyphen.
 */
#ifndef WORDS_H
#define WORDS_H

#include "method.h"
#include "options.h"
#include "when.h"

/* The longest method that the words begin with, and how many of them it takes; NULL where they name none. */
const struct method *words_method(char *const *words, int count, int *taken);

/* The methods that begin with all of the words ("rotation", "sabbatical policy"): their number, and the
 * first. */
int words_topic(char *const *words, int count, const struct method **first);

/* How the parameter is called where somebody is told about it: "--when-closed", or "ROTATION" of the bare
 * one. */
const char *words_field(struct arena *arena, const struct method *method, const struct field *field);

/* True where the field takes JSON. */
bool words_is_json(const struct field *field);

/* A day or time that was not typed in full: `monday`. */
struct typed {
    struct typed *next;
    const struct field *field;
    size_t index; /* in a list */
    struct when when;
    struct when_place place; /* once it is settled */
};

/* A command line on its way to a call. The method, a zeroed record of its parameters, options and arena are
 * the caller's. */
struct line {
    const struct method *method;
    void *params;
    struct options *options;
    struct arena *arena;
    uint64_t given;      /* bit i tells that field i was named */
    struct typed *typed; /* in the order in which they were typed */
};

/*
 * Reads what follows the method's words into the parameters, and checks it. `words` are reordered. INVALID
 * with the field named where there is one. Where --help is among them options->wants_help is set, and nothing
 * is checked.
 */
MUST_CHECK enum code words_read(struct line *line, char **words, int count, struct error *error);

/* Whether words_settle must be told what time it is. */
bool words_need_now(const struct line *line);

/* Finds where the days lie that were not typed in full, and checks the rest. Always to be called after
 * words_read. */
MUST_CHECK enum code words_settle(struct line *line, const struct when_now *now, struct error *error);

#endif
