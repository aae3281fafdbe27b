/* SPDX-License-Identifier: MIT */
/* Several reads over one connection at once: all are sent before the first answer is waited for. */
#ifndef ASK_H
#define ASK_H

#include "cursor.h"
#include "service.h"

#include <stdbool.h>

struct ask {
    const char *method;
    const char *words[8]; /* its parameters, as on a command line; ended by NULL */
    struct cursor answer; /* lies in reply */
    struct laug_reply reply;
    uint32_t msgid;
    bool has_answer; /* no: refused, for instance since the caller may not see it */
};

/*
 * OK where the service has answered to each, be it with a no. The answers are the caller's to free with
 * ask_free, also after a failure.
 */
enum laug_status ask_all(struct service *service, struct ask *asks, size_t count, struct arena *arena);
void ask_free(struct ask *asks, size_t count);

/* Puts the cursor before the first item of its list; 0 where there is none. */
uint32_t ask_items(const struct ask *ask, struct cursor *items);

#endif
