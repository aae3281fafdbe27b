/* SPDX-License-Identifier: MIT */
/*
 * What is said of each kind of reminder, as sentences with words in braces that message.c fills in: {title}
 * and {subject} are what it is about, {when} and {day} its time, {other} another person's name, {detail} what
 * else was said, {id} the reminder,
 * {person} who gets it.
 */
#ifndef SENTENCES_H
#define SENTENCES_H

#include "statements.h"

struct sentences {
    const char *subject, *sentence;
    const char *command; /* NULL: reminder.done */
};

/* In the language of the thread; they live as long as the process. */
struct sentences sentences_of(const struct reminder_open_row *reminder);

/* Why somebody gets a reminder, by the word that its row keeps. */
const char *sentence_why(const char *recipient);

#endif
