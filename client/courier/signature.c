/* SPDX-License-Identifier: MIT */
#include "signature.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHA256_SIZE = 32 };

/* How many bytes the base64 text stands for, into `bytes`; 0 where it is none (RFC 4648, 4; always padded).
 */
static size_t decode(const char *text, unsigned char *bytes)
{
    size_t length = strlen(text);
    size_t padding = length - strcspn(text, "=");
    if (length == 0 || length % 4 != 0 || padding > 2 || strspn(text + length - padding, "=") != padding)
        return 0;
    int count = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)length);
    return count < 0 ? 0 : (size_t)count - padding;
}

bool secret_read(const char *text, struct secret *secret)
{
    static const char prefix[] = "whsec_";
    size_t length = strlen(text);
    unsigned char *bytes = malloc(length + 1);
    if (!bytes)
        abort();
    if (strncmp(text, prefix, sizeof prefix - 1) == 0)
        length = decode(text + sizeof prefix - 1, bytes);
    else
        memcpy(bytes, text, length);
    if (length < SECRET_LEAST) {
        free(bytes);
        return false;
    }
    *secret = (struct secret){ bytes, length };
    return true;
}

void secret_free(struct secret *secret)
{
    if (secret->bytes)
        explicit_bzero(secret->bytes, secret->length);
    free(secret->bytes);
    *secret = (struct secret){ 0 };
}

void signature_make(const struct secret *secret, const char *id, int64_t timestamp, const char *body,
                    size_t length, char signature[static SIGNATURE_SIZE])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    char *head;
    int head_length = asprintf(&head, "%s.%" PRId64 ".", id, timestamp);
    unsigned char *signed_bytes = head_length < 0 ? NULL : malloc((size_t)head_length + length);
    if (!signed_bytes)
        abort();
    memcpy(mempcpy(signed_bytes, head, (size_t)head_length), body, length);
    if (!HMAC(EVP_sha256(), secret->bytes, (int)secret->length, signed_bytes, (size_t)head_length + length,
              sum, &size) ||
        size != SHA256_SIZE)
        abort();
    memcpy(signature, "v1,", 3);
    EVP_EncodeBlock((unsigned char *)signature + 3, sum, SHA256_SIZE);
    free(signed_bytes);
    free(head);
}
