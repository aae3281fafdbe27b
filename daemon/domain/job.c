/* SPDX-License-Identifier: MIT */
#include "job.h"

#include "jobs.h"
#include "log.h"
#include "store.h"

#include <string.h>

enum { RETRY_SECONDS = 300 };

enum code job_at(struct call *call, const char *kind, const char *subject, int64_t due_at)
{
    return sql_job_put(call, &(struct job_put_params){ .kind = kind, .subject = subject, .due_at = due_at });
}

enum code job_drop(struct call *call, const char *kind, const char *subject)
{
    return sql_job_delete(call, &(struct job_delete_params){ .kind = kind, .subject = subject });
}

enum code job_next(struct call *call, int64_t *due_at)
{
    struct job_first_row row = { 0 };
    enum code code = sql_job_first(call, &row);
    *due_at = code == OK ? row.due_at : INT64_MAX;
    return code == NOT_FOUND ? OK : code;
}

static enum code run(struct call *call, const struct job_first_row *job)
{
    for (const struct job_kind *kind = job_kinds; kind->name; kind++)
        if (strcmp(kind->name, job->kind) == 0)
            return kind->run(call, job->subject, job->due_at);
    return call_fail(call, INTERNAL, NULL, "no job is called %s", job->kind);
}

/* A job that fails is undone and comes again, so one that cannot succeed neither stops the others nor is
 * lost. */
static enum code run_one(struct call *call, const struct job_first_row *job)
{
    if (job_drop(call, job->kind, job->subject))
        return call->error.code;
    /* memory of its own: a clock that lives through ten years does thousands of jobs in one call */
    struct arena outer = call->arena;
    call->arena = (struct arena){ .budget = outer.budget };
    store_nested_begin(call->store);
    enum code code = run(call, job);
    store_nested_end(call->store, code == OK);
    arena_free(&call->arena);
    call->arena = outer;
    if (code == OK)
        return OK;
    log_write(LOG_LEVEL_ERROR, "a job failed and is tried again", "JOB", job->kind, "SUBJECT", job->subject,
              "CODE", code_word(code), "REASON", call->error.text, NULL);
    return job_at(call, job->kind, job->subject, call->now + RETRY_SECONDS);
}

enum code job_run_due(struct call *call, int64_t until, int64_t most, int64_t *done)
{
    for (*done = 0; *done < most; ++*done) {
        struct job_first_row job = { 0 };
        enum code code = sql_job_first(call, &job);
        if (code == NOT_FOUND || (code == OK && job.due_at > until))
            return OK;
        if (code)
            return code;
        if (call->clock->is_held && job.due_at > call->now) {
            call->now = job.due_at;
            call->has_today = false;
            if (!call->is_what_if)
                clock_hold(call->clock, job.due_at);
        }
        if (run_one(call, &job))
            return call->error.code;
    }
    return OK;
}
