/* SPDX-License-Identifier: MIT */
#include "encoding.h"

#include <stdint.h>
#include <string.h>

/* Letters of European names, as each of the encodings that European machines wrote spells them. */
struct charset {
    const char *name; /* for iconv -f */
    const char *letters;
};

static const struct charset charsets[] = {
  /* in the order of æøå ÆØÅ é è ü ö ä ç ñ ß ó; a tie goes to the first */
    {"CP1252",     "\xE6\xF8\xE5\xC6\xD8\xC5\xE9\xE8\xFC\xF6\xE4\xE7\xF1\xDF\xF3"},
    { "CP850",     "\x91\x9B\x86\x92\x9D\x8F\x82\x8A\x81\x94\x84\x87\xA4\xE1\xA2"},
    { "MACINTOSH", "\xBE\xBF\x8C\xAE\xAF\x81\x8E\x8F\x9F\x9A\x8A\x8D\x96\xA7\x97"},
};

/* The length of the well-formed character at `bytes`, 0 where there is none. The second byte's range rules
 * out overlong forms, surrogates and what lies above U+10FFFF. */
static size_t character_length(const unsigned char *bytes, size_t left)
{
    unsigned char first = bytes[0], low = 0x80, high = 0xBF;
    size_t length = first < 0x80   ? 1
                    : first < 0xC2 ? 0
                    : first < 0xE0 ? 2
                    : first < 0xF0 ? 3
                    : first < 0xF5 ? 4
                                   : 0;
    if (length < 2)
        return length;
    if (length > left)
        return 0;
    low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : low;
    high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : high;
    if (bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

bool encoding_is_utf8(const char *bytes, size_t length, size_t *at)
{
    const unsigned char *text = (const unsigned char *)bytes;
    size_t i = 0;
    while (i < length) {
        uint64_t eight;
        /* most of most files is ASCII: eight bytes at a time */
        while (length - i >= sizeof eight && (memcpy(&eight, text + i, sizeof eight), true) &&
               (eight & UINT64_C(0x8080808080808080)) == 0)
            i += sizeof eight;
        if (i == length)
            break;
        size_t step = character_length(text + i, length - i);
        if (step == 0) {
            *at = i;
            return false;
        }
        i += step;
    }
    return true;
}

size_t encoding_character(const char *text, unsigned *codepoint)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    unsigned value = length == 1 ? bytes[0] : bytes[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        value = value << 6 | (bytes[i] & 0x3F);
    *codepoint = value;
    return length;
}

static bool begins(const char *bytes, size_t length, const char *with, size_t with_length)
{
    return length >= with_length && memcmp(bytes, with, with_length) == 0;
}

/* ASCII in UTF-16 has a NUL in every other byte; which one tells the order. */
static const char *utf16_without_mark(const char *bytes, size_t length)
{
    size_t sample = length < 4096 ? length & ~(size_t)1 : 4096, even = 0, odd = 0;
    for (size_t i = 0; i < sample; i += 2) {
        even += bytes[i] == 0;
        odd += bytes[i + 1] == 0;
    }
    if (odd > sample / 4 && even <= sample / 16)
        return "UTF-16LE";
    if (even > sample / 4 && odd <= sample / 16)
        return "UTF-16BE";
    return NULL;
}

static const char *charset_guess(const char *bytes, size_t length)
{
    size_t counts[256] = { 0 }, best = 0, guess = 0;
    for (size_t i = 0; i < length; i++)
        counts[(unsigned char)bytes[i]]++;
    for (size_t c = 0; c < sizeof charsets / sizeof *charsets; c++) {
        size_t score = 0;
        for (const char *letter = charsets[c].letters; *letter; letter++)
            score += counts[(unsigned char)*letter];
        if (score > best) {
            best = score;
            guess = c;
        }
    }
    return charsets[guess].name;
}

static size_t line_of(const char *bytes, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += bytes[i] == '\n';
    return line;
}

struct encoding encoding_find(const char *bytes, size_t length)
{
    struct encoding found = { .kind = ENCODING_UTF8 };
    size_t at;
    if (begins(bytes, length, "PK\x03\x04", 4) || begins(bytes, length, "\xD0\xCF\x11\xE0", 4))
        return (struct encoding){ .kind = ENCODING_SPREADSHEET };
    if (begins(bytes, length, "\xFF\xFE\0\0", 4) || begins(bytes, length, "\0\0\xFE\xFF", 4))
        return (struct encoding){ .kind = ENCODING_OTHER, .charset = "UTF-32", .line = 1 };
    if (begins(bytes, length, "\xFF\xFE", 2) || begins(bytes, length, "\xFE\xFF", 2))
        return (struct encoding){ .kind = ENCODING_OTHER, .charset = "UTF-16", .line = 1 };
    const char *nul = length ? memchr(bytes, 0, length) : NULL;
    if (nul) {
        found.charset = utf16_without_mark(bytes, length);
        found.kind = found.charset ? ENCODING_OTHER : ENCODING_BINARY;
        found.line = line_of(bytes, (size_t)(nul - bytes));
        return found;
    }
    if (begins(bytes, length, "\xEF\xBB\xBF", 3))
        found.skip = 3;
    if (!encoding_is_utf8(bytes, length, &at)) {
        found.kind = ENCODING_OTHER;
        found.charset = charset_guess(bytes, length);
        found.line = line_of(bytes, at);
        found.byte = (unsigned char)bytes[at];
    }
    return found;
}
