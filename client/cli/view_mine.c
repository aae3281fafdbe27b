/* SPDX-License-Identifier: MIT */
/*
 * What is mine, on one screen: each thing with its day in front and the command that answers it behind or
 * below. What waits for an answer is cut last.
 */
#include "cell.h"
#include "say.h"
#include "text.h"
#include "view.h"

#include "error.h"

#include <string.h>

enum { INDENT = 2, GAP = 2, NARROWEST_TITLE = 30, SHIFT = 6, SECTIONS = 4 };

struct item {
    const char *when, *title, *command;
    int lines;
};

struct section {
    const char *heading;
    struct item *items;
    int count, shown;
};

struct sheet {
    const struct screen *screen;
    struct arena *arena;
    int width;                /* 0: no end */
    const char *head;         /* whose it is, and when */
    int when, title, command; /* widths of the widest */
    bool is_beside;           /* the command stands behind the title */
    struct section sections[SECTIONS];
};

/* ---- reading ---- */

static const char *text_of(struct sheet *sheet, struct cursor map, const char *name)
{
    return cell_text_at(sheet->arena, NULL, map, name, STYLE_TABLE);
}

static bool day_of(struct sheet *sheet, struct cursor map, const char *name, int32_t *day)
{
    const char *text = text_of(sheet, map, name);
    return day_parse(text, strlen(text), day);
}

static struct section *section_of(struct sheet *sheet, const char *kind)
{
    return &sheet->sections[strcmp(kind, "answer") == 0     ? 0
                            : strcmp(kind, "reminder") == 0 ? 2
                            : strcmp(kind, "next") == 0     ? 3
                                                            : 1];
}

static void widen(int *widest, const char *text)
{
    int width = text_columns(text);
    *widest = width > *widest ? width : *widest;
}

static void take_item(struct sheet *sheet, struct cursor map, int32_t today)
{
    struct section *section = section_of(sheet, text_of(sheet, map, "kind"));
    struct item *item = &section->items[section->count++];
    int32_t due;
    *item = (struct item){ .when = text_of(sheet, map, "when"),
                           .title = text_of(sheet, map, "title"),
                           .command = text_of(sheet, map, "command") };
    if (day_of(sheet, map, "due", &due))
        item->title = arena_print(sheet->arena, _("%s (answer by %s)"), item->title,
                                  say_day(sheet->arena, due, today));
    widen(&sheet->when, item->when);
    widen(&sheet->title, item->title);
    widen(&sheet->command, item->command);
}

static void take_items(struct sheet *sheet, struct cursor answer, int32_t today)
{
    static const struct section none = { 0 };
    const char *headings[SECTIONS] = { _("Waits for an answer"), _("Coming"), _("Open promises"),
                                       _("Next step") };
    struct cursor items = answer;
    uint32_t count = cell_items_at(answer, "items", &items);
    for (int i = 0; i < SECTIONS; i++) {
        sheet->sections[i] = none;
        sheet->sections[i].heading = headings[i];
        sheet->sections[i].items = arena_take(sheet->arena, (count + 1) * sizeof(struct item));
    }
    for (; count > 0; count--, cursor_skip(&items))
        take_item(sheet, items, today);
}

/* ---- fitting ---- */

static int room_for_title(const struct sheet *sheet)
{
    int before = INDENT + (sheet->when ? sheet->when + GAP : 0);
    int room = sheet->width - before - (sheet->is_beside ? GAP + sheet->command : 0);
    return sheet->width == 0 || room > sheet->title ? sheet->title : room;
}

/* In columns: the title behind its day, and the command behind it or below it. */
static bool has_columns(struct sheet *sheet)
{
    bool fits_below = INDENT + sheet->when + GAP + sheet->command <= sheet->width + SHIFT;
    sheet->is_beside = true;
    if (sheet->width == 0 || room_for_title(sheet) >= NARROWEST_TITLE ||
        room_for_title(sheet) == sheet->title)
        return true;
    sheet->is_beside = false;
    return fits_below && room_for_title(sheet) >= NARROWEST_TITLE;
}

static int lines_in(const char *text)
{
    int lines = 1;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        lines++;
    return lines;
}

/* Titles are folded into the room that is left; where there is hardly any, day and title flow on. */
static void lay_out(struct sheet *sheet)
{
    bool is_flowing = !has_columns(sheet);
    if (is_flowing)
        sheet->when = 0;
    int room = is_flowing ? sheet->width - INDENT : room_for_title(sheet);
    for (int i = 0; i < SECTIONS; i++)
        for (struct item *item = sheet->sections[i].items;
             item < sheet->sections[i].items + sheet->sections[i].count; item++) {
            if (is_flowing && *item->when)
                item->title = arena_print(sheet->arena, "%s: %s", item->when, item->title);
            item->title = text_fold(sheet->arena, item->title, room, true);
            if (!sheet->is_beside)
                item->command = text_fold(sheet->arena, item->command, sheet->width - 2 * INDENT, true);
            item->lines = lines_in(item->title) + (sheet->is_beside ? 0 : lines_in(item->command));
        }
}

