/* SPDX-License-Identifier: MIT */
#include "jobs.h"

#include "books.h"
#include "sabbatical.h"

/* Until there are rotations, nothing needs a repair. */
static enum code nothing_to_repair(struct call *call, const char *subject, int64_t due_at)
{
    (void)call;
    (void)subject;
    (void)due_at;
    return OK;
}

const struct job_kind job_kinds[] = {
    {"books.expire",        books_expire      },
    { "rotation.repair",    nothing_to_repair },
    { "sabbatical.move_up", sabbatical_move_up},
    { "sabbatical.end_day", sabbatical_end_day},
    { NULL,                 NULL              },
};
