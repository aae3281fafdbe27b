/* SPDX-License-Identifier: MIT */
/*
 * One stream to the service: opened, written and read against a deadline, cut into frames. It never holds
 * more than was really sent to us, and gives out no frame that was not scanned.
 */
#ifndef LAUG_CONNECTION_H
#define LAUG_CONNECTION_H

#include "frame.h"
#include "laug.h"

struct connection {
    int fd;      /* -1: closed */
    char *bytes; /* what came and was not taken yet: bytes[start … end) */
    size_t start, end, size;
    struct frame_scan scan; /* of the frame that begins at `start` */
    bool is_greeted;        /* the greeting went out on it */
    int cause;              /* errno of the last failure, 0: the other side closed it */
};

/* The monotonic clock, in milliseconds; a deadline is a time on it. */
int64_t now_milliseconds(void);

/* OK; UNREACHABLE, TIMEOUT, MISUSE (path too long). A deadline in the past tries, and does not wait. */
enum laug_status connection_open(struct connection *connection, const char *path, int64_t deadline);
/* Also forgets what came. Closing twice does no harm. */
void connection_close(struct connection *connection);

/*
 * Writes `bytes` and moves its start along; where it must wait it also reads, so that neither side waits for
 * the other. NONE: take what frames have come, then call again. OK (all is written), LOST, TIMEOUT,
 * NO_MEMORY; not closed.
 */
enum laug_status connection_write(struct connection *connection, struct packed *bytes, int64_t deadline);

/* Reads what is there, up to one frame's worth and a little. OK also where nothing was; LOST, NO_MEMORY; not
 * closed. */
enum laug_status connection_fill(struct connection *connection);

/* Waits for something to read. OK, TIMEOUT. */
enum laug_status connection_wait(const struct connection *connection, int64_t deadline);

/* The frame in front, borrowed until the next call. OK, NONE (not whole yet), GARBLED. */
enum laug_status connection_frame(struct connection *connection, struct packed *frame);
/* Done with it. */
void connection_take(struct connection *connection);

#endif
