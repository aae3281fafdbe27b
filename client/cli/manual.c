/* SPDX-License-Identifier: MIT */
#include "commands.h"
#include "describe.h"
#include "pager.h"
#include "service.h"

#include <string.h>

int command_reference(char **words, int count, struct options *options)
{
    (void)words, (void)count, (void)options;
    pager_begin();
    describe_reference(stdout);
    return 0;
}

int command_manual(char **words, int count, struct options *options)
{
    (void)options;
    struct error error;
    pager_begin_with("man -l -"); /* at a terminal nobody reads man(7) as it is written */
    if (count == 0 || (count == 1 && strcmp(words[0], "laug") == 0))
        describe_manual(stdout);
    else if (count == 1 && strcmp(words[0], "laug-protocol") == 0)
        describe_protocol_manual(stdout);
    else {
        fail(&error, INVALID, NULL,
             _("there are two pages: laug manual laug, and laug manual laug-protocol"));
        return service_refuse(NULL, &error);
    }
    return 0;
}
