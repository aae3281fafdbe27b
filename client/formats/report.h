/* SPDX-License-Identifier: MIT */
/* What an import says to its reader: refusals on stderr, the difference and the sums on stdout. */
#ifndef REPORT_H
#define REPORT_H

#include "plan.h"

#include <stdio.h>

/* A text that may come from anywhere, on one line; what would move a terminal's cursor or turn its writing
 * round is shown as \u{202e}. */
void report_text(FILE *out, const char *text);

/* "staff.csv:7: team: no team is called …", in the order of the lines. */
void report_refusals(FILE *out, const char *file, struct refusals *refusals);

/* One line a step that adds or changes something: + who, or ~ who with each field's old and new text. */
void report_difference(FILE *out, const struct plan *plan);

/* A bar of its own line on a terminal, nothing elsewhere. `of` 0 wipes it out. */
void report_progress(uint32_t done, uint32_t of);

#endif
