/* SPDX-License-Identifier: MIT */
/*
 * What undoes a call, worked out while it is done, from what the catalogue says: by the parameters and the
 * answer where another method undoes it, by the former values where it is the method itself.
 */
#ifndef INVERSE_H
#define INVERSE_H

#include "call.h"

/* The values that a call is about to change, for a method that is undone by itself; NULL for any other, and
 * where they cannot be found: then the call will fail as well. */
const void *inverse_look(struct call *call, const struct method *method, const void *params);

/*
 * Keeps what undoes the call that was done. `former` is what inverse_look gave. Nothing is kept of what
 * cannot be undone.
 */
MUST_CHECK enum code inverse_keep(struct call *call, const struct method *method, const void *params,
                                  const void *result, const void *former, const char *about);

#endif
