/* SPDX-License-Identifier: MIT */
/* laug: finds out what the words mean, a method of the service or a command of its own, and does it. */
#include "catalogue.h"
#include "commands.h"
#include "describe.h"
#include "pager.h"
#include "run.h"
#include "service.h"
#include "suggest.h"
#include "usage.h"
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COMMANDS = 32 };

static int refuse(enum code code, const char *text)
{
    struct error error;
    fail(&error, code, NULL, "%s", text);
    return service_refuse(NULL, &error);
}

/* ---- words that mean nothing ---- */

/* "rotation nonsense": the thing is known. Looks among its verbs. */
static int refuse_verb(char **words, int known, struct arena *arena)
{
    const struct method *first;
    const char *verbs[METHODS_COUNT], *topic = words[0];
    int found = words_topic(words, known, &first);
    for (int i = 1; i < known; i++)
        topic = arena_print(arena, "%s %s", topic, words[i]);
    for (int i = 0; i < found; i++)
        verbs[i] = describe_hyphened(arena, first[i].name + strlen(topic) + 1);
    const char *word = words[known], *nearest = suggest_verb(word);
    nearest = nearest ? suggest(nearest, verbs, (size_t)found) : suggest(word, verbs, (size_t)found);
    if (nearest)
        return refuse(UNKNOWN_METHOD, arena_print(arena, _("%s has no \"%s\"; did you mean: laug %s %s"),
                                                  topic, word, topic, nearest));
    return refuse(
        UNKNOWN_METHOD,
        arena_print(arena, _("%s has no \"%s\"; laug %s --help tells what there is"), topic, word, topic));
}

static int refuse_thing(const char *word, struct arena *arena)
{
    const char *choices[METHODS_COUNT + MOST_COMMANDS];
    size_t count = 0;
    for (int i = 0; i < METHODS_COUNT; i++) {
        const char *thing = arena_copy(arena, methods[i].name, strcspn(methods[i].name, "."));
        if (count == 0 || strcmp(choices[count - 1], thing) != 0)
            choices[count++] = thing;
    }
    for (int i = 0; i < MOST_COMMANDS && commands[i].name; i++)
        choices[count++] = commands[i].name;
    const char *nearest = suggest(word, choices, count);
    if (nearest)
        return refuse(UNKNOWN_METHOD,
                      arena_print(arena, _("there is no \"%s\"; did you mean: laug %s"), word, nearest));
    return refuse(UNKNOWN_METHOD,
                  arena_print(arena, _("there is no \"%s\"; laug --help tells what there is"), word));
}

static int refuse_words(char **words, int count)
{
    struct arena arena = { 0 };
    const struct method *first;
    int known = 0, status;
    while (known < count && words_topic(words, known + 1, &first))
        known++;
    status = known ? refuse_verb(words, known, &arena) : refuse_thing(words[0], &arena);
    arena_free(&arena);
    return status;
}

/* ---- words that mean something ---- */

/* `laug rotation`, `laug rotation --help`, `laug help rotation preview` */
static int help(char **words, int count)
{
    int taken, plain = 0;
    const struct method *first;
    while (plain < count && words[plain][0] != '-')
        plain++;
    const struct method *method = words_method(words, plain, &taken);
    if (plain == 0)
        return usage_all();
    if (method)
        return usage_method(method);
    return words_topic(words, plain, &first) ? usage_topic(words, plain) : refuse_words(words, plain);
}

/* The options behind a word of our own are global ones, in any order. */
static bool wants_help(char **words, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)
            return true;
    return false;
}

static int run_words(char **words, int count, struct options *options)
{
    int taken;
    const struct method *method = words_method(words, count, &taken), *first;
    const struct command *command = command_find(words[0]);
    if (method)
        return run_method(method, words + taken, count - taken, options);
    if (strcmp(words[0], "help") == 0)
        return help(words + 1, count - 1);
    if (command && command->run)
        return command->run(words + 1, count - 1, options);
    int plain = 0;
    while (plain < count && words[plain][0] != '-')
        plain++;
    if (command && plain == 1)
        command_helper(words, options); /* it may have the name of a thing with verbs */
    if (words_topic(words, plain, &first) && (plain == count || wants_help(words, count)))
        return help(words, plain);
    if (!words_topic(words, 1, &first))
        command_helper(words, options);
    return refuse_words(words, plain);
}

/* Global options in front of the first word. Gives its index, or -1 where an option is not known. */
static int read_options(int count, char **words, struct options *options)
{
    int option;
    opterr = 0;
    while ((option = getopt_long(count, words, "+h", global_options, NULL)) != -1)
        if (option == 'h')
            options->wants_help = true;
        else if (!options_take(options, option, optarg))
            return -1;
    return optind;
}

int main(int argc, char **argv)
{
    struct options options = { 0 };
    struct arena arena = { 0 };
    options_speak(&options, language_of_environment());
    int first = read_options(argc, argv, &options), status;
    if (first < 0)
        status = refuse(
            INVALID, arena_print(&arena, _("the option %s is not known, or lacks its value; see laug --help"),
                                 argv[optind - 1]));
    else if (options.wants_version)
        status = printf("laug %s\n", LAUG_VERSION) > 0 ? 0 : 1;
    else if (options.wants_help)
        status = help(argv + first, argc - first);
    else if (first == argc)
        status = command_home(&options);
    else
        status = run_words(argv + first, argc - first, &options);
    arena_free(&arena);
    pager_end();
    /* what could not be written was not said; that nobody reads on is no fault */
    if (fflush(stdout) != 0 && status == 0)
        status = code_exit_status(STORAGE_FULL);
    return status;
}
