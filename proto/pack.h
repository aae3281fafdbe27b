/* SPDX-License-Identifier: MIT */
/* Records to and from MessagePack. The one pair of files, with the courier's and the library's, that knows
 * msgpack-c. */
#ifndef PACK_H
#define PACK_H

#include "language.h"
#include "record.h"

#include <msgpack.h>

/*
 * Reads a map of named values into a zeroed record, sets defaults, and copies what it keeps into the arena.
 * `bytes` hold one whole value that frame_next has found good, or none (NULL: an empty map). INVALID with the
 * field named for an unknown or repeated name, a wrong type, a missing value; ranges are record_check's.
 * Every write also takes a `request_id`: where request_id is not NULL it is taken (1 to 64 plain characters),
 * NULL where not given.
 */
MUST_CHECK enum code record_unpack(const struct record *record, struct packed bytes, void *base,
                                   const char **request_id, struct arena *arena, struct error *error);

/* Appends the record as a map; absent values are left out. */
void record_pack(const struct record *record, const void *base, msgpack_packer *packer, struct arena *arena);

/* The same, as bytes of its own in the arena. */
struct packed record_packed(const struct record *record, const void *base, struct arena *arena);

/* What was packed so far as bytes in the arena; the buffer is given back. */
struct packed pack_taken(msgpack_sbuffer *buffer, struct arena *arena);

/* Appends one field that has a value, its name and then the value. */
void field_pack(const struct field *field, const void *base, msgpack_packer *packer, struct arena *arena);

/* Appends a text as `str`. */
void pack_text(msgpack_packer *packer, const char *text);
/* Appends what service.hello is asked with for answers in this language. */
void pack_greeting(msgpack_packer *packer, enum language language);
/* Appends bytes that are MessagePack already. */
void pack_raw(msgpack_packer *packer, struct packed packed);

/* Appends [1, id, error, nil], with error = [blame, "code field: sentence"]. */
void pack_failure(msgpack_packer *packer, uint32_t id, const struct error *error);
/* Appends the head of a good response, [1, id, nil, …; the result must follow. */
void pack_success(msgpack_packer *packer, uint32_t id);

#endif