/* The lines of all that is to be shown: the head, and of each part a blank line and its heading. */
static int lines_of(const struct sheet *sheet, int hidden)
{
    int lines = lines_in(sheet->head) + (hidden > 0);
    for (int i = 0; i < SECTIONS; i++) {
        lines += sheet->sections[i].shown ? 2 : 0;
        for (int j = 0; j < sheet->sections[i].shown; j++)
            lines += sheet->sections[i].items[j].lines;
    }
    return lines;
}

/* Something of each part first, then as much of the first parts as there is room for. Gives how many are left
 * out. */
static int choose(struct sheet *sheet, int height)
{
    int hidden = 0;
    for (int i = 0; i < SECTIONS; i++) {
        struct section *section = &sheet->sections[i];
        section->shown = height == 0 ? section->count : section->count > 0;
        hidden += section->count - section->shown;
    }
    for (int i = 0; i < SECTIONS && hidden; i++)
        for (struct section *section = &sheet->sections[i]; section->shown < section->count; hidden--) {
            section->shown++;
            if (lines_of(sheet, hidden - 1) > height) {
                section->shown--;
                break;
            }
        }
    return hidden;
}

/* ---- drawing ---- */

/* The rest of a text, a line each, from this column on. */
static void draw_rest(const struct sheet *sheet, const char *text, int column, enum look look)
{
    const struct screen *screen = sheet->screen;
    while (*text) {
        int length = (int)strcspn(text, "\n");
        fprintf(screen->out, "%*s%s%.*s%s\n", column, "", look_on(screen, look), length, text,
                look_off(screen));
        text += length + (text[length] == '\n');
    }
}

/* Below its title a command is set in from it, as far as it still fits. */
static int command_column(const struct sheet *sheet, const struct item *item, int column)
{
    int most = sheet->width - text_columns(item->command);
    return most >= column + GAP ? column + GAP : most > 2 * INDENT ? most : 2 * INDENT;
}

static void draw_item(const struct sheet *sheet, const struct item *item)
{
    const struct screen *screen = sheet->screen;
    int column = INDENT + (sheet->when ? sheet->when + GAP : 0), length = (int)strcspn(item->title, "\n");
    fprintf(screen->out, "%*s", INDENT, "");
    if (sheet->when)
        fprintf(screen->out, "%s%s%s%*s", look_on(screen, LOOK_ID), item->when, look_off(screen),
                sheet->when + GAP - text_columns(item->when), "");
    fprintf(screen->out, "%.*s", length, item->title);
    int width = text_columns(arena_copy(sheet->arena, item->title, (size_t)length));
    if (sheet->is_beside)
        fprintf(screen->out, "%*s%s%s%s", GAP + room_for_title(sheet) - width, "",
                look_on(screen, LOOK_FAINT), item->command, look_off(screen));
    fputc('\n', screen->out);
    draw_rest(sheet, item->title + length + (item->title[length] == '\n'), column, LOOK_NONE);
    if (!sheet->is_beside)
        draw_rest(sheet, item->command, command_column(sheet, item, column), LOOK_FAINT);
}

static void draw(struct sheet *sheet, struct cursor answer, int hidden)
{
    const struct screen *screen = sheet->screen;
    fprintf(screen->out, "%s%s%s\n", look_on(screen, LOOK_HEADING), sheet->head, look_off(screen));
    for (int i = 0; i < SECTIONS; i++) {
        const struct section *section = &sheet->sections[i];
        if (section->shown)
            fprintf(screen->out, "\n%s%s%s\n", look_on(screen, LOOK_HEADING), section->heading,
                    look_off(screen));
        for (int j = 0; j < section->shown; j++)
            draw_item(sheet, &section->items[j]);
    }
    if (hidden)
        fprintf(screen->out, "%s%s%s\n", look_on(screen, LOOK_FAINT),
                arena_print(sheet->arena, _("and %d more: laug mine show %s"), hidden,
                            text_of(sheet, answer, "person")),
                look_off(screen));
}

void view_mine(const struct screen *screen, struct arena *arena, struct cursor answer)
{
    struct sheet sheet = { .screen = screen, .arena = arena };
    struct cursor more;
    int64_t left_out = 0;
    int32_t today = 0;
    int year;
    sheet.width = screen->width;
    day_of(&sheet, answer, "today", &today);
    sheet.head = text_fold(arena,
                           arena_print(arena, _("%s, %s, week %d"), text_of(&sheet, answer, "name"),
                                       say_full_day(arena, today), say_week(today, &year)),
                           sheet.width, true);
    if (cell_find(answer, "more", &more))
        cursor_integer(&more, &left_out);
    take_items(&sheet, answer, today);
    lay_out(&sheet);
    int hidden = choose(&sheet, screen->height ? screen->height - 1 : 0);
    draw(&sheet, answer, hidden + (int)left_out);
}
