/* SPDX-License-Identifier: MIT */
#include "flow.h"

#include "text.h"

#include <string.h>

enum { NARROWEST = 20 };

static void break_line(struct flow *flow)
{
    fprintf(flow->screen->out, "\n%*s", flow->indent, "");
    flow->column = flow->indent;
}

/* A value that is wider than a whole line goes on in the next ones. */
static void write_value(struct flow *flow, const char *value)
{
    int room = flow->screen->width - flow->column;
    if (flow->screen->width && text_columns(value) > room)
        value = text_fold(flow->arena, value, room > NARROWEST ? room : NARROWEST, true);
    int margin = flow->column;
    for (const char *end;; value = end + 1) {
        end = strchrnul(value, '\n');
        fprintf(flow->screen->out, "%.*s", (int)(end - value), value);
        flow->column = margin + text_columns(arena_copy(flow->arena, value, (size_t)(end - value)));
        if (!*end)
            return;
        fprintf(flow->screen->out, "\n%*s", margin, "");
    }
}

void flow_pair(struct flow *flow, const char *name, const char *value)
{
    int width = text_columns(name) + 1 + text_columns(value);
    bool is_first = flow->column == 0;
    if (is_first) {
        fprintf(flow->screen->out, "%*s", flow->indent, "");
        flow->column = flow->indent;
    } else if (flow->screen->width && flow->column + 3 + width > flow->screen->width) {
        break_line(flow);
    } else {
        fputs(" · ", flow->screen->out);
        flow->column += 3;
    }
    fprintf(flow->screen->out, "%s%s%s ", look_on(flow->screen, LOOK_FAINT), name, look_off(flow->screen));
    flow->column += text_columns(name) + 1;
    write_value(flow, value);
}

void flow_end(struct flow *flow)
{
    if (flow->column)
        fputc('\n', flow->screen->out);
    flow->column = 0;
}
