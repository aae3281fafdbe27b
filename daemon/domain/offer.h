/* SPDX-License-Identifier: MIT */
#ifndef OFFER_H
#define OFFER_H

#include "job.h"

/* Job `turn.ask` of one offer: nobody has answered in time, so the next one is asked, or it expires. */
MUST_CHECK enum code offer_job(struct call *call, const char *offer, int64_t due_at);

#endif
