/* SPDX-License-Identifier: MIT */
/*
 * Memory for SQLite. A write takes and gives back a hundred small blocks, mostly of the same few sizes: they
 * are kept at hand in lists, one a size and thread, instead of going through malloc each time (Debian's
 * SQLite is built without its own lookaside). Whatever is large goes to malloc.
 */
#ifndef MEMORY_H
#define MEMORY_H

/* Before the first connection is opened; later calls change nothing. */
void memory_configure(void);

/* Gives back what this thread has at hand; the last thing a thread does that used a connection. */
void memory_leave_thread(void);

#endif
