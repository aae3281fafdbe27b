/* SPDX-License-Identifier: MIT */
/* From messages to a letter: plain text wrapped for reading, and the same as simple HTML. */
#ifndef LETTER_H
#define LETTER_H

#include "template.h"

enum { LETTER_COLUMNS = 76 };

/* In the call's arena. */
struct letter_text {
    const char *subject; /* one line */
    const char *text;    /* lines of up to LETTER_COLUMNS, but for commands and words that are longer */
    const char *html;    /* a document of its own: no script, nothing to load, no colours but the reader's */
};

/*
 * Puts messages into the frame of a kind of mail: letter_single, letter_late, letter_weekly or
 * letter_invitation. `words` has what the frame needs: the reader's name and id, {reminders} and {more} of a
 * digest; {headline} is the first message's subject. Several messages become a list. In the language of the
 * thread.
 */
MUST_CHECK enum code letter_write(struct call *call, const char *frame, const struct template_words *words,
                                  const struct filled *messages, size_t count, struct letter_text *letter);

/* A name as somebody is greeted: up to the first blank. */
const char *letter_first_name(struct call *call, const char *name);

#endif
