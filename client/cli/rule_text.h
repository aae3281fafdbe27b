/* SPDX-License-Identifier: MIT */
/* Recurrence rules (RFC 5545, 3.3.10) as people say them: "every Friday", "each month, second Thursday". */
#ifndef RULE_TEXT_H
#define RULE_TEXT_H

#include "arena.h"

/* NULL of a rule that has parts for which there are no plain words: it says more by itself. */
const char *rule_text(struct arena *arena, const char *rule);

#endif
