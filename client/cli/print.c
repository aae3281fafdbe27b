/* SPDX-License-Identifier: MIT */
#include "print.h"

#include "cell.h"
#include "flow.h"
#include "json.h"
#include "label.h"
#include "text.h"

#include <string.h>

/* A name and its value, as a walk over a map comes by them. */
struct pair {
    const char *name;
    const struct field *field;
    struct cursor value;
};

/* Takes the next pair off; false where it was the last. */
static bool next_pair(struct cursor *map, uint32_t *left, const struct record *record, struct arena *arena,
                      struct pair *pair)
{
    const char *name;
    uint32_t length;
    if (*left == 0 || !cursor_text(map, &name, &length))
        return false;
    --*left;
    pair->name = text_visible(arena, name, length, false);
    pair->field = record ? field_find(record, name, length) : NULL;
    pair->value = *map;
    cursor_skip(map);
    return true;
}

static bool is_nested(struct cursor value)
{
    uint32_t pairs;
    return cell_is_table(value) || cursor_map(&value, &pairs);
}

/* An instant tells nothing new to eyes where the record has the local time as well. */
static bool is_said_locally(const struct record *record, const struct field *field)
{
    if (!record || !field || field->kind != KIND_INSTANT)
        return false;
    for (size_t i = 0; i < record->fields_count; i++)
        if (record->fields[i].kind == KIND_LOCAL && !record->fields[i].is_optional)
            return true;
    return false;
}

/* ---- a card: one thing ---- */

/* True of what a card has on a line. The sentence stands above it, what is nested below. */
static bool is_line(const struct record *record, const struct pair *pair)
{
    return !is_nested(pair->value) && strcmp(pair->name, "next") != 0 &&
           strcmp(pair->name, "sentence") != 0 && !is_said_locally(record, pair->field);
}

