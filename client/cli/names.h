/* SPDX-License-Identifier: MIT */
/* What people call the people, teams and rotations whose ids stand in answers: asked for once, all at once.
 */
#ifndef NAMES_H
#define NAMES_H

#include "cursor.h"
#include "record.h"
#include "service.h"

#include <stddef.h>

struct names {
    struct arena *arena;
    const char **ids, **shown; /* shown: NULL where there is none */
    size_t count, size;
};

/* An id that is to be looked up; once for each, and copied. Gives its place. */
size_t names_want(struct names *names, const char *id);

/* Asks for those that are not known yet. Where that fails they stay ids. */
enum laug_status names_ask(struct names *names, struct service *service);

/* Whether values of the field are ids that people read better as names. */
bool names_fit(const struct field *field);

/* All such ids in an answer of this record. */
void names_want_all(struct names *names, const struct record *record, struct cursor answer);

/* The name of an id, which may also not be among them; else the id. */
const char *names_of(const struct names *names, const char *id);

#endif
