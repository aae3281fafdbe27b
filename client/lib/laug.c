/* SPDX-License-Identifier: MIT */
/*
 * The handle and its calls. The invariant: a msgid that was given out stays in `waiting` until it is received
 * or forgotten, and everything in `waiting` that has no answer was sent on the connection that is open now,
 * or is lost.
 */
#include "laug.h"

#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { TIMEOUT_MILLISECONDS = 30000 };

/* ---- the handle ---- */

static char *default_path(void)
{
    const char *named = secure_getenv("LAUG_SOCKET");
    if (named && *named)
        return strdup(named);
    const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
    char *path;
    if (runtime && *runtime) {
        if (asprintf(&path, "%s/laug/laug.sock", runtime) < 0)
            return NULL;
        if (access(path, F_OK) == 0)
            return path;
        free(path);
    }
    return strdup("/run/laug/laug.sock");
}

static bool watch(struct laug *laug, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
    return epoll_ctl(laug->poller, EPOLL_CTL_ADD, fd, &event) == 0;
}

struct laug *laug_new(const char *path)
{
    struct laug *laug = malloc(sizeof *laug);
    if (!laug)
        return NULL;
    *laug = (struct laug){
        .path = path ? strdup(path) : default_path(),
        .timeout = TIMEOUT_MILLISECONDS,
        .poller = epoll_create1(EPOLL_CLOEXEC),
        .timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
        .held = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
        .calls.fd = -1,
        .feed.connection.fd = -1,
        .next_msgid = 1,
    };
    if (laug->path && laug->poller >= 0 && laug->timer >= 0 && laug->held >= 0 && watch(laug, laug->timer) &&
        watch(laug, laug->held))
        return laug;
    laug_free(laug);
    return NULL;
}

static void calls_hang_up(struct laug *laug);

void laug_free(struct laug *laug)
{
    if (!laug)
        return;
    feed_close(laug);
    calls_hang_up(laug);
    for (size_t i = 0; i < laug->waiting_count; i++)
        free(laug->waiting[i].frame);
    free(laug->waiting);
    if (laug->timer >= 0)
        close(laug->timer);
    if (laug->held >= 0)
        close(laug->held);
    if (laug->poller >= 0)
        close(laug->poller);
    laug_set_greeting(laug, NULL, NULL, 0);
    free(laug->path);
    free(laug);
}

enum laug_status laug_set_greeting(struct laug *laug, const char *method, const void *params, size_t length)
{
    struct greeting greeting = { .length = length };
    if (params_check(laug, params, length) != LAUG_OK)
        return LAUG_MISUSE;
    if (method) {
        greeting.method = strdup(method);
        greeting.params = params ? malloc(length ? length : 1) : NULL;
    }
    if (method && (!greeting.method || (params && !greeting.params))) {
        free(greeting.method);
        free(greeting.params);
        return explain(laug, LAUG_NO_MEMORY, "out of memory");
    }
    if (greeting.params)
        memcpy(greeting.params, params, length);
    free(laug->greeting.method);
    free(laug->greeting.params);
    laug->greeting = greeting;
    return LAUG_OK;
}

const char *laug_path(const struct laug *laug)
{
    return laug->path;
}

void laug_set_timeout(struct laug *laug, int milliseconds)
{
    laug->timeout = milliseconds < 1 ? 1 : milliseconds;
}

const struct laug_error *laug_error(const struct laug *laug)
{
    return &laug->error;
}

int laug_fd(const struct laug *laug)
{
    return laug->poller;
}

enum laug_status connect_watched(struct laug *laug, struct connection *connection, int64_t deadline)
{
    enum laug_status status = connection_open(connection, laug->path, deadline);
    if (status == LAUG_OK && !watch(laug, connection->fd)) {
        connection->cause = errno;
        connection_close(connection);
        status = LAUG_UNREACHABLE;
    }
    return status == LAUG_OK ? LAUG_OK : explain_connection(laug, status, connection);
}

/* ---- what is outstanding ---- */

static struct waiting *find_waiting(struct laug *laug, uint32_t msgid)
{
    for (size_t i = 0; i < laug->waiting_count; i++)
        if (laug->waiting[i].msgid == msgid)
            return &laug->waiting[i];
    return NULL;
}

static void remove_waiting(struct laug *laug, struct waiting *waiting)
{
    size_t behind = (size_t)(laug->waiting + laug->waiting_count - (waiting + 1));
    laug->held_count -= waiting->frame || waiting->is_lost;
    free(waiting->frame);
    memmove(waiting, waiting + 1, behind * sizeof *waiting);
    laug->waiting_count--;
}

