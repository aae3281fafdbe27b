/* SPDX-License-Identifier: MIT */
/* The invariant: every letter that was started is in one session or among the unstarted, until it is told of.
 */
#include "carrier.h"

#include "session.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct carrier {
    struct session_host host;
    carrier_done *done;
    void *context;
    struct session *sessions[CONNECTIONS_MAX]; /* the first `count` of them */
    long count;
    struct letter *unstarted, **unstarted_end;
    struct event *serve; /* made active to go on from the loop */
    char *url;
    int64_t open_after; /* no new session before that, while there are others */
};

static int64_t now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* ---- what sessions tell ---- */

static void session_ready(void *context)
{
    struct carrier *carrier = context;
    event_active(carrier->serve, 0, 0);
}

static void letter_done(void *context, struct letter *letter, const struct result *result)
{
    struct carrier *carrier = context;
    carrier->done(carrier->context, letter, result);
}

static void letter_back(void *context, struct letter *letter)
{
    struct carrier *carrier = context;
    letter->next = carrier->unstarted;
    carrier->unstarted = letter;
    if (!letter->next)
        carrier->unstarted_end = &letter->next;
}

static void session_gone(void *context, const struct session *session)
{
    struct carrier *carrier = context;
    long at = 0;
    while (carrier->sessions[at] != session)
        at++;
    carrier->sessions[at] = carrier->sessions[--carrier->count];
    event_active(carrier->serve, 0, 0); /* who counted on it needs another */
}

static void fail_unstarted(struct carrier *carrier, const struct result *result)
{
    struct letter *letter = carrier->unstarted;
    carrier->unstarted = NULL;
    carrier->unstarted_end = &carrier->unstarted;
    while (letter) {
        struct letter *next = letter->next;
        letter->next = NULL;
        carrier->done(carrier->context, letter, result);
        letter = next;
    }
}

/* The server may only be unwilling to talk to so many of us at once: those that talk go on. */
static void session_unopened(void *context, const struct result *why)
{
    struct carrier *carrier = context;
    carrier->open_after = now_seconds() + carrier->host.settings->connect_seconds;
    if (carrier->count == 0)
        fail_unstarted(carrier, why);
}

static void transfer_done(void *context, CURL *easy, CURLcode result)
{
    (void)context;
    session_opened(easy, result);
}

/* ---- the whole ---- */

static struct session *find_idle(const struct carrier *carrier)
{
    for (long i = 0; i < carrier->count; i++)
        if (session_is_idle(carrier->sessions[i]))
            return carrier->sessions[i];
    return NULL;
}

static struct letter *take_unstarted(struct carrier *carrier)
{
    struct letter *letter = carrier->unstarted;
    carrier->unstarted = letter->next;
    if (!carrier->unstarted)
        carrier->unstarted_end = &carrier->unstarted;
    letter->next = NULL;
    return letter;
}

/* Gives waiting letters to idle sessions, and opens as many more as there are letters left. */
static void serve(evutil_socket_t fd, short events, void *context)
{
    struct carrier *carrier = context;
    struct session *idle;
    long wanted = 0;
    (void)fd, (void)events;
    while (carrier->unstarted && (idle = find_idle(carrier)))
        session_begin(idle, take_unstarted(carrier));
    for (const struct letter *letter = carrier->unstarted; letter; letter = letter->next)
        wanted++;
    for (long i = 0; i < carrier->count; i++)
        wanted -= session_is_opening(carrier->sessions[i]);
    if (carrier->count && now_seconds() < carrier->open_after)
        return;
    for (; wanted > 0 && carrier->count < carrier->host.settings->connections; wanted--)
        carrier->sessions[carrier->count++] = session_open(&carrier->host);
}

void carrier_start(struct carrier *carrier, struct letter *letter)
{
    letter->next = NULL;
    *carrier->unstarted_end = letter;
    carrier->unstarted_end = &letter->next;
    event_active(carrier->serve, 0, 0);
}

void carrier_abort(struct carrier *carrier)
{
    const struct result stopped = { .outcome = DEFERRED, .detail = "the courier was stopped" };
    fail_unstarted(carrier, &stopped);
    while (carrier->count)
        session_abort(carrier->sessions[0], stopped.detail);
}

struct carrier *carrier_open(struct event_base *base, const struct settings *settings, carrier_done *done,
                             void *context)
{
    struct carrier *carrier = calloc(1, sizeof *carrier);
    const char *scheme = settings->security == SECURITY_TLS ? "smtps" : "smtp";
    if (!carrier || asprintf(&carrier->url, "%s://%s:%ld/%s", scheme, settings->host, settings->port,
                             settings->hello ? settings->hello : "") < 0)
        abort();
    carrier->done = done;
    carrier->context = context;
    carrier->unstarted_end = &carrier->unstarted;
    carrier->serve = event_new(base, -1, 0, serve, carrier);
    carrier->host = (struct session_host){ .base = base,
                                           .settings = settings,
                                           .transfers = transfers_open(base, transfer_done, carrier),
                                           .url = carrier->url,
                                           .context = carrier,
                                           .ready = session_ready,
                                           .done = letter_done,
                                           .put_back = letter_back,
                                           .gone = session_gone,
                                           .unopened = session_unopened };
    if (carrier->serve && carrier->host.transfers)
        return carrier;
    carrier_close(carrier);
    return NULL;
}

void carrier_close(struct carrier *carrier)
{
    carrier_abort(carrier);
    if (carrier->host.transfers)
        transfers_close(carrier->host.transfers);
    if (carrier->serve)
        event_free(carrier->serve);
    free(carrier->url);
    free(carrier);
}
