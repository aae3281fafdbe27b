/* SPDX-License-Identifier: MIT */
/* JSON: answers of the service written as it, and structured parameters read from it. */
#ifndef JSON_H
#define JSON_H

#include "cursor.h"
#include "record.h"

#include <stdio.h>

enum { JSON_COMPACT = -1 };

/*
 * Writes one value. `indent` is the column of its first line, JSON_COMPACT for all on one line. Names keep
 * the order in which the service gave them. What steers a terminal is written \u….
 */
void json_write(FILE *out, struct cursor value, int indent);
void json_write_text(FILE *out, const char *text, size_t length);

/*
 * Reads JSON into a field of kind record or value, or a list of them (of which one alone may also be written
 * without the brackets). `@file` reads the file, `@-` standard input. INVALID with the line and column of
 * what is wrong.
 */
MUST_CHECK enum code json_read(const struct field *field, const char *text, void *base, struct arena *arena,
                               struct error *error);

#endif
