/* SPDX-License-Identifier: MIT */
#include "home.h"

#include <ini.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool home_is_domain(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");
    return length > 0 && length <= 253 && !text[length] && text[0] != '.' && text[length - 1] != '.' &&
           !strstr(text, "..");
}

static void keep(char **place, const char *text, size_t length)
{
    free(*place);
    *place = strndup(text, length);
    if (!*place)
        abort();
}

/* `from` is  Name <address>  or the address alone. What is no address is the courier's to refuse. */
static int take_line(void *context, const char *section, const char *name, const char *value)
{
    struct home *home = context;
    if (strcmp(section, "mail") != 0)
        return 1;
    if (strcmp(name, "domain") == 0)
        keep(&home->domain, value, strlen(value));
    if (strcmp(name, "from") == 0) {
        const char *open = strrchr(value, '<'), *address = open ? open + 1 : value;
        keep(&home->address, address, strcspn(address, "> "));
    }
    return 1;
}

void home_find(struct home *home, const char *path, const char *domain)
{
    char machine[256] = "";
    *home = (struct home){ NULL, NULL };
    ini_parse(path, take_line, home);
    const char *at = home->address ? strchr(home->address, '@') : NULL;
    if (domain)
        keep(&home->domain, domain, strlen(domain));
    else if (!home->domain && at)
        keep(&home->domain, at + 1, strlen(at + 1));
    gethostname(machine, sizeof machine - 1);
    if (!home->domain || !home_is_domain(home->domain)) {
        const char *name = home_is_domain(machine) ? machine : "localhost";
        keep(&home->domain, name, strlen(name));
    }
    if (at && home_is_domain(at + 1))
        return;
    free(home->address);
    if (asprintf(&home->address, "laug@%s", home->domain) < 0)
        abort();
}

void home_free(struct home *home)
{
    free(home->domain);
    free(home->address);
}
