/* SPDX-License-Identifier: MIT */
/* Programs of their own that show as words of this one: they may link what would slow every start of it. */
#include "commands.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_name(const char *word)
{
    size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyz-");
    return length > 0 && length < 32 && !word[length] && *word != '-';
}

static void try_program(const char *folder, char **words)
{
    char path[PATH_MAX], name[48];
    snprintf(name, sizeof name, "laug-%s", words[0]);
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path || access(path, X_OK) != 0)
        return;
    words[0] = name;
    execv(path, words);
    perror(path);
    _exit(EXIT_FAILURE);
}

void command_helper(char **words, const struct options *options)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (!is_name(words[0]))
        return;
    if (options->socket)
        setenv("LAUG_SOCKET", options->socket, 1);
    setenv("LANGUAGE", options->language == DANISH ? "da" : "en", 1);
    if (length > 0) {
        program[length] = 0;
        *strrchr(program, '/') = 0;
        try_program(program, words);
    }
    try_program(LAUG_LIBEXEC_DIR, words);
}
