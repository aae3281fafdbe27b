/* SPDX-License-Identifier: MIT */
/*
 * Reads compiled zone files (RFC 8536), such as those below /usr/share/zoneinfo. Their bytes are not trusted:
 * what is cut short, out of order or out of range is refused whole.
 */
#ifndef ZONE_FILE_H
#define ZONE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ZONE_LETTERS_SIZE = 11 };

/* From `since` on, and until the next change, the clock on the wall is `offset` seconds ahead of UTC. */
struct zone_change {
    int64_t since;
    int32_t offset;
    bool is_daylight;
    char letters[ZONE_LETTERS_SIZE]; /* such as CEST or +0330; "" where there are none that are fit to show */
};

/* In order of time and at least one, which also counts for all time before it. */
struct zone_changes {
    size_t count;
    struct zone_change *list; /* the caller frees it */
};

/*
 * The changes from 1970 to the end of 2200; the years beyond the file's own are laid out by the rule at its
 * end. False, *changes untouched, where this is no such file, one that counts leap seconds, or of the first
 * version (which ends in 2037).
 */
bool zone_file_parse(const unsigned char *bytes, size_t size, struct zone_changes *changes);

#endif
