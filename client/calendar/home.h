/* SPDX-License-Identifier: MIT */
/*
 * What an entry's UID ends with, and who publishes it: the same as in the mails of this machine's courier, so
 * that whoever has an entry by mail and by file has it once.
 */
#ifndef HOME_H
#define HOME_H

#include <stdbool.h>

struct home {
    char *domain, *address;
};

/*
 * From the courier's settings at `path`, where they can be read and name them; else from this machine's name.
 * A `domain` that is not NULL goes before both. Give it back with home_free.
 */
void home_find(struct home *home, const char *path, const char *domain);
void home_free(struct home *home);

/* Letters, digits, hyphens and single dots between them, at most 253. */
bool home_is_domain(const char *text);

#endif
