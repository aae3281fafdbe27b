/* SPDX-License-Identifier: MIT */
/*
 * Jobs are rows: what is to be done when. The scheduler is one timer on the first of them. A job's effect and
 * the mark that it was done are one transaction, so it is done exactly once, whatever happens in between.
 */
#ifndef JOB_H
#define JOB_H

#include "statements.h"

/*
 * One kind of job. `run` gets the subject and the instant it was due; call->now is that instant while a held
 * clock lives through it, and the true one otherwise. A job that fails is undone and tried again later.
 */
struct job_kind {
    const char *name;
    enum code (*run)(struct call *call, const char *subject, int64_t due_at);
};

/* At most one of a kind and subject: a second one replaces the instant of the first. */
MUST_CHECK enum code job_at(struct call *call, const char *kind, const char *subject, int64_t due_at);
/* Fine where there is none. */
MUST_CHECK enum code job_drop(struct call *call, const char *kind, const char *subject);

/* The instant of the next one; INT64_MAX where nothing waits. */
MUST_CHECK enum code job_next(struct call *call, int64_t *due_at);

/*
 * Does what is due up to and including `until`, in order, at most `most` jobs; *done counts them. Must be
 * inside a call's savepoint. With a held clock the clock follows the jobs.
 */
MUST_CHECK enum code job_run_due(struct call *call, int64_t until, int64_t most, int64_t *done);

#endif
