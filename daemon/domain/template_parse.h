/* SPDX-License-Identifier: MIT */
/* Templates as they are kept: read and checked once. For template*.c alone. */
#ifndef TEMPLATE_PARSE_H
#define TEMPLATE_PARSE_H

#include "template.h"

/* A piece of text, or a word to be filled in. */
struct part {
    const char *text; /* NULL: a word */
    size_t length;
    enum template_word word;
};

struct parts {
    struct part *items;
    size_t count, room;
};

struct template
{
    struct parts subject;
    struct template_block {
        enum block_kind kind;
        struct parts parts;
    } * blocks;
    size_t count;
};

/* The words in the order of enum template_word, without braces. */
extern const char *const template_word_names[TEMPLATE_WORDS];

enum { TEMPLATE_LANGUAGES = 2 };

/* What is built in: made from the files by laugc; the last has no kind. */
struct template_source {
    const char *kind, *text[TEMPLATE_LANGUAGES]; /* as of enum language */
};
extern const struct template_source template_sources[];

/* A kind that frames a mail. */
bool template_is_frame(const char *kind);

/*
 * Reads a file's text into *template, which lives in the arena. INVALID: `FILE, line 3, column 7: what is
 * wrong`, columns counted in characters.
 */
MUST_CHECK enum code template_parse(struct arena *arena, const char *file, const char *kind, const char *text,
                                    size_t length, struct template *template, struct error *error);

/* Fills one in: template_fill.c. */
void template_fill_in(struct call *call, const struct template *template, const char *kind,
                      const struct template_words *words, struct filled *filled);

#endif
