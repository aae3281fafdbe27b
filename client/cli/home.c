/* SPDX-License-Identifier: MIT */
/* What is mine. */
#include "commands.h"
#include "usage.h"

int command_home(const struct options *options)
{
    (void)options;
    return usage_all();
}
