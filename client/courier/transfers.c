/* SPDX-License-Identifier: MIT */
#include "transfers.h"

#include <stdlib.h>

struct transfers {
    struct event_base *base;
    CURLM *multi;
    struct event *timer;
    transfers_done *done;
    void *context;
};

/* Hands out what has ended. A callback may add and remove handles, so each message is asked for anew. */
static void tell_ends(struct transfers *transfers)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(transfers->multi, &left)))
        if (message->msg == CURLMSG_DONE)
            transfers->done(transfers->context, message->easy_handle, message->data.result);
}

static void socket_ready(evutil_socket_t fd, short events, void *context)
{
    struct transfers *transfers = context;
    int flags = (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0),
        running;
    curl_multi_socket_action(transfers->multi, fd, flags, &running);
    tell_ends(transfers);
}

static void time_is_up(evutil_socket_t fd, short events, void *context)
{
    struct transfers *transfers = context;
    int running;
    (void)fd, (void)events;
    curl_multi_socket_action(transfers->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    tell_ends(transfers);
}

/* libcurl wants to know when `fd` is ready for `what`; `watched` is the event that says so, NULL at first. */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *watched)
{
    struct transfers *transfers = context;
    (void)easy;
    if (watched)
        event_free(watched);
    if (what == CURL_POLL_REMOVE) {
        curl_multi_assign(transfers->multi, fd, NULL);
        return 0;
    }
    short events = (short)((what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0) |
                           EV_PERSIST);
    struct event *event = event_new(transfers->base, fd, events, socket_ready, transfers);
    if (!event || event_add(event, NULL) < 0)
        abort();
    curl_multi_assign(transfers->multi, fd, event);
    return 0;
}

static int set_timer(CURLM *multi, long milliseconds, void *context)
{
    struct transfers *transfers = context;
    (void)multi;
    if (milliseconds < 0)
        return evtimer_del(transfers->timer);
    struct timeval left = { .tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000 };
    return evtimer_add(transfers->timer, &left);
}

struct transfers *transfers_open(struct event_base *base, transfers_done *done, void *context)
{
    struct transfers *transfers = calloc(1, sizeof *transfers);
    if (!transfers)
        return NULL;
    *transfers = (struct transfers){ .base = base, .done = done, .context = context };
    transfers->multi = curl_multi_init();
    transfers->timer = evtimer_new(base, time_is_up, transfers);
    if (!transfers->multi || !transfers->timer) {
        transfers_close(transfers);
        return NULL;
    }
    curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETDATA, transfers);
    curl_multi_setopt(transfers->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(transfers->multi, CURLMOPT_TIMERDATA, transfers);
    return transfers;
}

void transfers_close(struct transfers *transfers)
{
    if (transfers->multi)
        curl_multi_cleanup(transfers->multi);
    if (transfers->timer)
        event_free(transfers->timer);
    free(transfers);
}

bool transfers_add(struct transfers *transfers, CURL *easy)
{
    return curl_multi_add_handle(transfers->multi, easy) == CURLM_OK;
}

void transfers_remove(struct transfers *transfers, CURL *easy)
{
    curl_multi_remove_handle(transfers->multi, easy);
}
