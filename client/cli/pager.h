/* SPDX-License-Identifier: MIT */
/*
 * Answers that are longer than the screen go through $PAGER, at a terminal only. What is printed is held back
 * until it is known how long it is; what fits, and what no pager will take, is printed as it is.
 */
#ifndef PAGER_H
#define PAGER_H

/* There will be none: --no-pager. */
void pager_forbid(void);

/* From now on standard output is held back, where it is a terminal. Twice is once. */
void pager_begin(void);

/* The same, for what this program is to show in any case, however short: `man -l -`. */
void pager_begin_with(const char *program);

/* Shows what was held back. Does nothing where nothing was begun. */
void pager_end(void);

#endif
