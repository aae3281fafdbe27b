/* SPDX-License-Identifier: MIT */
#include "slug.h"

#include "encoding.h"

#include <string.h>

/* U+00C0 to U+017F in order, a space between each: what they are without their marks. A hyphen is no letter.
 */
static const char *const plain[] = {
    "a",
    "a",
    "a",
    "a",
    "ae",
    "aa",
    "ae",
    "c",
    "e",
    "e",
    "e",
    "e",
    "i",
    "i",
    "i",
    "i",
    "d",
    "n",
    "o",
    "o",
    "o",
    "o",
    "oe",
    "-",
    "oe",
    "u",
    "u",
    "u",
    "ue",
    "y",
    "th",
    "ss",
    "a",
    "a",
    "a",
    "a",
    "ae",
    "aa",
    "ae",
    "c",
    "e",
    "e",
    "e",
    "e",
    "i",
    "i",
    "i",
    "i",
    "d",
    "n",
    "o",
    "o",
    "o",
    "o",
    "oe",
    "-",
    "oe",
    "u",
    "u",
    "u",
    "ue",
    "y",
    "th",
    "y",
    /* U+0100 */
    "a",
    "a",
    "a",
    "a",
    "a",
    "a",
    "c",
    "c",
    "c",
    "c",
    "c",
    "c",
    "c",
    "c",
    "d",
    "d",
    "d",
    "d",
    "e",
    "e",
    "e",
    "e",
    "e",
    "e",
    "e",
    "e",
    "e",
    "e",
    "g",
    "g",
    "g",
    "g",
    "g",
    "g",
    "g",
    "g",
    "h",
    "h",
    "h",
    "h",
    "i",
    "i",
    "i",
    "i",
    "i",
    "i",
    "i",
    "i",
    "i",
    "i",
    "ij",
    "ij",
    "j",
    "j",
    "k",
    "k",
    "k",
    "l",
    "l",
    "l",
    "l",
    "l",
    "l",
    "l",
    "l",
    "l",
    "l",
    "n",
    "n",
    "n",
    "n",
    "n",
    "n",
    "n",
    "n",
    "n",
    "o",
    "o",
    "o",
    "o",
    "o",
    "o",
    "oe",
    "oe",
    "r",
    "r",
    "r",
    "r",
    "r",
    "r",
    "s",
    "s",
    "s",
    "s",
    "s",
    "s",
    "s",
    "s",
    "t",
    "t",
    "t",
    "t",
    "t",
    "t",
    "u",
    "u",
    "u",
    "u",
    "u",
    "u",
    "u",
    "u",
    "u",
    "u",
    "u",
    "u",
    "w",
    "w",
    "y",
    "y",
    "y",
    "z",
    "z",
    "z",
    "z",
    "z",
    "z",
    "s",
};
_Static_assert(sizeof plain / sizeof *plain == 0x180 - 0xC0, "one for each character");

enum {
    PLAIN_FIRST = 0xC0,
    MARKS_FIRST = 0x300,
    MARKS_LAST = 0x36F,
    MARK_DIAERESIS = 0x308,
    MARK_RING = 0x30A
};

struct slug_text {
    char text[SLUG_SIZE];
    size_t length;
    char gap; /* what goes between the last letter and the next: 0 nothing, else '-', '.' or '_' */
    bool is_bad;
};

static void slug_letter(struct slug_text *slug, char letter)
{
    if (slug->gap && slug->length > 0 && slug->length < SLUG_SIZE - 1)
        slug->text[slug->length++] = slug->gap;
    slug->gap = 0;
    if (slug->length >= SLUG_SIZE - 1) {
        slug->is_bad = true;
        return;
    }
    slug->text[slug->length++] = letter;
}

/* A dot or an underscore that stands alone stays, as ids may have them. */
static void slug_gap(struct slug_text *slug, unsigned character)
{
    bool may_stay = !slug->gap && (character == '.' || character == '_');
    slug->gap = may_stay ? (char)character : '-';
}

/* A mark that comes as a character of its own, behind its letter (as files from a Mac have them). */
static void slug_mark(struct slug_text *slug, unsigned mark)
{
    char last = slug->length && !slug->gap ? slug->text[slug->length - 1] : 0;
    if (mark == MARK_RING && last == 'a')
        slug_letter(slug, 'a');
    else if (mark == MARK_DIAERESIS && last && strchr("aou", last))
        slug_letter(slug, 'e');
}

/* Punctuation and spaces part words; any other character above Latin is a letter that no keyboard here has.
 */
static bool parts_words(unsigned character)
{
    return (character >= 0x80 && character < PLAIN_FIRST) || (character >= 0x2000 && character <= 0x206F) ||
           character == 0x3000 || character == 0xFEFF;
}

static void slug_character(struct slug_text *slug, unsigned character)
{
    if ((character >= 'a' && character <= 'z') || (character >= '0' && character <= '9'))
        slug_letter(slug, (char)character);
    else if (character >= 'A' && character <= 'Z')
        slug_letter(slug, (char)(character - 'A' + 'a'));
    else if (character == '\'' || character == 0x2019)
        return; /* O'Brien is obrien */
    else if (character < 0x80 || parts_words(character))
        slug_gap(slug, character);
    else if (character >= MARKS_FIRST && character <= MARKS_LAST)
        slug_mark(slug, character);
    else if (character == 0x218 || character == 0x219)
        slug_letter(slug, 's'); /* Romanian, with a comma below */
    else if (character == 0x21A || character == 0x21B)
        slug_letter(slug, 't');
    else if (character == 0x1E9E)
        slug_letter(slug, 's'), slug_letter(slug, 's');
    else if (character - PLAIN_FIRST < sizeof plain / sizeof *plain) {
        for (const char *letter = plain[character - PLAIN_FIRST]; *letter; letter++)
            if (*letter == '-')
                slug_gap(slug, character);
            else
                slug_letter(slug, *letter);
    } else
        slug->is_bad = true;
}

bool slug_make(const char *text, char slug[static SLUG_SIZE])
{
    struct slug_text made = { .length = 0 };
    while (*text && !made.is_bad) {
        unsigned character;
        text += encoding_character(text, &character);
        slug_character(&made, character);
    }
    if (made.is_bad || made.length == 0)
        return false;
    memcpy(slug, made.text, made.length);
    slug[made.length] = 0;
    return true;
}
