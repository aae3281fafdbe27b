/* SPDX-License-Identifier: MIT */
/*
 * The words of days and times in English and Danish, in small letters, æ ø å as ae oe aa. Weekdays and months
 * may be shortened, as long as it is clear which is meant.
 */
#ifndef WHEN_WORDS_H
#define WHEN_WORDS_H

#include <stdbool.h>

enum meaning { A_WEEKDAY, A_MONTH, A_DAY, A_NEAR, A_WEEK_WORD, A_COUNT, AN_AT, A_NOON, AN_IN, A_FILLER };

struct name {
    const char *word;
    enum meaning meaning;
    int value;
};

/* The weekday or month that a word means, which may be its beginning; NULL where it means none. *other is one
 * that it could mean too, or NULL. */
const struct name *when_name(const char *word, const struct name **other);

/* "mandags": the one that has been. */
bool when_is_gone(const char *word, int *weekday);

/* A word that means something as it stands: today, next, week, kl. NULL where it is none. */
const struct name *when_word(const char *word);

/* "d", "weeks", "timer"; its value is an enum when_unit. NULL where it is none. */
const struct name *when_unit(const char *word);

/* The word that is nearest to a mistyped one; NULL where none is near. */
const char *when_nearest(const char *word);

/* What a weekday or month is called in the language of the answers. */
const char *when_spoken(const struct name *name);

#endif