static bool add_waiting(struct laug *laug, uint32_t msgid)
{
    if (laug->waiting_count == laug->waiting_size) {
        size_t size = laug->waiting_size ? 2 * laug->waiting_size : 4;
        struct waiting *waiting = realloc(laug->waiting, size * sizeof *waiting);
        if (!waiting)
            return false;
        laug->waiting = waiting;
        laug->waiting_size = size;
    }
    laug->waiting[laug->waiting_count++] = (struct waiting){ .msgid = msgid };
    return true;
}

/* Closes the connection for calls: what has no answer will not get one. */
static void calls_hang_up(struct laug *laug)
{
    size_t kept = 0;
    connection_close(&laug->calls);
    for (size_t i = 0; i < laug->waiting_count; i++) {
        struct waiting *waiting = &laug->waiting[i];
        if (waiting->is_forgotten)
            continue;
        waiting->is_lost = !waiting->frame;
        laug->waiting[kept++] = *waiting;
    }
    laug->waiting_count = laug->held_count = kept;
}

void calls_show_held(struct laug *laug, bool is_shown)
{
    uint64_t number = 1;
    if (is_shown == laug->is_held_shown)
        return;
    ssize_t done = is_shown ? write(laug->held, &number, sizeof number)
                            : read(laug->held, &number, sizeof number);
    if (done == sizeof number)
        laug->is_held_shown = is_shown;
}

/* Keeps the answer for who waits for it. */
static enum laug_status file_answer(struct laug *laug, struct packed frame)
{
    struct message answer;
    if (!answer_read(frame, &answer))
        return LAUG_GARBLED;
    struct waiting *waiting = find_waiting(laug, answer.id);
    if (!waiting || waiting->frame || waiting->is_lost)
        return LAUG_GARBLED; /* nobody asked, or it was answered before */
    if (waiting->is_forgotten) {
        remove_waiting(laug, waiting);
        return LAUG_OK;
    }
    waiting->frame = malloc(frame.size);
    if (!waiting->frame)
        return LAUG_NO_MEMORY;
    memcpy(waiting->frame, frame.bytes, frame.size);
    waiting->length = frame.size;
    laug->held_count++;
    return LAUG_OK;
}

static enum laug_status file_answers(struct laug *laug)
{
    struct packed frame;
    enum laug_status status;
    while ((status = connection_frame(&laug->calls, &frame)) == LAUG_OK) {
        status = file_answer(laug, frame);
        if (status != LAUG_OK)
            return status;
        connection_take(&laug->calls);
    }
    return status == LAUG_NONE ? LAUG_OK : status;
}

enum laug_status calls_pump(struct laug *laug)
{
    if (laug->calls.fd < 0)
        return LAUG_OK;
    enum laug_status read = connection_fill(&laug->calls);
    enum laug_status filed = file_answers(laug); /* also what came right before the end */
    if (filed == LAUG_OK && read == LAUG_OK)
        return LAUG_OK;
    enum laug_status status = filed != LAUG_OK ? filed : read;
    calls_hang_up(laug);
    return status == LAUG_LOST ? LAUG_OK : explain_connection(laug, status, &laug->calls);
}

/* ---- calls ---- */

static enum laug_status calls_connect(struct laug *laug, int64_t deadline)
{
    /* An idle connection may have been closed: see that before anything is sent, and open another. */
    if (laug->waiting_count == 0)
        calls_pump(laug);
    return laug->calls.fd >= 0 ? LAUG_OK : connect_watched(laug, &laug->calls, deadline);
}

enum laug_status laug_connect(struct laug *laug)
{
    return calls_connect(laug, now_milliseconds() + laug->timeout);
}

/* Writes all, or hangs up: half a request would spoil every one behind it. */
static enum laug_status write_request(struct laug *laug, const msgpack_sbuffer *buffer, int64_t deadline)
{
    struct packed left = { buffer->data, buffer->size };
    enum laug_status status;
    while ((status = connection_write(&laug->calls, &left, deadline)) == LAUG_NONE)
        if ((status = file_answers(laug)) != LAUG_OK)
            break;
    if (status == LAUG_OK)
        return LAUG_OK;
    explain_connection(laug, status, &laug->calls);
    file_answers(laug);
    calls_hang_up(laug);
    return status;
}

static uint32_t new_msgid(struct laug *laug)
{
    while (find_waiting(laug, laug->next_msgid))
        laug->next_msgid++;
    return laug->next_msgid++;
}

/* Puts the greeting in front where the connection is a new one. Nobody waits for its answer. */
static enum laug_status greet(struct laug *laug, msgpack_sbuffer *buffer)
{
    if (laug->calls.is_greeted || !laug->greeting.method)
        return LAUG_OK;
    uint32_t number = new_msgid(laug);
    enum laug_status status = greeting_pack(laug, buffer, number);
    if (status == LAUG_OK && !add_waiting(laug, number))
        status = explain(laug, LAUG_NO_MEMORY, "out of memory");
    if (status == LAUG_OK)
        laug_forget(laug, number);
    laug->calls.is_greeted = status == LAUG_OK;
    return status;
}

