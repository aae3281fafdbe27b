/* SPDX-License-Identifier: MIT */
/* For handlers: what undoes what they did, where the catalogue cannot know it. */
#ifndef UNDO_H
#define UNDO_H

#include "call.h"

/* Adds a call to those that undo the one in progress, in order. `params` is the record that `method` takes.
 */
void undo_by(struct call *call, const char *method, const void *params);

#endif
