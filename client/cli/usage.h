/* SPDX-License-Identifier: MIT */
/* --help at every level, in the user's language. Each prints to standard output and gives the exit status 0.
 */
#ifndef USAGE_H
#define USAGE_H

#include "method.h"

int usage_all(void);
/* Of the methods that begin with these words; there must be one. */
int usage_topic(char *const *words, int count);
int usage_method(const struct method *method);

/* The help text of the domain that has this name, or NULL. */
const char *usage_of_domain(const char *name, size_t length);

#endif
