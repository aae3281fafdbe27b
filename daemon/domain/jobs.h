/* SPDX-License-Identifier: MIT */
/* Every kind of job there is: the one list, in jobs.c. */
#ifndef JOBS_H
#define JOBS_H

#include "job.h"

extern const struct job_kind job_kinds[]; /* ended by a name of NULL */

#endif
