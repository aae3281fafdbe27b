/* SPDX-License-Identifier: MIT */
#include "actor.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { NOBODY = 65534, GROUPS_MAX = 256 };

const struct actor actor_service = { .uid = 0, .roles = 1U << ROLE_ADMIN | 1U << ROLE_STAFF };

bool actor_uid(int fd, uint32_t *uid)
{
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 || size != sizeof credentials)
        return false;
    *uid = credentials.uid;
    return *uid != NOBODY && *uid != (uint32_t)-1;
}

static bool is_in_group(const struct passwd *user, const char *name)
{
    const struct group *group = *name ? getgrnam(name) : NULL;
    gid_t groups[GROUPS_MAX];
    int count = GROUPS_MAX;
    if (!group)
        return false;
    gid_t wanted = group->gr_gid;
    if (getgrouplist(user->pw_name, user->pw_gid, groups, &count) < 0)
        return false;
    for (int i = 0; i < count; i++)
        if (groups[i] == wanted)
            return true;
    return false;
}

static unsigned roles_of(const struct passwd *user, const struct actor_rules *rules, uint32_t uid)
{
    unsigned roles = 0;
    if (uid == 0 || uid == rules->owner || (user && is_in_group(user, rules->admins)))
        roles |= 1U << ROLE_ADMIN | 1U << ROLE_STAFF;
    if (user && is_in_group(user, rules->tools))
        roles |= 1U << ROLE_TOOL;
    if (user && is_in_group(user, rules->auditors))
        roles |= 1U << ROLE_AUDITOR;
    if (user && *rules->courier && strcmp(user->pw_name, rules->courier) == 0)
        roles |= 1U << ROLE_COURIER;
    /* a daemon of one's own has its courier under the same user */
    if (uid == rules->owner)
        roles |= 1U << ROLE_COURIER;
    return roles;
}

void account_find(const struct actor_rules *rules, uint32_t uid, struct account *account)
{
    const struct passwd *user = getpwuid(uid);
    bool is_known = user && strlen(user->pw_name) < LOGIN_SIZE;
    *account = (struct account){ .uid = uid, .roles = roles_of(user, rules, uid) };
    if (is_known)
        memcpy(account->login, user->pw_name, strlen(user->pw_name) + 1);
}

void actor_find(struct call *call, const struct account *account, struct actor *actor)
{
    *actor = (struct actor){ .uid = account->uid, .roles = account->roles };
    if (!*account->login || actor_load(call, account->login, actor) != OK)
        actor->person = NULL;
    if (!actor->person)
        return;
    actor->roles |= 1U << ROLE_STAFF;
    actor->person = strdup(actor->person);
    if (!actor->person)
        abort();
}

void actor_become(struct actor *actor, const char *person)
{
    char *copy = strdup(person);
    if (!copy)
        abort();
    actor_clear(actor);
    actor->person = copy;
    actor->roles = 1U << ROLE_STAFF;
}

void actor_clear(struct actor *actor)
{
    free((void *)(uintptr_t)actor->person);
    actor->person = NULL;
}
