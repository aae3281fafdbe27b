/* SPDX-License-Identifier: MIT */
/*
 * Which language a sentence is given in. The language belongs to the thread, so that the daemon answers two
 * callers in two languages, and everything here but language_load may be called from several threads at once.
 * Sentences are written in English in the code; Danish comes from gettext's catalogue `laug`. A sentence it
 * lacks, or a catalogue that is not there, gives English: translation cannot fail.
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

enum language { ENGLISH, DANISH };

/*
 * Makes Danish known: from `locale` beside the running program (a build folder), else from where the
 * catalogue is installed; and makes _() follow the thread's language. Call it once, before there is a second
 * thread: it sets LANGUAGE in the environment.
 */
void language_load(void);

/* "da", "da_DK.UTF-8", "da-DK" and the like are Danish; all else, and NULL, is English. */
enum language language_from_tag(const char *tag);

/* What the user of this process asked for, by LANGUAGE, LC_ALL, LC_MESSAGES, LANG (in this order); the same
 * before language_load and after it. */
enum language language_of_environment(void);

/* The language of this thread, English until it is set. */
void language_use(enum language language);
enum language language_in_use(void);

/* The sentence in that language; it lives as long as the process. NULL and "" come back as they are. */
const char *language_translate(enum language language, const char *sentence) __attribute__((format_arg(2)));

#endif
