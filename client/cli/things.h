/* SPDX-License-Identifier: MIT */
/*
 * The things that ids stand for, as the service lists them to this caller: for completion, and for the one
 * that somebody who mistyped an id may have meant. Nobody is told of what they could not list.
 */
#ifndef THINGS_H
#define THINGS_H

#include "service.h"

struct thing {
    const char *id, *name; /* "" where it has none */
};

/* What the field's ids stand for; NULL where it holds none. An id that the catalogue leaves open is often
 * called like it: `turn` of rotation.explain. */
const char *things_of(const struct method *method, const struct field *field);

/* All of an entity that the caller may list in one page; 0 where there is no such list, or no service. */
size_t things_list(struct service *service, const char *entity, struct arena *arena,
                   const struct thing **things);

/* Whether what was typed begins a word of the name, small letters and large ones alike. */
bool things_begin(struct arena *arena, const char *name, const char *typed);

/* Tells on standard error which one may have been meant by the id in this parameter, where one is near. */
void things_hint(struct service *service, const struct method *method, const void *params, const char *name);

#endif
