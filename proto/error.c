/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *(*translator)(const char *text);

void text_translator(const char *(*translate)(const char *text))
{
    translator = translate;
}

const char *text_translate(const char *text)
{
    return translator ? translator(text) : text;
}

/* A text that was cut may end inside a character: drop the rest of it. */
static void trim_to_character(char *text)
{
    size_t end = strlen(text), start = end;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0 || (unsigned char)text[start - 1] < 0xC0)
        return;
    unsigned char first = (unsigned char)text[start - 1];
    size_t whole = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (end - (start - 1) < whole)
        text[start - 1] = 0;
}

enum code fail(struct error *error, enum code code, const char *field, const char *format, ...)
{
    va_list values;
    error->code = code;
    if (field != error->field) /* who says more about a failure keeps its field */
        snprintf(error->field, sizeof error->field, "%s", field ? field : "");
    va_start(values, format);
    int length = vsnprintf(error->text, sizeof error->text, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof error->text)
        trim_to_character(error->text);
    trim_to_character(error->field);
    return code;
}

const char *code_word(enum code code)
{
    return codes[code].word;
}

enum code code_from_word(const char *word)
{
    for (int code = 1; code < CODES_COUNT; code++)
        if (strcmp(codes[code].word, word) == 0)
            return (enum code)code;
    return INTERNAL;
}

int code_exit_status(enum code code)
{
    return codes[code].exit_status;
}

_Bool code_blames_caller(enum code code)
{
    return codes[code].blames_caller;
}
