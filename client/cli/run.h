/* SPDX-License-Identifier: MIT */
/* Does one method of the service: reads its words, calls, follows the pages, prints. */
#ifndef RUN_H
#define RUN_H

#include "method.h"
#include "options.h"

/* `words` are those behind the method's own; words[-1] must exist. Gives the exit status. */
int run_method(const struct method *method, char **words, int count, struct options *options);

#endif
