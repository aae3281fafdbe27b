/* SPDX-License-Identifier: MIT */
/*
 * Asking before something is done that somebody may regret. At a terminal a person is asked; a script answers
 * beforehand with --yes, and without it is refused.
 */
#ifndef CONFIRM_H
#define CONFIRM_H

#include "service.h"

/* What may be asked, each ending in " [y/N]"-less prose; "Go on?". The answer 0 is yes; else the exit status,
 * and it has been said that nothing was done. */
int confirm(const struct options *options, const char *question, const char *refusal);

/* Before a call that cannot be undone: tells of what and what will become of it, and asks. 0: go on. */
int confirm_final(struct service *service, const struct method *method, const void *params);

/* A call as somebody would type it: laug absence remove away-12. `params` is a packed map. */
const char *confirm_command(struct arena *arena, const char *name, struct cursor params);

#endif
