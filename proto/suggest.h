/* SPDX-License-Identifier: MIT */
/* What somebody who mistyped a word may have meant. */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

/* The nearest of the choices: begins like it, or at most two slips away; NULL where none is near. */
const char *suggest(const char *word, const char *const *choices, size_t count);

/* The catalogue's verb for one that other programs use: "delete" is "remove". NULL where there is none. */
const char *suggest_verb(const char *word);

#endif
