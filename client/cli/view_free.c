/* SPDX-License-Identifier: MIT */
/* When a sabbatical could begin: days in a row of which the same is to be said are one line. */
#include "cell.h"
#include "draw.h"
#include "error.h"
#include "say.h"
#include "text.h"
#include "view.h"

#include <string.h>

enum { GAP = 2, NARROWEST_REASON = 44, WIDEST = 120 };

struct stretch {
    int32_t from, to;          /* first days of a sabbatical */
    const char *when, *reason; /* reason: of the first day; "" where it is free */
    const char *gist;          /* what it has in common with that of the other days */
};

struct sheet {
    struct drawing drawing;
    struct stretch *stretches;
    size_t count, free;
    int widest;
};

static const char *text_of(struct sheet *sheet, struct cursor map, const char *name)
{
    return cell_text_at(sheet->drawing.arena, NULL, map, name, STYLE_TABLE);
}

/* What a reason says whatever the day is: without the days of the week that it stands for. */
static const char *without_days(struct sheet *sheet, const char *reason, int32_t from, int32_t to)
{
    for (int32_t day = from; day <= to; day++) {
        const char *said = say_full_day(sheet->drawing.arena, day), *at = strstr(reason, said);
        if (at)
            return arena_print(sheet->drawing.arena, "%.*s%s", (int)(at - reason), reason, at + strlen(said));
    }
    return reason;
}

static void take_start(struct sheet *sheet, struct cursor item)
{
    struct stretch *last = sheet->count ? &sheet->stretches[sheet->count - 1] : NULL;
    const char *on = text_of(sheet, item, "starts_on"), *ends = text_of(sheet, item, "ends_on");
    const char *reason = text_of(sheet, item, "reason");
    int32_t day, end;
    if (!day_parse(on, strlen(on), &day) || !day_parse(ends, strlen(ends), &end))
        return;
    const char *gist = without_days(sheet, reason, day, end);
    if (last && (strcmp(last->reason, reason) == 0 || strcmp(last->gist, gist) == 0))
        last->to = day;
    else
        sheet->stretches[sheet->count++] =
            (struct stretch){ .from = day, .to = day, .reason = reason, .gist = gist };
    sheet->free += !*reason;
}

static void take_starts(struct sheet *sheet, struct cursor answer)
{
    struct cursor items = answer;
    uint32_t count = cell_items_at(answer, "items", &items);
    sheet->stretches = arena_take(sheet->drawing.arena, (count + 1) * sizeof *sheet->stretches);
    for (; count > 0; count--, cursor_skip(&items))
        take_start(sheet, items);
    for (size_t i = 0; i < sheet->count; i++) {
        struct stretch *stretch = &sheet->stretches[i];
        stretch->when = say_span(sheet->drawing.arena, stretch->from, stretch->to);
        if (text_columns(stretch->when) > sheet->drawing.width - GAP)
            stretch->when = draw_label(&sheet->drawing, stretch->when, sheet->drawing.width - GAP);
        int width = text_columns(stretch->when);
        sheet->widest = width > sheet->widest ? width : sheet->widest;
    }
}

/* The reason beside the days; below them where there is hardly room. */
static void draw_stretch(const struct sheet *sheet, const struct stretch *stretch)
{
    const struct screen *screen = sheet->drawing.screen;
    bool is_free = !*stretch->reason;
    int column = GAP + GAP + sheet->widest + GAP, room = sheet->drawing.width - column;
    bool is_below = room < NARROWEST_REASON;
    const char *text = is_free ? _("free") : stretch->reason;
    fprintf(screen->out, "%s%s%s %s", look_on(screen, is_free ? LOOK_GOOD : LOOK_FAINT),
            symbol(screen, is_free ? SYMBOL_PUBLISHED : SYMBOL_NOTHING), look_off(screen), stretch->when);
    bool has_room = 2 * GAP + text_columns(stretch->when) + text_columns(text) <= sheet->drawing.width;
    if (is_below && !(is_free && has_room)) {
        column = 2 * GAP;
        fprintf(screen->out, "\n%*s", column, "");
    } else
        fprintf(screen->out, "%*s", is_below ? GAP : column - GAP - text_columns(stretch->when), "");
    text = text_fold(sheet->drawing.arena, text, sheet->drawing.width - column, true);
    for (const char *end;; text = end + 1) {
        end = strchrnul(text, '\n');
        fprintf(screen->out, "%s%.*s%s\n%*s", look_on(screen, is_free ? LOOK_GOOD : LOOK_FAINT),
                (int)(end - text), text, look_off(screen), *end ? column : 0, "");
        if (!*end)
            return;
    }
}

void view_free(const struct screen *screen, struct arena *arena, struct cursor answer)
{
    struct sheet sheet = { .drawing = draw_on(screen, arena, WIDEST) };
    char day[DAY_TEXT_SIZE];
    take_starts(&sheet, answer);
    if (sheet.count == 0) {
        draw_heading(&sheet.drawing, _("There is no day on which a sabbatical could begin."));
        return;
    }
    draw_heading(&sheet.drawing, arena_print(arena, _("When a sabbatical could begin in %d (%zu days)"),
                                             day_to_civil(sheet.stretches[0].from).year, sheet.free));
    for (size_t i = 0; i < sheet.count; i++)
        draw_stretch(&sheet, &sheet.stretches[i]);
    for (size_t i = 0; i < sheet.count; i++)
        if (!*sheet.stretches[i].reason) {
            const char *command = arena_print(arena, "laug sabbatical request --starts-on %s --project …",
                                              day_print(sheet.stretches[i].from, day));
            fprintf(screen->out, "\n%s%s%s\n", look_on(screen, LOOK_FAINT),
                    text_fold(arena, command, sheet.drawing.width, true), look_off(screen));
            return;
        }
}
