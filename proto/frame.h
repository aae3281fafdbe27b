/* SPDX-License-Identifier: MIT */
/*
 * MessagePack-RPC frames, before anything is allocated. The scan walks bytes that may be hostile, without
 * recursion, and can be resumed as more of them arrive; only what it has found whole is ever unpacked.
 * https://github.com/msgpack-rpc/msgpack-rpc/blob/master/spec.md
 */
#ifndef FRAME_H
#define FRAME_H

#include "record.h"

enum { FRAME_DEPTH = 16, FRAME_SIZE = 1024 * 1024 };

/* Zeroed at the start of a frame; keeps its place while the frame is incomplete. */
struct frame_scan {
    size_t offset;                  /* bytes known to be good */
    uint32_t depth;                 /* open arrays and maps */
    uint64_t left[FRAME_DEPTH + 1]; /* values still to come, of each open one; [0] is the frame itself */
    bool has_begun;
};

/*
 * Goes on where it was. OK and *length where a whole frame begins at `bytes`; BUSY where more bytes are
 * needed; INVALID where it can be none (too deep, the byte 0xc1), TOO_LARGE where it would be longer than
 * FRAME_SIZE. After the last two the stream has no next frame.
 */
MUST_CHECK enum code frame_next(struct frame_scan *scan, const char *bytes, size_t size, size_t *length,
                                struct error *error);

enum { MESSAGE_REQUEST, MESSAGE_RESPONSE, MESSAGE_NOTIFICATION };

/* A frame taken apart without unpacking it. All pointers are into the frame. */
struct message {
    int type;
    uint32_t id; /* of a request or response */
    bool has_id;
    const char *method; /* not ended by NUL */
    size_t method_length;
    struct packed error; /* of a response */
    struct packed
        params; /* the one element of the array: a map; bytes NULL where there is none. Or the result */
};

/*
 * Reads a whole frame, or as much of a broken one as there is: `id` is filled in wherever it could be read,
 * so that the refusal reaches the right caller. INVALID where it is no message.
 */
MUST_CHECK enum code frame_open(const char *bytes, size_t length, struct message *message,
                                struct error *error);

/* The length of the one value that begins at `bytes`; 0 where it is not whole or not good. */
size_t frame_value_length(const char *bytes, size_t size);

#endif
