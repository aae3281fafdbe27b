/* SPDX-License-Identifier: MIT */
/*
 * Answers kept packed, so that the same question costs no SQL, no check and no packing again. Nothing is ever
 * given that was kept before the last change of the data: who asks says first which generation of the data he
 * sees (answers_follow), and a new generation drops everything.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include <stddef.h>
#include <stdint.h>

struct answers;

/* Keeps up to `limit` bytes of keys and answers; once they are used up it starts again with nothing. */
struct answers *answers_new(size_t limit) __attribute__((returns_nonnull));
void answers_free(struct answers *answers);

/* Drops what was kept under another generation. Costs nothing where there is nothing to drop. */
void answers_follow(struct answers *answers, uint64_t generation);

/*
 * The answer kept under this key, or NULL. The key must hold everything that the answer depends on beside the
 * data: the method, its parameters, and who asks. Borrowed until the next call that is not answers_find.
 */
const char *answers_find(const struct answers *answers, const char *key, size_t key_size, size_t *size);

/* Keeps copies of both. The key must not be there yet. */
void answers_keep(struct answers *answers, const char *key, size_t key_size, const char *answer, size_t size);

#endif
