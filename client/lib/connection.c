/* SPDX-License-Identifier: MIT */
#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { READ_SIZE = 16 * 1024 };

int64_t now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * A Unix socket whose backlog is full reports nothing when there is room again: only a blocking connect waits
 * for that, and SO_SNDTIMEO bounds it (socket(7)). Gives errno, 0 when connected.
 */
static int bounded_connect(int fd, const struct sockaddr_un *address, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - now_milliseconds();
        struct timeval bound = { .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };
        if (left <= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
            return errno;
        if (left > 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound) < 0)
            return errno;
        if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
            return fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ? errno : 0;
        if (errno != EINTR)
            return errno;
    }
}

enum laug_status connection_open(struct connection *connection, const char *path, int64_t deadline)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    bool may_wait = deadline > now_milliseconds();
    connection_close(connection);
    connection->cause = ENAMETOOLONG;
    if (strlen(path) >= sizeof address.sun_path)
        return LAUG_MISUSE;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    connection->cause = fd < 0 ? errno : bounded_connect(fd, &address, deadline);
    if (connection->cause == 0) {
        connection->fd = fd;
        return LAUG_OK;
    }
    if (fd >= 0)
        close(fd);
    return connection->cause == EAGAIN && may_wait ? LAUG_TIMEOUT : LAUG_UNREACHABLE;
}

void connection_close(struct connection *connection)
{
    if (connection->fd >= 0)
        close(connection->fd);
    free(connection->bytes);
    *connection = (struct connection){ .fd = -1, .cause = connection->cause };
}

static enum laug_status lost(struct connection *connection, int cause)
{
    connection->cause = cause;
    return LAUG_LOST;
}

/* Waits for one of `events`. OK, TIMEOUT. */
static enum laug_status wait_for(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - now_milliseconds();
        struct pollfd polled = { .fd = fd, .events = events };
        int ready = poll(&polled, 1, left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);
        if (ready > 0)
            return LAUG_OK;
        if (ready == 0 && left <= INT_MAX)
            return LAUG_TIMEOUT;
    }
}

enum laug_status connection_wait(const struct connection *connection, int64_t deadline)
{
    return wait_for(connection->fd, POLLIN, deadline);
}

enum laug_status connection_write(struct connection *connection, struct packed *bytes, int64_t deadline)
{
    while (bytes->size) {
        ssize_t sent = send(connection->fd, bytes->bytes, bytes->size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            bytes->bytes += sent;
            bytes->size -= (size_t)sent;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return lost(connection, errno);
        /* The service stops reading from whom it has too much to tell: take that in, or both wait. */
        enum laug_status status = wait_for(connection->fd, POLLIN | POLLOUT, deadline);
        if (status == LAUG_OK)
            status = connection_fill(connection);
        return status == LAUG_OK ? LAUG_NONE : status;
    }
    return LAUG_OK;
}

/* Room for READ_SIZE more; what was taken makes place first. */
static bool make_room(struct connection *connection)
{
    if (connection->size - connection->end >= READ_SIZE)
        return true;
    if (connection->start) {
        memmove(connection->bytes, connection->bytes + connection->start,
                connection->end - connection->start);
        connection->end -= connection->start;
        connection->start = 0;
    }
    if (connection->size - connection->end >= READ_SIZE)
        return true;
    size_t size = connection->size ? 2 * connection->size : 2 * READ_SIZE;
    char *bytes = realloc(connection->bytes, size);
    if (!bytes)
        return false;
    connection->bytes = bytes;
    connection->size = size;
    return true;
}

enum laug_status connection_fill(struct connection *connection)
{
    while (connection->end - connection->start <= FRAME_SIZE) {
        if (!make_room(connection))
            return LAUG_NO_MEMORY;
        ssize_t got = recv(connection->fd, connection->bytes + connection->end, READ_SIZE, MSG_DONTWAIT);
        if (got > 0)
            connection->end += (size_t)got;
        if (got == 0)
            return lost(connection, 0);
        if (got < 0 && errno == EAGAIN)
            return LAUG_OK;
        if (got < 0 && errno != EINTR)
            return lost(connection, errno);
        if (got > 0 && got < READ_SIZE)
            return LAUG_OK; /* that was all, mostly; the rest shows at the next poll */
    }
    return LAUG_OK;
}

enum laug_status connection_frame(struct connection *connection, struct packed *frame)
{
    struct error error;
    size_t length;
    if (connection->start == connection->end)
        return LAUG_NONE;
    const char *first = connection->bytes + connection->start;
    enum code code = frame_next(&connection->scan, first, connection->end - connection->start, &length,
                                &error);
    if (code == OK)
        *frame = (struct packed){ first, length };
    return code == OK ? LAUG_OK : code == BUSY ? LAUG_NONE : LAUG_GARBLED;
}

void connection_take(struct connection *connection)
{
    connection->start += connection->scan.offset;
    connection->scan = (struct frame_scan){ 0 };
    if (connection->start < connection->end)
        return;
    connection->start = connection->end = 0;
    if (connection->size > 4 * READ_SIZE) { /* one long answer is no reason to hold that much for good */
        free(connection->bytes);
        connection->bytes = NULL;
        connection->size = 0;
    }
}
