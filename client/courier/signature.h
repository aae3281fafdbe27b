/* SPDX-License-Identifier: MIT */
/*
 * Signatures of posts, by which a receiver knows that they come from here: Standard Webhooks 1.0, symmetric
 * (https://www.standardwebhooks.com). Signed is `id.timestamp.body` with HMAC-SHA256.
 */
#ifndef COURIER_SIGNATURE_H
#define COURIER_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SECRET_LEAST = 16, SIGNATURE_SIZE = 48 }; /* "v1," and 44 characters of base64, and a NUL */

struct secret {
    unsigned char *bytes; /* NULL: nothing is signed */
    size_t length;
};

/*
 * Takes the bytes from a text: behind `whsec_` base64 of them, else the text itself. False, *secret
 * untouched, where the base64 is none or there are fewer than SECRET_LEAST. Frees with secret_free.
 */
bool secret_read(const char *text, struct secret *secret);
void secret_free(struct secret *secret);

/* What the header webhook-signature says. Aborts when out of memory. */
void signature_make(const struct secret *secret, const char *id, int64_t timestamp, const char *body,
                    size_t length, char signature[static SIGNATURE_SIZE]);

#endif
