/* SPDX-License-Identifier: MIT */
/* libcurl's multi-socket interface on libevent: many transfers, one loop, nothing that waits. */
#ifndef COURIER_TRANSFERS_H
#define COURIER_TRANSFERS_H

#include <curl/curl.h>
#include <event2/event.h>
#include <stdbool.h>

struct transfers;

/* `easy` has come to its end, or with CURLOPT_CONNECT_ONLY is connected. It is still the caller's and still
 * added. */
typedef void transfers_done(void *context, CURL *easy, CURLcode result);

/* NULL where libcurl or libevent will not. The base must outlive it. */
struct transfers *transfers_open(struct event_base *base, transfers_done *done, void *context);
/* Every handle must have been removed. */
void transfers_close(struct transfers *transfers);

/* False: out of memory. */
bool transfers_add(struct transfers *transfers, CURL *easy);
void transfers_remove(struct transfers *transfers, CURL *easy);

#endif
