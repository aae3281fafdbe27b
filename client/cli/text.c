/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "character.h"

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* ---- what must not reach a terminal ---- */

static void write_visible(FILE *out, const char *text, size_t size, int32_t character)
{
    if (character < 0)
        fprintf(out, "\\x%02x", (unsigned char)*text);
    else if (character < 0x100 && character_steers(character))
        fprintf(out, "\\x%02x", (unsigned)character);
    else if (character_steers(character))
        fprintf(out, "\\u%04x", (unsigned)character);
    else
        fwrite(text, 1, size, out);
}

const char *text_visible(struct arena *arena, const char *text, size_t length, bool may_break)
{
    bool is_harmless = true;
    for (size_t i = 0; i < length && is_harmless; i++)
        is_harmless = (unsigned char)text[i] >= 0x20 && (unsigned char)text[i] < 0x7F;
    if (is_harmless)
        return arena_copy(arena, text, length);
    char *shown = NULL;
    size_t shown_size = 0;
    FILE *out = open_memstream(&shown, &shown_size);
    if (!out)
        abort();
    for (size_t i = 0, size; i < length; i += size) {
        int32_t character = character_read(text + i, length - i, &size);
        if (character == '\n' && may_break)
            fputc('\n', out);
        else
            write_visible(out, text + i, size, character);
    }
    fclose(out);
    const char *copy = arena_copy(arena, shown, shown_size);
    free(shown);
    return copy;
}

/* ---- width ---- */

/* wcwidth asks the locale, and reading one takes time at the start: only for who has a wide character to
 * measure. */
static int columns_of(int32_t character)
{
    static bool has_locale;
    if (character < 0x300)
        return 1;
    if (!has_locale)
        setlocale(LC_CTYPE, "C.UTF-8");
    has_locale = true;
    int columns = wcwidth((wchar_t)character);
    return columns < 0 ? 1 : columns;
}

static int columns_until(const char *text, const char *end)
{
    int columns = 0;
    for (size_t size; text < end; text += size)
        columns += columns_of(character_read(text, (size_t)(end - text), &size));
    return columns;
}

int text_columns(const char *text)
{
    int widest = 0;
    for (const char *end;; text = end + 1) {
        end = strchrnul(text, '\n');
        int columns = columns_until(text, end);
        widest = columns > widest ? columns : widest;
        if (!*end)
            return widest;
    }
}

/* ---- lines ---- */

/* Where the line that begins at `text` is to end: at `limit` columns, at a blank if there is one. */
static const char *line_end(const char *text, const char *end, int limit)
{
    const char *blank = NULL;
    int columns = 0;
    for (size_t size; text < end; text += size) {
        columns += columns_of(character_read(text, (size_t)(end - text), &size));
        if (*text == ' ')
            blank = text;
        if (columns > limit) /* a word that no line can hold is cut */
            return blank ? blank : text;
    }
    return end;
}

static void fold_paragraph(FILE *out, const char *text, const char *end, int width)
{
    while (width > 0 && columns_until(text, end) > width) {
        const char *stop = line_end(text, end, width);
        if (stop == end)
            break;
        fprintf(out, "%.*s\n", (int)(stop - text), text);
        text = stop + strspn(stop, " ");
    }
    fwrite(text, 1, (size_t)(end - text), out);
}

const char *text_fold(struct arena *arena, const char *text, int width, bool joins)
{
    char *copy = arena_copy(arena, text, strlen(text)), *folded = NULL;
    size_t size = 0;
    for (char *c = copy; joins && (c = strchr(c, '\n')) != NULL; c++) {
        size_t feeds = strspn(c, "\n");
        if (feeds == 1)
            *c = ' ';
        c += feeds - 1;
    }
    FILE *out = open_memstream(&folded, &size);
    if (!out)
        abort();
    for (const char *line = copy, *end; *line; line = end) {
        end = strchrnul(line, '\n');
        fold_paragraph(out, line, end, width);
        while (*end == '\n')
            fputc(*end++, out);
    }
    fclose(out);
    const char *result = arena_copy(arena, folded, size);
    free(folded);
    return result;
}

void text_print(FILE *out, struct arena *arena, const char *text, int indent, int width)
{
    int room = width == 0 ? 0 : width - indent > 20 ? width - indent : 20;
    for (const char *line = text_fold(arena, text, room, true), *end;; line = end + 1) {
        end = strchrnul(line, '\n');
        fprintf(out, "%*s%.*s\n", line == end ? 0 : indent, "", (int)(end - line), line);
        if (!*end)
            return;
    }
}
