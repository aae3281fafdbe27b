/* SPDX-License-Identifier: MIT */
/*
 * The catalogue in words: how a method is written on a command line, the protocol reference and the man
 * pages. All of it comes from the tables, in English, and is the same for the same catalogue.
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "method.h"

#include <stdio.h>

/* ---- a method on a command line ---- */

/* The parameter whose value may be written without its name: the first id or text that is required, or that
 * is the caller's own where it is left out. NULL where there is none. */
const struct field *describe_bare(const struct method *method);

/* "when_closed" as an option is called: "when-closed"; dots become blanks. */
const char *describe_hyphened(struct arena *arena, const char *name);

/* What stands for the value: "PERSON", "DATE", "NUMBER"; of few short words the words themselves:
 * "team|person". */
const char *describe_placeholder(const struct field *field, struct arena *arena);

/* "laug rotation preview ROTATION [--count NUMBER] [--until DATE]" */
const char *describe_usage(const struct method *method, struct arena *arena);

/* A call that could be typed: "laug rotation preview showcase". */
const char *describe_example(const struct method *method, struct arena *arena);

/* The first paragraph of a help text, on one line. */
const char *describe_brief(const char *help, struct arena *arena);

/* ---- whole texts ---- */

/* The protocol reference as plain text. */
void describe_reference(FILE *out);

/* man pages, in the language of man(7): laug(1) and laug-protocol(7). */
void describe_manual(FILE *out);
void describe_protocol_manual(FILE *out);

#endif
