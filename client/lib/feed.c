/* SPDX-License-Identifier: MIT */
/*
 * The feed of events. The invariant: an event is given out once, in the order of seq, and `since` is the last
 * one given out, so that a feed that breaks off is taken up behind it, whenever that is.
 */
#include "private.h"

#include <msgpack/pack.h>
#include <msgpack/unpack.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { FIRST_REST = 100, LONGEST_REST = 30000, LONGEST_ASKING = 30000 };
enum { SUBSCRIBE_MSGID = 0, GREETING_MSGID = 1 };

/* 0 stops it. It can only fail on a descriptor that is no timer. */
static void set_timer(struct laug *laug, int milliseconds)
{
    struct itimerspec when = {
        .it_value = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000}
    };
    timerfd_settime(laug->timer, 0, &when, NULL);
}

static bool timer_is_due(struct laug *laug)
{
    uint64_t times;
    return read(laug->timer, &times, sizeof times) == (ssize_t)sizeof times;
}

void feed_close(struct laug *laug)
{
    connection_close(&laug->feed.connection);
    if (laug->feed.state != FEED_NONE)
        set_timer(laug, 0);
    laug->feed.state = FEED_NONE;
    laug->feed.is_showing = false;
}

/* Broken off: rests, then reopens. */
static void feed_lose(struct laug *laug)
{
    struct feed *feed = &laug->feed;
    connection_close(&feed->connection);
    feed->is_showing = false;
    feed->state = FEED_RESTING;
    set_timer(laug, feed->rest);
    feed->rest = feed->rest * 2 < LONGEST_REST ? feed->rest * 2 : LONGEST_REST;
}

/* Connects and asks; the yes comes later. */
static enum laug_status feed_ask(struct laug *laug, int64_t deadline)
{
    struct feed *feed = &laug->feed;
    msgpack_sbuffer params, request;
    msgpack_packer packer;
    msgpack_sbuffer_init(&params);
    msgpack_sbuffer_init(&request);
    msgpack_packer_init(&packer, &params, msgpack_sbuffer_write);
    bool is_packed = msgpack_pack_map(&packer, feed->since < 0 ? 0 : 1) == 0;
    if (feed->since >= 0)
        is_packed = is_packed && msgpack_pack_str_with_body(&packer, "since", 5) == 0 &&
                    msgpack_pack_int64(&packer, feed->since) == 0;
    enum laug_status status = is_packed ? greeting_pack(laug, &request, GREETING_MSGID)
                                        : explain(laug, LAUG_NO_MEMORY, "out of memory");
    if (status == LAUG_OK)
        status = request_pack(laug, &request, SUBSCRIBE_MSGID, "event.subscribe", params.data, params.size);
    if (status == LAUG_OK)
        status = connect_watched(laug, &feed->connection, deadline);
    if (status == LAUG_OK) {
        struct packed left = { request.data, request.size };
        status = connection_write(&feed->connection, &left, deadline); /* few bytes into an empty buffer */
        if (status != LAUG_OK)
            explain_connection(laug, status == LAUG_NONE ? LAUG_GARBLED : status, &feed->connection);
        feed->state = FEED_ASKING;
    }
    msgpack_sbuffer_destroy(&params);
    msgpack_sbuffer_destroy(&request);
    return status == LAUG_NONE ? LAUG_GARBLED : status;
}

/* The service said yes, or sent an event, which is as good. */
static void feed_opened(struct laug *laug)
{
    if (laug->feed.state == FEED_ASKING)
        set_timer(laug, 0);
    laug->feed.state = FEED_OPEN;
    laug->feed.rest = FIRST_REST;
}

static int64_t number_in(const msgpack_object *map, const char *name)
{
    const msgpack_object *value = map_find(map, name);
    bool is_number = value && value->type == MSGPACK_OBJECT_POSITIVE_INTEGER && value->via.u64 <= INT64_MAX;
    return is_number ? (int64_t)value->via.u64 : -1;
}

/*
 * The service's yes or no. OK, REFUSED, GARBLED, NO_MEMORY; the frame is not taken. A yes tells the number
 * that the feed begins behind: it is where to go on should it break off before the first event.
 */
static enum laug_status take_answer(struct laug *laug, const struct message *answer)
{
    msgpack_unpacked result;
    if (answer->id == GREETING_MSGID && laug->greeting.method)
        return LAUG_OK;
    if (answer->id != SUBSCRIBE_MSGID)
        return LAUG_GARBLED;
    if (!is_nil(answer->error))
        return explain_refusal(laug, answer->error);
    msgpack_unpacked_init(&result);
    bool is_read = msgpack_unpack_next(&result, answer->params.bytes, answer->params.size, NULL) ==
                   MSGPACK_UNPACK_SUCCESS;
    if (is_read && laug->feed.since < 0)
        laug->feed.since = number_in(&result.data, "since");
    msgpack_unpacked_destroy(&result);
    if (is_read)
        feed_opened(laug);
    return is_read ? LAUG_OK : LAUG_NO_MEMORY;
}

