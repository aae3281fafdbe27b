/* SPDX-License-Identifier: MIT */
#include "commands.h"

int command_events(char **words, int count, struct options *options)
{
    (void)words;
    (void)count;
    (void)options;
    return 0;
}
