/* SPDX-License-Identifier: MIT */
#include "draw.h"

#include "character.h"
#include "text.h"

#include <string.h>

struct drawing draw_on(const struct screen *screen, struct arena *arena, int widest)
{
    int width = screen->width ? screen->width : DRAW_USUAL;
    return (struct drawing){ screen, arena,
                             width > widest           ? widest
                             : width < DRAW_NARROWEST ? DRAW_NARROWEST
                                                      : width };
}

/* As many bytes as take up at most `width` columns. */
static size_t bytes_within(const struct drawing *drawing, const char *text, int width)
{
    size_t length = 0, size;
    for (; text[length]; length += size) {
        character_read(text + length, strlen(text + length), &size);
        if (text_columns(arena_copy(drawing->arena, text, length + size)) > width)
            break;
    }
    return length;
}

const char *draw_label(const struct drawing *drawing, const char *text, int width)
{
    int columns = text_columns(text);
    if (columns <= width)
        return arena_print(drawing->arena, "%s%*s", text, width - columns, "");
    size_t length = bytes_within(drawing, text, width - 1);
    const char *cut = arena_print(drawing->arena, "%.*s%s", (int)length, text,
                                  symbol(drawing->screen, SYMBOL_CUT));
    return arena_print(drawing->arena, "%s%*s", cut, width - text_columns(cut), "");
}

void draw_heading(const struct drawing *drawing, const char *text)
{
    fprintf(drawing->screen->out, "%s%s%s\n", look_on(drawing->screen, LOOK_HEADING),
            text_fold(drawing->arena, text, drawing->width, true), look_off(drawing->screen));
}

void draw_legend(const struct drawing *drawing, int *column, enum look look, const char *mark,
                 const char *text)
{
    FILE *out = drawing->screen->out;
    int width = text_columns(mark) + 1 + text_columns(text);
    if (*column && *column + 3 + width > drawing->width) {
        fputc('\n', out);
        *column = 0;
    } else if (*column) {
        fputs("   ", out);
        *column += 3;
    }
    fprintf(out, "%s%s%s %s", look_on(drawing->screen, look), mark, look_off(drawing->screen), text);
    *column += width;
}

void draw_legend_end(const struct drawing *drawing, int *column)
{
    if (*column)
        fputc('\n', drawing->screen->out);
    *column = 0;
}
