/* SPDX-License-Identifier: MIT */
/* Calls to the service, and what to tell somebody when one fails. */
#ifndef SERVICE_H
#define SERVICE_H

#include "cursor.h"
#include "laug.h"
#include "method.h"
#include "options.h"
#include "when.h"

struct service {
    struct laug *laug;
    const struct options *options;
};

/* Connects to nothing yet. On every connection the language is chosen first, in the same write as the first
 * call. */
struct service service_open(const struct options *options);
void service_close(struct service *service);

/*
 * Calls a method with a record of its parameters. A write gets a request id, so that it can be made again
 * when the connection was lost before the answer; reads can be anyway. Both are, once. With --dry-run a write
 * is tried by service.what_if. *answer lies in `reply`, which is the caller's to free where the status is
 * LAUG_OK.
 */
enum laug_status service_call(struct service *service, const struct method *method, const void *params,
                              struct laug_reply *reply, struct cursor *answer);

/* Asks what time it is to the service. */
enum laug_status service_time(struct service *service, struct when_now *now);
/* The same for a command: gives the exit status; where it is not 0, what was wrong has been
 * told. */
int service_now(struct service *service, struct when_now *now);

/* The first half of service_call, for reads of which several are under way at once; laug_receive is the other
 * half. */
enum laug_status service_send(struct service *service, const struct method *method, const void *params,
                              uint32_t *msgid);

/* Tells on standard error what went wrong and what to do about it; gives the exit status. */
int service_explain(struct service *service, enum laug_status status, const struct method *method);

/* The same for what this program found out by itself; `method` may be NULL. */
int service_refuse(const struct method *method, const struct error *error);

#endif
