/* SPDX-License-Identifier: MIT */
/*
 * What a file's bytes are before anything reads them. Only text in UTF-8 goes further; for all else the
 * finding holds what the reader needs to mend it.
 */
#ifndef ENCODING_H
#define ENCODING_H

#include <stdbool.h>
#include <stddef.h>

enum encoding_kind {
    ENCODING_UTF8,        /* valid UTF-8 without NUL; `skip` bytes of byte order mark come first */
    ENCODING_OTHER,       /* text in another encoding: `charset` is its name for iconv */
    ENCODING_SPREADSHEET, /* the file of a spreadsheet program, to be saved as CSV there */
    ENCODING_BINARY       /* holds a NUL where no text has one */
};

struct encoding {
    enum encoding_kind kind;
    size_t skip;
    const char *charset; /* static text; NULL where it is not known or not asked for */
    size_t line;         /* of the first byte that is no UTF-8, from 1 */
    unsigned char byte;  /* that byte */
};

/* Never fails. Of an encoding with single bytes the likeliest is named: by which of them its bytes spell
 * letters that European names are made of. An empty file is UTF-8. */
struct encoding encoding_find(const char *bytes, size_t length);

/* Whether the bytes are well-formed UTF-8 (RFC 3629, section 4); *at is the first place where they are not.
 */
bool encoding_is_utf8(const char *bytes, size_t length, size_t *at);

/* The bytes of the character that `text` starts with; `text` is NUL-ended UTF-8 and not "". */
size_t encoding_character(const char *text, unsigned *codepoint);

#endif
