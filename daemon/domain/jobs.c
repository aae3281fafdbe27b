/* SPDX-License-Identifier: MIT */
#include "jobs.h"

#include "books.h"

/* Until there are rotations, nothing needs a repair. */
static enum code nothing_to_repair(struct call *call, const char *subject, int64_t due_at)
{
    (void)call;
    (void)subject;
    (void)due_at;
    return OK;
}

const struct job_kind job_kinds[] = {
    {"books.expire",     books_expire     },
    { "rotation.repair", nothing_to_repair},
    { NULL,              NULL             },
};
