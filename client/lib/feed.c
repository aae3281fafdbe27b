/* SPDX-License-Identifier: MIT */
/*
 * The feed of events. The invariant: an event is given out once, in the order of seq, and `since` is the last
 * one given out, so that a feed that breaks off is taken up behind it, whenever that is.
 */
#include "private.h"

#include <msgpack/pack.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { FIRST_REST = 100, LONGEST_REST = 30000, LONGEST_ASKING = 30000 };
enum { NOTIFICATION = 2, SUBSCRIBE_MSGID = 0 };

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
    enum laug_status status = is_packed ? request_pack(laug, &request, SUBSCRIBE_MSGID, "event.subscribe",
                                                       params.data, params.size)
                                        : explain(laug, LAUG_NO_MEMORY, "out of memory");
    if (status == LAUG_OK)
        status = connect_watched(laug, &feed->connection, deadline);
    if (status == LAUG_OK) {
        struct cursor left = { (const uint8_t *)request.data, (const uint8_t *)request.data + request.size };
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

/* A yes may tell the number that the feed begins behind: it is where to go on should it break off before an
 * event. */
static void read_start(struct feed *feed, struct cursor result)
{
    uint32_t pairs, length;
    const char *name;
    int64_t seq;
    if (feed->since >= 0 || !cursor_map(&result, &pairs))
        return;
    while (pairs-- && cursor_text(&result, &name, &length)) {
        if (length == 3 && memcmp(name, "seq", 3) == 0 && cursor_integer(&result, &seq) && seq >= 0)
            feed->since = seq;
        else
            cursor_skip(&result);
    }
}

/* The service's yes or no. OK, REFUSED, GARBLED; the frame is not taken. */
static enum laug_status take_answer(struct laug *laug, const struct answer *answer)
{
    struct cursor error = answer->error;
    if (answer->msgid != SUBSCRIBE_MSGID)
        return LAUG_GARBLED;
    if (!cursor_nil(&error))
        return explain_refusal(laug, answer->error);
    feed_opened(laug);
    read_start(&laug->feed, answer->result);
    return LAUG_OK;
}

/* [2, "event", [map]]: moves *frame to the map. */
static bool is_event(struct cursor *frame)
{
    uint32_t count, length;
    int64_t type;
    const char *method;
    return cursor_array(frame, &count) && count == 3 && cursor_integer(frame, &type) &&
           type == NOTIFICATION && cursor_text(frame, &method, &length) && length == 5 &&
           memcmp(method, "event", 5) == 0 && cursor_array(frame, &count) && count == 1;
}

static bool event_read(struct cursor frame, struct feed *feed, struct laug_event *event)
{
    uint32_t pairs, length;
    const char *name, *kind;
    if (!is_event(&frame))
        return false;
    *event = (struct laug_event){ .seq = -1, .kind = feed->kind, .bytes = frame.at };
    event->length = (size_t)(frame.end - frame.at);
    feed->kind[0] = 0;
    if (!cursor_map(&frame, &pairs))
        return false;
    while (pairs-- && cursor_text(&frame, &name, &length)) {
        if (length == 3 && memcmp(name, "seq", 3) == 0 && cursor_integer(&frame, &event->seq))
            continue;
        if (length == 4 && memcmp(name, "kind", 4) == 0 && cursor_text(&frame, &kind, &length)) {
            length = length < sizeof feed->kind ? length : sizeof feed->kind - 1;
            memcpy(feed->kind, kind, length);
            feed->kind[length] = 0;
        } else
            cursor_skip(&frame);
    }
    return event->seq >= 0;
}

/* OK: *event is filled in. NONE: it was something else, go on. REFUSED, GARBLED. */
static enum laug_status take_frame(struct laug *laug, struct cursor frame, struct laug_event *event)
{
    struct feed *feed = &laug->feed;
    struct answer answer;
    struct laug_event found;
    enum laug_status status = LAUG_OK;
    if (answer_read(frame, &answer))
        status = take_answer(laug, &answer);
    else if (!event_read(frame, feed, &found))
        status = LAUG_GARBLED;
    else if (found.seq > feed->since) { /* else it was given out before the feed broke off */
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
    struct cursor frame;
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
    if (status == LAUG_REFUSED)
        feed_close(laug);
    else if (status != LAUG_OK && status != LAUG_NONE) {
        explain_connection(laug, status, &laug->feed.connection);
        feed_lose(laug);
    }
    if (status == LAUG_NONE)
        calls_pump(
            laug); /* what it says comes out at laug_receive; it must not keep the descriptor readable */
    return status == LAUG_LOST ? LAUG_NONE : status;
}

/* Waits for the yes. An event in front of it stays where it is. */
static enum laug_status await_yes(struct laug *laug, int64_t deadline)
{
    struct connection *connection = &laug->feed.connection;
    struct cursor frame;
    struct answer answer;
    for (;;) {
        enum laug_status read = connection_fill(connection);
        enum laug_status status = connection_frame(connection, &frame);
        if (status == LAUG_OK && answer_read(frame, &answer)) {
            status = take_answer(laug, &answer);
            if (status == LAUG_OK)
                connection_take(connection);
            return status;
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
