/* SPDX-License-Identifier: MIT */
/* Why a turn is whose it is. */
#include "catalogue.h"
#include "cell.h"
#include "draw.h"
#include "error.h"
#include "names.h"
#include "say.h"
#include "table.h"
#include "text.h"
#include "view.h"

#include <string.h>

enum { WIDEST = 110 };

/* The turn's id, day and time. */
static const char *turn_text(struct arena *arena, struct cursor turn)
{
    int64_t seconds;
    const char *shown = cell_text_at(arena, NULL, turn, "id", STYLE_TABLE);
    const char *text = cell_text_at(arena, NULL, turn, "local", STYLE_PLAIN);
    return local_parse(text, strlen(text), &seconds)
               ? arena_print(arena, "%s, %s", shown, say_full_time(arena, seconds))
               : shown;
}

static bool is_forecast(struct cursor turn)
{
    struct cursor published;
    bool is_published;
    return cell_find(turn, "published", &published) && cursor_bool(&published, &is_published) &&
           !is_published;
}

void view_explain(const struct screen *screen, struct arena *arena, struct cursor answer)
{
    static const char *const columns[] = { "member", "credit", "nearest_days", "sentence", NULL };
    struct drawing drawing = draw_on(screen, arena, WIDEST);
    struct screen narrower = *screen;
    struct cursor turn, sentence, order, reasons;
    narrower.width = drawing.width;
    if (cell_find(answer, "turn", &turn)) {
        const char *text = turn_text(arena, turn);
        draw_heading(&drawing, is_forecast(turn) ? arena_print(arena, _("%s (forecast)"), text) : text);
    }
    if (cell_find(answer, "sentence", &sentence))
        text_print(screen->out, arena, cell_text(arena, NULL, sentence, STYLE_TABLE), 0, drawing.width);
    if (cell_find(answer, "reasons", &reasons)) {
        struct table table = table_new(arena, &record_reason, reasons, columns);
        table_add(&table, reasons);
        fputc('\n', screen->out);
        table_print(&table, &narrower, 2);
    }
    if (cell_find(answer, "order", &order)) {
        fputc('\n', screen->out);
        text_print(screen->out, arena, cell_text(arena, NULL, order, STYLE_TABLE), 0, drawing.width);
    }
}
