/* SPDX-License-Identifier: MIT */
/*
 * How failure travels: a code for the caller to switch on, a field and a sentence for the reader.
 * Everything has a fixed size, so that failing cannot fail.
 */
#ifndef ERROR_H
#define ERROR_H

#include "codes.h" /* enum code, made from errors.laug */

#define MUST_CHECK __attribute__((warn_unused_result))

struct error {
    enum code code;
    char field[64]; /* the parameter at fault, "" where there is none */
    char text[448]; /* a sentence in UTF-8, cut at a whole character where it is too long */
};

/*
 * Fills in *error and returns code, so that a check and its report stand on one line:
 *     return fail(error, NOT_FOUND, "team", _("no team is called \"%s\""), id);
 * field may be NULL. The first failure of a chain of calls is the one reported: call this once per failure.
 */
enum code fail(struct error *error, enum code code, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Marks a sentence for translation and gives it in the language of the current call; the daemon and the
 * command line each install their own look-up with text_translator. Without one the sentence is English.
 */
#define _(text) text_translate(text)
const char *text_translate(const char *text) __attribute__((format_arg(1)));
void text_translator(const char *(*translate)(const char *text));

/* The word on the wire, such as "not_found"; code_from_word gives INTERNAL for a word it does not know. */
const char *code_word(enum code code);
enum code code_from_word(const char *word);
int code_exit_status(enum code code);
/* Whose mistake it is: the first element of an error on the wire is 1 for the caller's, 0 for the service's.
 */
_Bool code_blames_caller(enum code code);

#endif
