/* SPDX-License-Identifier: MIT */
/*
 * How names and words of the protocol are shown to eyes: without underscores, and in the reader's language
 * where that has a word for them. Scripts (--plain, --json) get them as they are.
 */
#ifndef LABEL_H
#define LABEL_H

#include "arena.h"

#include <stdint.h>

/* "min present" of min_present, or what that is in the language in use. */
const char *label_of(struct arena *arena, const char *name);
/* The same of a word such as has_turn_beside. A word that some option takes stays as it is typed. */
const char *label_word(struct arena *arena, const char *word, uint32_t length);

#endif
