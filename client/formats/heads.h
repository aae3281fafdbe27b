/* SPDX-License-Identifier: MIT */
/*
 * Which column of a file fills which field. A head names a field by the field's own name, by a known word for
 * it in English or Danish (heads.c lists them), or by what --map says; capitals, spaces, hyphens and
 * underscores do not matter. No two columns fill one field.
 */
#ifndef HEADS_H
#define HEADS_H

#include "refusal.h"

#include <stddef.h>

/* A field that a file can fill, and the words that heads have for it. */
struct heading {
    const char *field;
    const char *words; /* parted by spaces, as they look without capitals and marks: "employeeid staffid" */
};

/* --map HEAD=FIELD; an empty field leaves the column out. */
struct heads_map {
    const char *head, *field;
};

enum { HEADS_UNUSED = -1 };

/*
 * For each of `columns` heads the index in `headings` (which ends with a field NULL) goes to fields[], or
 * HEADS_UNUSED. Refused, on line 1: two columns for one field; a map that names no column or no field. The
 * maps go first, then heads that are a field's own name, then the known words: each leaves the later ones
 * only the fields not filled yet.
 */
void heads_match(const char *const *heads, size_t columns, const struct heading *headings,
                 const struct heads_map *maps, size_t maps_count, struct refusals *refusals, int *fields);

extern const struct heading heads_of_people[], heads_of_teams[], heads_of_absences[];

#endif
