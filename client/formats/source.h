/* SPDX-License-Identifier: MIT */
/* A whole file as text in UTF-8, or the sentence that tells how to make it that. */
#ifndef SOURCE_H
#define SOURCE_H

#include "arena.h"
#include "error.h"

/*
 * Reads `path` ("-" is what comes in on stdin) into the arena. *bytes begins behind a byte order mark and is
 * ended by a NUL that *length does not count. NOT_FOUND, FORBIDDEN, UNAVAILABLE as the system says; TOO_LARGE
 * above `most` bytes; INVALID where it is no UTF-8, with the command that converts it.
 */
MUST_CHECK enum code source_read(const char *path, size_t most, struct arena *arena, const char **bytes,
                                 size_t *length, struct error *error);

/* The path as a shell reads it: quoted where it has to be. */
const char *source_quoted(const char *path, struct arena *arena);

#endif
