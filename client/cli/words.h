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

/*
 * Reads what follows the method's words into a zeroed record of its parameters, and checks it. Bit i of
 * *given tells that field i was named. `words` are reordered. INVALID with the field named where there is
 * one. Where --help is among them options->wants_help is set, and nothing is checked.
 */
MUST_CHECK enum code words_read(const struct method *method, char **words, int count, struct options *options,
                                void *params, uint64_t *given, struct arena *arena, struct error *error);

#endif
