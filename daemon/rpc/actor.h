/* SPDX-License-Identifier: MIT */
/*
 * Who is calling. The kernel tells the user at connect() and never again (unix(7)); it is asked once, any
 * error denies, the process id is never used, and the users "nobody" (65534) and -1 are refused.
 */
#ifndef ACTOR_H
#define ACTOR_H

#include "call.h"

/* Which users are what; names of groups and of a user, "" for none. */
struct actor_rules {
    uint32_t owner;       /* the user this daemon runs as: its admin */
    const char *admins;   /* group; root is an admin always */
    const char *tools;    /* group of programs that only read */
    const char *auditors; /* group */
    const char *courier;  /* user */
};

enum { LOGIN_SIZE = 260 };

/* What the system says of a user. To ask it takes some fifty system calls, so it is not asked for each call.
 */
struct account {
    uint32_t uid;
    unsigned roles;
    char login[LOGIN_SIZE]; /* "" where the system knows no such user */
};

/* False where the peer's credentials cannot be had or are nobody's. */
bool actor_uid(int fd, uint32_t *uid);

/* Roles by user and groups. A user nobody knows has none. */
void account_find(const struct actor_rules *rules, uint32_t uid, struct account *account);

/* The account's roles and the person with its login. `person` is allocated: give it to actor_clear. */
void actor_find(struct call *call, const struct account *account, struct actor *actor);
/* The actor speaks for this person from now on, and is nothing else. */
void actor_become(struct actor *actor, const char *person);
void actor_clear(struct actor *actor);

#endif
