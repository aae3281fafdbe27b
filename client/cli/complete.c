/* SPDX-License-Identifier: MIT */
#include "commands.h"

int command_completion(char **words, int count)
{
    (void)words;
    (void)count;
    return 0;
}

int command_complete(char **words, int count, const struct options *options)
{
    (void)words;
    (void)count;
    (void)options;
    return 0;
}
