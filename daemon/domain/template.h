/* SPDX-License-Identifier: MIT */
/*
 * What Laug writes to people, one file for each kind and language: templates/en/turn.txt. A kind is the word
 * of a notice or of a rule's message; with `_other` behind it the same is said of somebody else, to a lead or
 * a channel. A file:
 *
 *     # a line of comment
 *     subject: Your turn: {title}, {day}
 *
 *     Your turn for {title} is on {when}. Lines that follow each other
 *     are one paragraph.
 *
 *         laug turn offer {subject}
 *
 *     {why}
 *
 * An indented line is a command. A paragraph of which nothing is left, because its words stand for nothing,
 * is left out. What frames a message in a mail is a file of the same form: letter_single, letter_late,
 * letter_weekly, letter_invitation; there {message} stands for the message, or for all of a digest. All files
 * are checked when they are read, so that filling one in cannot fail.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "call.h"

/* The words in braces. */
enum template_word {
    TEMPLATE_TITLE,   /* what it is about, as people call it: Showcase */
    TEMPLATE_SUBJECT, /* its id: showcase-12 */
    TEMPLATE_WHEN,    /* day and time, weekday named, in the reader's zone: see when.h */
    TEMPLATE_DAY,     /* the day alone, for subjects */
    TEMPLATE_PERSON,  /* the reader's id */
    TEMPLATE_NAME,    /* the reader's first name */
    TEMPLATE_OTHER,   /* the name of somebody else, or of a team, it speaks of */
    TEMPLATE_DETAIL,  /* a sentence or a name, see enum notice_kind */
    TEMPLATE_ID,      /* the reminder's id */
    TEMPLATE_TEXT,    /* a rule's own text */
    TEMPLATE_WHY,     /* why the reader gets it */
    /* of what frames a mail, and only there */
    TEMPLATE_HEADLINE,  /* the subject of the message */
    TEMPLATE_MESSAGE,   /* the message, or the list of them */
    TEMPLATE_REMINDERS, /* how many: 3 reminders */
    TEMPLATE_MORE,      /* that there are more than are given; NULL */
    TEMPLATE_WORDS
};

/* What each stands for; NULL: nothing. Texts of any origin: they are cleaned of control characters, and in
 * HTML escaped. */
struct template_words {
    const char *of[TEMPLATE_WORDS];
};

enum block_kind { BLOCK_PARAGRAPH, BLOCK_COMMAND, BLOCK_MESSAGE };

/* A message filled in, in the call's arena. */
struct filled {
    const char *subject; /* one line, never empty */
    struct filled_block {
        enum block_kind kind;
        const char
            *text; /* a paragraph, not wrapped: only a rule's own text has line ends; "" of a message */
        const char *html; /* the same with entities and links, without the <p> or <pre> around it */
    } * blocks;
    size_t count;
    size_t size; /* bytes of text in all blocks, some 20,000 at most */
};

/*
 * Fills in the template of a kind in the language of the thread (language_use). INTERNAL where no file is
 * called so: that is a mistake in this program. Safe from any thread, also while templates are loaded anew.
 */
MUST_CHECK enum code template_fill(struct call *call, const char *kind, const struct template_words *words,
                                   struct filled *filled);

/* Whether there is a template of this kind. */
bool template_exists(const char *kind);

/* The first command of a message; NULL where there is none. */
const char *filled_command(const struct filled *filled);

/*
 * A text from elsewhere, such as a rule's own, with its words in braces filled in. Nobody has checked it, so
 * what is no known word stays as it is.
 */
const char *template_fill_text(struct call *call, const char *text, const struct template_words *words);

/* ---- all of them: a part of the service ---- */

struct templates;

/* Those that were built in. */
struct templates *templates_new(void) __attribute__((returns_nonnull));
void templates_free(struct templates *templates);

/*
 * The built-in ones, and over them the company's own of FOLDER/en and FOLDER/da; a folder that is not there
 * has none. INVALID where one is wrong (with file, line and column) or cannot be read: then everything stays
 * as it was.
 */
MUST_CHECK enum code templates_load(struct templates *templates, const char *folder, struct error *error);

/* Writes the built-in ones below a folder, as a beginning for own ones. Files that are there are left alone:
 * EXISTS. */
MUST_CHECK enum code templates_write(const char *folder, struct error *error);

#endif
