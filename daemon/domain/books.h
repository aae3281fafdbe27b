/* SPDX-License-Identifier: MIT */
#ifndef BOOKS_H
#define BOOKS_H

#include "job.h"

/* Job: forgets first answers after a day and events after ninety; comes again the next night. */
MUST_CHECK enum code books_expire(struct call *call, const char *subject, int64_t due_at);

#endif