/* [2, "event", [{seq, kind, …}]] */
static enum laug_status event_read(struct packed frame, struct feed *feed, struct laug_event *event)
{
    struct message message;
    struct error error;
    msgpack_unpacked map;
    if (frame_open(frame.bytes, frame.size, &message, &error) != OK || message.type != MESSAGE_NOTIFICATION ||
        message.method_length != 5 || memcmp(message.method, "event", 5) != 0 || !message.params.bytes)
        return LAUG_GARBLED;
    msgpack_unpacked_init(&map);
    enum laug_status status = LAUG_NO_MEMORY;
    if (msgpack_unpack_next(&map, message.params.bytes, message.params.size, NULL) ==
        MSGPACK_UNPACK_SUCCESS) {
        const msgpack_object *kind = map_find(&map.data, "kind");
        bool is_text = kind && kind->type == MSGPACK_OBJECT_STR && kind->via.str.size;
        snprintf(feed->kind, sizeof feed->kind, "%.*s", is_text ? (int)kind->via.str.size : 0,
                 is_text ? kind->via.str.ptr : "");
        *event = (struct laug_event){ .seq = number_in(&map.data, "seq"),
                                      .kind = feed->kind,
                                      .bytes = message.params.bytes,
                                      .length = message.params.size };
        status = event->seq >= 0 ? LAUG_OK : LAUG_GARBLED;
    }
    msgpack_unpacked_destroy(&map);
    return status;
}

/* OK: *event is filled in. NONE: it was something else, go on. REFUSED, GARBLED, NO_MEMORY. */
static enum laug_status take_frame(struct laug *laug, struct packed frame, struct laug_event *event)
{
    struct feed *feed = &laug->feed;
    struct message answer;
    struct laug_event found = { .seq = -1 };
    enum laug_status status = answer_read(frame, &answer) ? take_answer(laug, &answer)
                                                          : event_read(frame, feed, &found);
    if (status == LAUG_OK && found.seq > feed->since) { /* else it was given out before the feed broke off */
        feed_opened(laug);
        feed->since = found.seq;
        feed->is_showing = true;
        *event = found;
        return LAUG_OK;
    }
    if (status != LAUG_OK)
        return status;
    connection_take(&feed->connection);
    return LAUG_NONE;
}

/* Goes through what has come, up to an event. NONE: nothing whole is left. */
static enum laug_status feed_parse(struct laug *laug, struct laug_event *event)
{
    struct packed frame;
    enum laug_status status;
    while ((status = connection_frame(&laug->feed.connection, &frame)) == LAUG_OK) {
        status = take_frame(laug, frame, event);
        if (status != LAUG_NONE)
            return status;
    }
    return status;
}

static void feed_follow_timer(struct laug *laug)
{
    if (!timer_is_due(laug))
        return;
    if (laug->feed.state == FEED_ASKING || feed_ask(laug, 0) != LAUG_OK)
        feed_lose(laug);
    else
        set_timer(laug, LONGEST_ASKING);
}

static enum laug_status feed_next(struct laug *laug, struct laug_event *event)
{
    struct feed *feed = &laug->feed;
    if (feed->is_showing)
        connection_take(&feed->connection);
    feed->is_showing = false;
    if (feed->state == FEED_RESTING || feed->state == FEED_ASKING)
        feed_follow_timer(laug);
    if (feed->state == FEED_NONE || feed->state == FEED_RESTING)
        return LAUG_NONE;
    enum laug_status status = feed_parse(laug, event);
    if (status != LAUG_NONE)
        return status;
    enum laug_status read = connection_fill(&feed->connection);
    status = feed_parse(laug, event);
    return status == LAUG_NONE && read != LAUG_OK ? read : status;
}

enum laug_status laug_next_event(struct laug *laug, struct laug_event *event)
{
    enum laug_status status = feed_next(laug, event);
    if (status == LAUG_REFUSED && !laug->error.is_callers)
        status = LAUG_LOST; /* the service is not able to now: later it may be */
    if (status == LAUG_REFUSED)
        feed_close(laug);
    else if (status != LAUG_OK && status != LAUG_NONE) {
        explain_connection(laug, status, &laug->feed.connection);
        feed_lose(laug);
    }
    if (status == LAUG_NONE) { /* an answer must not keep the descriptor readable; laug_receive has it */
        calls_pump(laug);
        calls_show_held(laug, false);
    }
    return status == LAUG_LOST ? LAUG_NONE : status;
}

/* Waits for the yes. An event in front of it stays where it is. */
static enum laug_status await_yes(struct laug *laug, int64_t deadline)
{
    struct connection *connection = &laug->feed.connection;
    struct packed frame;
    struct message answer;
    for (;;) {
        enum laug_status read = connection_fill(connection);
        enum laug_status status = connection_frame(connection, &frame);
        if (status == LAUG_OK && answer_read(frame, &answer)) {
            bool is_yes = answer.id == SUBSCRIBE_MSGID;
            status = take_answer(laug, &answer);
            if (status == LAUG_OK)
                connection_take(connection); /* and with it what `answer` points to */
            if (status != LAUG_OK || is_yes)
                return status;
            continue;
        }
        if (status == LAUG_OK)
            feed_opened(laug);
        if (status != LAUG_NONE)
            return status;
        if (read != LAUG_OK)
            return read;
        if (connection_wait(connection, deadline) != LAUG_OK)
            return LAUG_TIMEOUT;
    }
}

enum laug_status laug_subscribe(struct laug *laug, int64_t since)
{
    int64_t deadline = now_milliseconds() + laug->timeout;
    feed_close(laug);
    laug->feed.since = since < 0 ? LAUG_FROM_NOW : since;
    laug->feed.rest = FIRST_REST;
    enum laug_status status = feed_ask(laug, deadline);
    if (status == LAUG_OK) {
        status = await_yes(laug, deadline);
        if (status != LAUG_OK && status != LAUG_REFUSED)
            explain_connection(laug, status, &laug->feed.connection);
    }
    if (status != LAUG_OK)
        feed_close(laug);
    return status;
}
