/* SPDX-License-Identifier: MIT */
/* The words that are no methods. Each gives the exit status. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "options.h"

/* Marks a sentence for translation where it cannot be translated yet. */
#define N_(text) text

struct command {
    const char *name;
    const char *help; /* a sentence to be translated; NULL: not told of */
    int (*run)(char **words, int count, struct options *options); /* NULL: main's own, or a helper program */
};

/* Ended by a name of NULL. */
extern const struct command commands[];

/* NULL where the word is none of them. */
const struct command *command_find(const char *word);

/* `laug` alone: what is mine. */
int command_home(const struct options *options);

/*
 * Becomes the helper program laug-NAME, where there is one beside this program or in the folder for helpers,
 * and does not return. Comes back where there is none.
 */
void command_helper(char **words, const struct options *options);

/* `laug week [WEEK]`, `laug year [YEAR]`: the company's time, drawn. */
int command_week(char **words, int count, struct options *options);
int command_year(char **words, int count, struct options *options);

/* `laug watch [--since NUMBER] [--limit NUMBER]`: a sentence for each event, until it is ended. */
int command_watch(char **words, int count, struct options *options);

/* `laug undo [NUMBER]`: one's own last act; `laug undo --list` shows what could be undone. */
int command_undo(char **words, int count, struct options *options);

/* `laug completion bash|zsh|fish` prints a script; `laug complete -- WORD...` is what such a script asks. */
int command_completion(char **words, int count, struct options *options);
int command_complete(char **words, int count, struct options *options);

/* `laug reference`, `laug manual laug|laug-protocol` */
int command_reference(char **words, int count, struct options *options);
int command_manual(char **words, int count, struct options *options);

#endif