/* On an open connection: the greeting where it is due, then the request, in one write. */
static enum laug_status pack_and_write(struct laug *laug, uint32_t number, const char *method,
                                       const struct packed *params, int64_t deadline)
{
    msgpack_sbuffer buffer;
    msgpack_sbuffer_init(&buffer);
    enum laug_status status = greet(laug, &buffer);
    if (status == LAUG_OK)
        status = request_pack(laug, &buffer, number, method, params->bytes, params->size);
    if (status == LAUG_OK && !add_waiting(laug, number))
        status = explain(laug, LAUG_NO_MEMORY, "out of memory");
    if (status == LAUG_OK)
        status = write_request(laug, &buffer, deadline);
    else
        calls_hang_up(laug); /* a greeting that was counted did not go out */
    msgpack_sbuffer_destroy(&buffer);
    return status;
}

static enum laug_status send_until(struct laug *laug, const char *method, const void *params, size_t length,
                                   int64_t deadline, uint32_t *msgid)
{
    uint32_t number = new_msgid(laug);
    enum laug_status status = params_check(laug, params, length);
    if (status == LAUG_OK)
        status = calls_connect(laug, deadline);
    if (status == LAUG_OK)
        status = pack_and_write(laug, number, method, &(struct packed){ params, length }, deadline);
    if (status == LAUG_OK)
        *msgid = number;
    else
        laug_forget(laug, number);
    return status;
}

enum laug_status laug_send(struct laug *laug, const char *method, const void *params, size_t length,
                           uint32_t *msgid)
{
    enum laug_status status = send_until(laug, method, params, length, now_milliseconds() + laug->timeout,
                                         msgid);
    calls_show_held(laug, laug->held_count > 0);
    return status;
}

/* Hands the answer over, or says what is wrong with it; it is over either way. */
static enum laug_status hand_over(struct laug *laug, struct waiting *waiting, struct laug_reply *reply)
{
    struct message answer;
    if (!waiting->frame) {
        remove_waiting(laug, waiting);
        return explain_connection(laug, LAUG_LOST, &laug->calls);
    }
    answer_read((struct packed){ waiting->frame, waiting->length }, &answer);
    enum laug_status status = LAUG_OK;
    if (!is_nil(answer.error))
        status = explain_refusal(laug, answer.error);
    else if (reply) {
        *reply = (struct laug_reply){ .bytes = waiting->frame + (answer.params.bytes - waiting->frame),
                                      .length = answer.params.size,
                                      .owned = waiting->frame };
        waiting->frame = NULL;
        laug->held_count--;
    }
    remove_waiting(laug, waiting);
    return status;
}

static enum laug_status receive_until(struct laug *laug, uint32_t msgid, int64_t deadline,
                                      struct laug_reply *reply)
{
    for (;;) {
        struct waiting *waiting = find_waiting(laug, msgid);
        if (!waiting || waiting->is_forgotten)
            return explain(laug, LAUG_MISUSE, "no request numbered %u is outstanding", msgid);
        if (!waiting->frame && !waiting->is_lost) {
            enum laug_status status = calls_pump(laug);
            waiting = find_waiting(laug, msgid);
            if (status != LAUG_OK) {
                remove_waiting(laug, waiting);
                return status;
            }
        }
        if (waiting->frame || waiting->is_lost)
            return hand_over(laug, waiting, reply);
        if (connection_wait(&laug->calls, deadline) != LAUG_OK)
            return explain_connection(laug, LAUG_TIMEOUT, &laug->calls);
    }
}

enum laug_status laug_receive(struct laug *laug, uint32_t msgid, int milliseconds, struct laug_reply *reply)
{
    enum laug_status status = receive_until(laug, msgid, now_milliseconds() + milliseconds, reply);
    calls_show_held(laug, laug->held_count > 0);
    return status;
}

void laug_forget(struct laug *laug, uint32_t msgid)
{
    struct waiting *waiting = find_waiting(laug, msgid);
    if (!waiting)
        return;
    waiting->is_forgotten = true;
    if (waiting->frame || waiting->is_lost)
        remove_waiting(laug, waiting);
    calls_show_held(laug, laug->held_count > 0);
}

enum laug_status laug_call(struct laug *laug, const char *method, const void *params, size_t length,
                           struct laug_reply *reply)
{
    int64_t deadline = now_milliseconds() + laug->timeout;
    uint32_t msgid;
    enum laug_status status = send_until(laug, method, params, length, deadline, &msgid);
    if (status == LAUG_OK) {
        status = receive_until(laug, msgid, deadline, reply);
        if (status == LAUG_TIMEOUT)
            laug_forget(laug, msgid);
    }
    calls_show_held(laug, laug->held_count > 0);
    return status;
}

void laug_reply_free(struct laug_reply *reply)
{
    free(reply->owned);
    *reply = (struct laug_reply){ 0 };
}
