/* SPDX-License-Identifier: MIT */
/*
 * Where a calendar is written to. The invariant: who reads the file finds a whole calendar, the old one or
 * the new one, whatever happens meanwhile.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "error.h"

/*
 * Writes `text` beside `path`, syncs it and puts it in the file's place; a NULL path is standard output. The
 * file is as readable as the umask lets new files be. UNAVAILABLE or STORAGE_FULL, and the file is as it was.
 */
MUST_CHECK enum code output_write(const char *path, const char *text, struct error *error);

#endif
