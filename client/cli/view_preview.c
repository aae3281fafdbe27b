/* SPDX-License-Identifier: MIT */
/* What will go to whom: each letter as it will be read, then what comes into the inbox alone, and what waits.
 */
#include "view.h"
#include "catalogue.h"
#include "cell.h"
#include "error.h"
#include "text.h"

#include <string.h>

enum { INDENT = 4 };

struct sheet {
    const struct screen *screen;
    struct arena *arena;
    const struct record *record; /* of what is being read */
};

static const char *text_of(const struct sheet *sheet, struct cursor map, const char *name)
{
    const struct field *field = field_find(sheet->record, name, strlen(name));
    return cell_text_at(sheet->arena, field, map, name, STYLE_TABLE);
}

/* With its lines, which a cell of a table has not. */
static const char *lines_of(const struct sheet *sheet, struct cursor map, const char *name)
{
    struct cursor value;
    const char *text;
    uint32_t length;
    if (!cell_find(map, name, &value) || !cursor_text(&value, &text, &length))
        return "";
    return text_visible(sheet->arena, text, length, true);
}

static void put_heading(const struct sheet *sheet, const char *text)
{
    fprintf(sheet->screen->out, "%s%s%s\n", look_on(sheet->screen, LOOK_HEADING),
            text_fold(sheet->arena, text, sheet->screen->width, true), look_off(sheet->screen));
}

static void draw_letter(const struct sheet *sheet, struct cursor letter)
{
    FILE *out = sheet->screen->out;
    const char *count = text_of(sheet, letter, "reminders");
    /* translators: when a letter is sent, and to whom */
    put_heading(sheet, arena_print(sheet->arena, _("%s to %s"), text_of(sheet, letter, "at"),
                                   text_of(sheet, letter, "name")));
    fprintf(out, "%s%s", look_on(sheet->screen, LOOK_FAINT), text_of(sheet, letter, "kind"));
    if (strcmp(count, "0") != 0 && strcmp(count, "1") != 0)
        fprintf(out, ": %s", arena_print(sheet->arena, _("%s reminders"), count));
    fprintf(out, "%s\n\n", look_off(sheet->screen));
    text_print(out, sheet->arena, text_of(sheet, letter, "subject"), INDENT, sheet->screen->width);
    fputc('\n', out);
    const char *text = lines_of(sheet, letter, "text");
    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = strchrnul(text, '\n');
        fprintf(out, "%*s%.*s\n", end > text ? INDENT : 0, "", (int)(end - text), text);
    }
    fputc('\n', out);
}

static void draw_letters(struct sheet *sheet, struct cursor answer)
{
    struct cursor items;
    uint32_t count = cell_items_at(answer, "letters", &items);
    sheet->record = &record_coming_letter;
    if (count == 0)
        put_heading(sheet, _("No letter goes out."));
    for (; count > 0; count--, cursor_skip(&items))
        draw_letter(sheet, items);
}

/* Those that have `name` or lack it, under a heading that stands there once. */
static void draw_reminders(struct sheet *sheet, struct cursor answer, const char *heading, const char *name,
                           bool must_have)
{
    struct cursor items, ignored;
    uint32_t count = cell_items_at(answer, "items", &items);
    bool has_heading = false;
    sheet->record = &record_coming_reminder;
    for (; count > 0; count--, cursor_skip(&items)) {
        if (cell_find(items, name, &ignored) != must_have)
            continue;
        if (!has_heading)
            put_heading(sheet, heading);
        has_heading = true;
        const char *line = arena_print(sheet->arena, "%s  %s: %s", text_of(sheet, items, "at"),
                                       text_of(sheet, items, "name"), text_of(sheet, items, "title"));
        if (must_have)
            line = arena_print(sheet->arena, _("%s (since %s)"), line, text_of(sheet, items, name));
        text_print(sheet->screen->out, sheet->arena, line, INDENT, sheet->screen->width);
    }
    if (has_heading)
        fputc('\n', sheet->screen->out);
}

void view_preview(const struct screen *screen, struct arena *arena, struct cursor answer)
{
    struct sheet sheet = { .screen = screen, .arena = arena };
    draw_letters(&sheet, answer);
    draw_reminders(&sheet, answer, _("Into the inbox alone"), "mail", false);
    draw_reminders(&sheet, answer, _("Waits until somebody is back or the company is open"), "wanted_at",
                   true);
    sheet.record = &record_reminder_preview_result;
    fprintf(screen->out, "%s%s%s\n", look_on(screen, LOOK_FAINT),
            arena_print(arena, _("That is all up to %s."), text_of(&sheet, answer, "until")),
            look_off(screen));
}
