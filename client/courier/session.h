/* SPDX-License-Identifier: MIT */
/* One conversation with the mail server: letter after letter, and an end when there is nothing to say. */
#ifndef COURIER_SESSION_H
#define COURIER_SESSION_H

#include "letter.h"
#include "settings.h"
#include "transfers.h"

struct session;

/* What sessions stand on, and whom they tell. */
struct session_host {
    struct event_base *base;
    const struct settings *settings;
    struct transfers *transfers;
    const char *url; /* smtp://host:port/name-to-greet-with */
    void *context;
    void (*ready)(void *context); /* one is idle */
    void (*done)(void *context, struct letter *letter, const struct result *result);
    void (*put_back)(void *context, struct letter *letter);     /* it needs another session */
    void (*gone)(void *context, const struct session *session); /* it is freed right after */
    void (*unopened)(void *context, const struct result *why);  /* after `gone`: the server would not talk */
};

/* Begins to open one; the host outlives it. Aborts when out of memory. */
struct session *session_open(const struct session_host *host);
/* To be told by the transfers' callback: the session of `easy` is open, or will never be. */
void session_opened(CURL *easy, CURLcode result);

bool session_is_opening(const struct session *session);
bool session_is_idle(const struct session *session);

/* Sends `letter` over an idle session; what became of it is told, perhaps before this returns. */
void session_begin(struct session *session, struct letter *letter);

/* Ends it. Its letter, if it has one, is deferred. */
void session_abort(struct session *session, const char *why);

#endif