static int widest_name(struct cursor map, const struct record *record, struct arena *arena)
{
    uint32_t left = 0;
    struct pair pair;
    int widest = 0;
    cursor_map(&map, &left);
    while (next_pair(&map, &left, record, arena, &pair)) {
        int width = is_line(record, &pair) ? text_columns(label_of(arena, pair.name)) : 0;
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void print_line(const struct screen *screen, struct arena *arena, const struct pair *pair, int widest,
                       int indent)
{
    const char *heading = label_of(arena, pair->name);
    const char *text = cell_text(arena, pair->field, pair->value, STYLE_TABLE);
    int column = indent + widest + 2, room = screen->width - column;
    if (!*text)
        return;
    if (screen->width)
        text = text_fold(arena, text, room > 20 ? room : 20, false);
    fprintf(screen->out, "%*s%s%s%s%*s", indent, "", look_on(screen, LOOK_HEADING), heading, look_off(screen),
            widest + 2 - text_columns(heading), "");
    for (const char *end;; text = end + 1) {
        end = strchrnul(text, '\n');
        fprintf(screen->out, "%.*s\n%*s", (int)(end - text), text, *end ? column : 0, "");
        if (!*end)
            return;
    }
}

/* One thing inside of another: in short, and without the instants that it has as local times too. */
static void print_inner(const struct screen *screen, struct arena *arena, const struct record *record,
                        struct cursor map, int indent)
{
    struct flow flow = { screen, arena, indent, 0 };
    struct pair pair;
    uint32_t left = 0;
    cursor_map(&map, &left);
    while (next_pair(&map, &left, record, arena, &pair)) {
        const char *text = cell_text(arena, pair.field, pair.value, STYLE_TABLE);
        if (*text && !is_said_locally(record, pair.field))
            flow_pair(&flow, label_of(arena, pair.name), text);
    }
    flow_end(&flow);
}

/* A list that is called items, in an answer with little else, needs no heading. */
static void print_nested(const struct screen *screen, struct arena *arena, const struct pair *pair,
                         bool has_heading, int indent)
{
    const struct record *record = pair->field ? pair->field->record : NULL;
    if (has_heading)
        fprintf(screen->out, "%*s%s%s%s\n", indent, "", look_on(screen, LOOK_HEADING),
                label_of(arena, pair->name), look_off(screen));
    if (cell_is_table(pair->value)) {
        struct table table = table_new(arena, record, pair->value, NULL);
        table_add(&table, pair->value);
        table_print(&table, screen, indent + (has_heading ? 2 : 0));
    } else
        print_inner(screen, arena, record, pair->value, indent + (has_heading ? 2 : 0));
}

static void print_map(const struct screen *screen, struct arena *arena, const struct record *record,
                      struct cursor map, int indent)
{
    struct cursor lines = map, sentence;
    struct pair pair;
    uint32_t left = 0;
    int printed = 0, widest = widest_name(map, record, arena);
    if (cell_find(map, "sentence", &sentence)) {
        text_print(screen->out, arena, cell_text(arena, NULL, sentence, STYLE_TABLE), indent, screen->width);
        fputc('\n', screen->out);
    }
    cursor_map(&lines, &left);
    for (struct cursor at = lines; next_pair(&at, &left, record, arena, &pair);)
        if (is_line(record, &pair)) {
            print_line(screen, arena, &pair, widest, indent);
            printed++;
        }
    cursor_map(&map, &left);
    while (next_pair(&map, &left, record, arena, &pair))
        if (is_nested(pair.value)) {
            fputs(printed++ ? "\n" : "", screen->out);
            print_nested(screen, arena, &pair, strcmp(pair.name, "items") != 0, indent);
        }
}

/* One answer as a whole, indented under a heading of its own. */
static void print_value(const struct screen *screen, struct arena *arena, const struct record *record,
                        struct cursor value, int indent)
{
    uint32_t count;
    struct cursor start = value;
    if (cursor_map(&value, &count)) {
        print_map(screen, arena, record, start, indent);
        return;
    }
    if (cell_is_table(start)) {
        struct table table = table_new(arena, record, start, NULL);
        table_add(&table, start);
        table_print(&table, screen, indent);
        return;
    }
    const char *text = cell_text(arena, NULL, start, STYLE_TABLE);
    if (*text)
        text_print(screen->out, arena, text, indent, screen->width);
}

/* ---- for scripts ---- */

static void print_plain_row(FILE *out, struct arena *arena, const struct record *record, struct cursor map)
{
    for (size_t i = 0; i < record->fields_count; i++) {
        struct cursor value;
        bool is_there = cell_find(map, record->fields[i].name, &value);
        fprintf(out, "%s%s", i ? "\t" : "",
                is_there ? cell_text(arena, &record->fields[i], value, STYLE_PLAIN) : "");
    }
    fputc('\n', out);
}

/* Rows where there is a list of items, else a name and a value a line. */
static void print_plain(struct printer *printer, struct cursor answer)
{
    const struct field *field = printer->record ? field_find(printer->record, "items", 5) : NULL;
    struct cursor items;
    struct pair pair;
    uint32_t left = 0;
    if (field && field->record && cell_find(answer, "items", &items)) {
        for (uint32_t count = cell_items(items, &items); count > 0; count--) {
            print_plain_row(printer->screen.out, &printer->arena, field->record, items);
            cursor_skip(&items);
        }
        return;
    }
    cursor_map(&answer, &left);
    while (next_pair(&answer, &left, printer->record, &printer->arena, &pair))
        fprintf(printer->screen.out, "%s\t%s\n", pair.name,
                cell_text(&printer->arena, pair.field, pair.value, STYLE_PLAIN));
}

/* Several pages become one list; what else is in the answer is that of the last page. */
static void print_json(struct printer *printer, struct cursor answer, bool has_more)
{
    FILE *out = printer->screen.out;
    struct cursor items = { 0 };
    struct pair pair;
    uint32_t left = 0;
    if (printer->pages == 1 && !has_more) {
        json_write(out, answer, 0);
        fputc('\n', out);
        return;
    }
    fputs(printer->pages == 1 ? "{\n  \"items\": [" : "", out);
    uint32_t count = cell_find(answer, "items", &items) ? cell_items(items, &items) : 0;
    for (; count > 0; count--) {
        fputs(printer->items++ ? ",\n    " : "\n    ", out);
        json_write(out, items, 4);
        cursor_skip(&items);
    }
    if (has_more)
        return;
    fputs("\n  ]", out);
    cursor_map(&answer, &left);
    while (next_pair(&answer, &left, printer->record, &printer->arena, &pair))
        if (strcmp(pair.name, "items") != 0 && strcmp(pair.name, "next") != 0) {
            fprintf(out, ",\n  \"%s\": ", pair.name);
            json_write(out, pair.value, 2);
        }
    fputs("\n}\n", out);
}

/* ---- for eyes ---- */

/* True where the answer is a list and nothing else worth saying. */
static bool is_plain_list(const struct printer *printer)
{
    const struct record *record = printer->record;
    for (size_t i = 0; record && i < record->fields_count; i++)
        if (strcmp(record->fields[i].name, "items") != 0 && strcmp(record->fields[i].name, "next") != 0)
            return false;
    const struct field *items = record ? field_find(record, "items", 5) : NULL;
    return items && items->record;
}

/* Several calls as one: each answer under the name of its method. */
static void print_inner_answers(struct printer *printer, struct cursor results)
{
    const struct screen *screen = &printer->screen;
    uint32_t count = cell_items(results, &results);
    for (uint32_t i = 0; i < count && i < printer->inner_count; i++, cursor_skip(&results)) {
        const struct method *method = printer->inner[i];
        struct cursor nothing = results;
        fprintf(screen->out, "%s%s%s%s\n", i ? "\n" : "", look_on(screen, LOOK_HEADING),
                method ? method->name : "?", look_off(screen));
        if (cursor_nil(&nothing))
            fprintf(screen->out, "  %s\n", _("Done."));
        else
            print_value(screen, &printer->arena, method ? method->result : NULL, results, 2);
    }
}

static void print_for_eyes(struct printer *printer, struct cursor answer)
{
    struct cursor items;
    if (printer->view) {
        printer->view->print(&printer->screen, &printer->arena, answer);
        return;
    }
    if (printer->inner && cell_find(answer, "results", &items)) {
        print_inner_answers(printer, items);
        return;
    }
    if (!is_plain_list(printer)) {
        print_value(&printer->screen, &printer->arena, printer->record, answer, 0);
        return;
    }
    if (printer->pages == 1)
        printer->table = table_new(&printer->arena, field_find(printer->record, "items", 5)->record, answer,
                                   NULL);
    if (cell_find(answer, "items", &items))
        table_add(&printer->table, items);
}

void print_begin(struct printer *printer, const struct record *record, enum style style)
{
    *printer = (struct printer){ .screen = screen_of(stdout), .style = style, .record = record };
}

/* Names that cannot be had stay ids: the answer itself is there. */
static void learn_names(struct printer *printer, struct cursor answer)
{
    if (!printer->service || !printer->record)
        return;
    printer->names.arena = &printer->kept;
    names_want_all(&printer->names, printer->record, answer);
    if (names_ask(&printer->names, printer->service) == LAUG_OK)
        cell_use_names(&printer->names);
}

void print_page(struct printer *printer, struct cursor answer, bool has_more)
{
    printer->pages++;
    switch (printer->style) {
    case STYLE_JSON: print_json(printer, answer, has_more); break;
    case STYLE_PLAIN: print_plain(printer, answer); break;
    case STYLE_TABLE:
        learn_names(printer, answer);
        print_for_eyes(printer, answer);
        return;
    }
    arena_reset(&printer->arena);
}

void print_abandon(struct printer *printer)
{
    cell_use_names(NULL);
    arena_free(&printer->kept);
    arena_free(&printer->arena);
}

void print_end(struct printer *printer)
{
    if (printer->style == STYLE_TABLE && !printer->view && is_plain_list(printer)) {
        if (printer->table.rows_count == 0)
            fprintf(printer->screen.out, "%s\n", _("There is nothing to show."));
        table_print(&printer->table, &printer->screen, 0);
    }
    print_abandon(printer);
}
