/* SPDX-License-Identifier: MIT */
/*
 * Ids that a person can type, made from what a file has: "12" stays 12, "Tool Design" becomes tool-design,
 * "François" francois, "Åse Sørensen" aase-soerensen; what is an id already stays as it is. The same text
 * gives the same id, on every machine.
 */
#ifndef SLUG_H
#define SLUG_H

#include <stdbool.h>
#include <stddef.h>

enum { SLUG_SIZE = 65 }; /* 64 letters and the NUL */

/*
 * Letters of the Latin alphabet lose their marks (Danish and German ones become two: ae, oe, aa, ue, ss),
 * capitals become small, everything that is neither letter nor digit becomes one hyphen, none at either end;
 * a single dot or underscore between two of them stays. False, and
 * `slug` untouched, where nothing is left, where it would be longer than 64 or where the text has letters of
 * another alphabet: an id that has lost half of a name would be a guess.
 */
bool slug_make(const char *text, char slug[static SLUG_SIZE]);

#endif
