/* SPDX-License-Identifier: MIT */
#include "commands.h"

#include <stddef.h>
#include <string.h>

const struct command commands[] = {
    {"week",        N_("draw the company's week: who has which turn, who is away"),              command_week     },
    { "year",       N_("draw the company's year: turns, sabbatical weeks, closed days"),         command_year     },
    { "watch",      N_("follow what happens, as sentences"),                                     command_watch    },
    { "undo",       N_("undo what you did last"),                                                command_undo     },
    { "calendar",   N_("write a calendar as a file for other programs, and keep it up to date"), NULL             },
    { "import",     N_("load people, teams, absences and holidays from files"),                  NULL             },
    { "completion", N_("print a script that completes these words in bash, zsh or fish"),
     command_completion                                                                                           },
    { "complete",   NULL,                                                                        command_complete },
    { "reference",  N_("print the protocol that programs speak with the service"),               command_reference},
    { "manual",     N_("print a manual page: laug or laug-protocol"),                            command_manual   },
    { "help",       NULL,                                                                        NULL             },
    { NULL,         NULL,                                                                        NULL             },
};

const struct command *command_find(const char *word)
{
    for (const struct command *command = commands; command->name; command++)
        if (strcmp(command->name, word) == 0)
            return command;
    return NULL;
}
