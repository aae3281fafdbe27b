/* SPDX-License-Identifier: MIT */
/*
 * The answer to a question about a collection (RFC 4918, 13; RFC 4791, 7.8), read as it comes in. It is
 * somebody else's XML: declarations of types and entities are refused, and depth and size have limits.
 */
#ifndef COURIER_MULTISTATUS_H
#define COURIER_MULTISTATUS_H

#include <stdbool.h>
#include <stddef.h>

/* What lies in the collection. Texts are "" where the server told none. */
struct resource {
    char *href, *etag, *data;
};

struct multistatus;

/* Aborts when out of memory, here and below. */
struct multistatus *multistatus_new(void);
void multistatus_free(struct multistatus *multistatus);

/* Takes the next bytes. False where it will not go on: it is not well-formed, not allowed, or too much. */
bool multistatus_read(struct multistatus *multistatus, const char *bytes, size_t length);

/* No more bytes will come. False where it is not whole. */
bool multistatus_end(struct multistatus *multistatus);

/* The resources that were found, *count of them, in the server's order; borrowed. */
const struct resource *multistatus_resources(const struct multistatus *multistatus, size_t *count);

#endif
