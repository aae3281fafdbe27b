/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "cell.h"
#include "flow.h"
#include "label.h"
#include "text.h"

#include <string.h>

enum { GAP = 2, NARROWEST_TEXT = 12, WIDEST_WORD = 40, FEWEST_COLUMNS = 3 };

/* ---- gathering ---- */

static void add_column(struct table *table, const char *name, const struct field *field)
{
    table->columns[table->columns_count++] =
        (struct column){ .name = name, .heading = label_of(table->arena, name), .field = field };
}

static void add_fields(struct table *table, const struct record *record)
{
    table->columns = arena_take(table->arena, (record->fields_count + 1) * sizeof *table->columns);
    const struct field *id = field_find(record, "id", 2);
    if (id)
        add_column(table, id->name, id);
    for (const struct field *field = record->fields; field < record->fields + record->fields_count; field++)
        if (field != id && !field->is_detail)
            add_column(table, field->name, field);
}

static void add_names(struct table *table, struct cursor sample)
{
    uint32_t pairs = 0, length;
    const char *name;
    cell_items(sample, &sample);
    cursor_map(&sample, &pairs);
    table->columns = arena_take(table->arena, (pairs + 1) * sizeof *table->columns);
    while (pairs-- && cursor_text(&sample, &name, &length)) {
        add_column(table, text_visible(table->arena, name, length, false), NULL);
        cursor_skip(&sample);
    }
}

struct table table_new(struct arena *arena, const struct record *record, struct cursor sample,
                       const char *const *only)
{
    struct table table = { .arena = arena };
    if (record && only) {
        table.columns = arena_take(arena, (record->fields_count + 1) * sizeof *table.columns);
        for (; *only; only++) {
            const struct field *field = field_find(record, *only, strlen(*only));
            if (field)
                add_column(&table, field->name, field);
        }
    } else if (record)
        add_fields(&table, record);
    else
        add_names(&table, sample);
    return table;
}

static struct column *find_column(const struct table *table, const char *name, size_t length)
{
    for (size_t i = 0; i < table->columns_count; i++)
        if (strncmp(table->columns[i].name, name, length) == 0 && !table->columns[i].name[length])
            return &table->columns[i];
    return NULL;
}

static void add_row(struct table *table, struct cursor map, const char **cells)
{
    uint32_t pairs = 0, length;
    const char *name;
    for (size_t i = 0; i < table->columns_count; i++)
        cells[i] = "";
    cursor_map(&map, &pairs);
    while (pairs-- && cursor_text(&map, &name, &length)) {
        struct column *column = find_column(table, name, length);
        if (column) {
            const char *text = cell_text(table->arena, column->field, map, STYLE_TABLE);
            int width = text_columns(text);
            cells[column - table->columns] = text;
            column->width = width > column->width ? width : column->width;
            column->is_shown |= width > 0;
        }
        cursor_skip(&map);
    }
}

static void make_room(struct table *table, size_t more)
{
    if (table->rows_count + more <= table->rows_size)
        return;
    table->rows_size = 2 * table->rows_size + more;
    const char ***rows = arena_take(table->arena, table->rows_size * sizeof *rows);
    if (table->rows_count)
        memcpy(rows, table->rows, table->rows_count * sizeof *rows);
    table->rows = rows;
}

void table_add(struct table *table, struct cursor array)
{
    struct cursor items = array;
    size_t count = cell_items(array, &items);
    make_room(table, count);
    for (size_t i = 0; i < count; i++) {
        const char **cells = arena_take(table->arena, (table->columns_count + 1) * sizeof *cells);
        add_row(table, items, cells);
        cursor_skip(&items);
        table->rows[table->rows_count++] = cells;
    }
}

/* ---- fitting ---- */

static int total_width(const struct table *table)
{
    int total = -GAP;
    for (size_t i = 0; i < table->columns_count; i++)
        total += table->columns[i].is_shown ? table->columns[i].width + GAP : 0;
    return total;
}

static bool has_kind(const struct table *table, enum kind kind)
{
    for (size_t i = 0; i < table->columns_count; i++)
        if (table->columns[i].is_shown && table->columns[i].field && table->columns[i].field->kind == kind)
            return true;
    return false;
}

static void hide_instants(struct table *table)
{
    if (!has_kind(table, KIND_LOCAL))
        return;
    for (size_t i = 0; i < table->columns_count; i++)
        if (table->columns[i].field && table->columns[i].field->kind == KIND_INSTANT)
            table->columns[i].is_shown = false;
}

/* A column called sentence says in words what the others say in short: where not all fit, it alone stays, and
 * the first. */
static void keep_sentence(struct table *table)
{
    const struct column *sentence = find_column(table, "sentence", 8);
    if (!sentence || !sentence->is_shown)
        return;
    for (size_t i = 1; i < table->columns_count; i++)
        table->columns[i].is_shown = &table->columns[i] == sentence;
}

static bool rows_agree(const struct table *table, size_t column)
{
    for (size_t row = 1; row < table->rows_count; row++)
        if (strcmp(table->rows[row][column], table->rows[0][column]) != 0)
            return false;
    return table->rows_count > 1;
}

/* Takes out columns in which all rows agree, from the right, until the rest fits, and says them above the
 * table. */
static void say_once(struct table *table, const struct screen *screen, int room, int indent)
{
    bool *is_said = arena_take(table->arena, table->columns_count + 1);
    struct flow flow = { screen, table->arena, indent, 0 };
    for (size_t i = table->columns_count; i-- > 1 && total_width(table) > room;) {
        is_said[i] = table->columns[i].is_shown && rows_agree(table, i);
        table->columns[i].is_shown &= !is_said[i];
    }
    for (size_t i = 1; i < table->columns_count; i++)
        if (is_said[i])
            flow_pair(&flow, table->columns[i].heading, table->rows[0][i]);
    const char *remark = _("(all of them)");
    bool has_room = !screen->width || flow.column + 1 + text_columns(remark) <= screen->width;
    if (flow.column)
        fprintf(screen->out, "%s%*s%s%s%s", has_room ? "" : "\n", has_room ? 1 : indent, "",
                look_on(screen, LOOK_FAINT), remark, look_off(screen));
    flow_end(&flow);
}

static bool may_fold(const struct column *column)
{
    return !column->field || column->field->kind == KIND_TEXT || column->field->is_list ||
           column->field->kind == KIND_RECORD || column->field->kind == KIND_VALUE;
}

/* A text is folded at its blanks only, so its longest word is what it needs. */
static int longest_word(const char *text)
{
    char word[4 * WIDEST_WORD + 1];
    int longest = 0;
    for (size_t length; *text; text += length + strspn(text + length, " ")) {
        length = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, text);
        int columns = text_columns(word);
        longest = columns > longest ? columns : longest;
    }
    return longest;
}

static void find_floors(struct table *table)
{
    for (size_t i = 0; i < table->columns_count; i++) {
        struct column *column = &table->columns[i];
        int floor = NARROWEST_TEXT;
        for (size_t row = 0; row < table->rows_count && may_fold(column); row++) {
            int word = longest_word(table->rows[row][i]);
            floor = word > floor ? word : floor;
        }
        column->floor = !may_fold(column) || floor > column->width ? column->width
                        : floor > WIDEST_WORD                      ? WIDEST_WORD
                                                                   : floor;
    }
}

/* Width of the table with its texts as narrow as they may be, without the columns from `end` on. */
static int least_width(const struct table *table, size_t end)
{
    int total = -GAP;
    for (size_t i = 0; i < end; i++)
        total += table->columns[i].is_shown ? table->columns[i].floor + GAP : 0;
    return total;
}

/* Leaves columns at the right out until the rest fits; gives their names. Touches none where too few would
 * stay. */
static const char *leave_out(struct table *table, int room)
{
    const char *names = "";
    size_t end = table->columns_count, left = 0;
    find_floors(table);
    while (end > 0 && least_width(table, end) > room)
        end--;
    for (size_t i = 0; i < end; i++)
        left += table->columns[i].is_shown;
    for (size_t i = end; i < table->columns_count && left >= FEWEST_COLUMNS; i++) {
        if (table->columns[i].is_shown)
            names = arena_print(table->arena, "%s%s%s", names, *names ? ", " : "", table->columns[i].heading);
        table->columns[i].is_shown = false;
    }
    return names;
}

/* Narrows the widest texts; false where that is not enough. */
static bool fold_texts(struct table *table, int room)
{
    if (least_width(table, table->columns_count) > room)
        return false;
    while (total_width(table) > room) {
        struct column *widest = NULL;
        for (size_t i = 0; i < table->columns_count; i++) {
            struct column *column = &table->columns[i];
            if (column->is_shown && column->width > column->floor &&
                (!widest || column->width > widest->width))
                widest = column;
        }
        if (!widest)
            return false;
        widest->width--;
    }
    for (size_t i = 0; i < table->columns_count; i++)
        for (size_t row = 0; row < table->rows_count && may_fold(&table->columns[i]); row++)
            table->rows[row][i] = text_fold(table->arena, table->rows[row][i], table->columns[i].width,
                                            false);
    return true;
}

/* ---- drawing ---- */

static bool is_number(const struct column *column)
{
    return column->field && !column->field->is_list && column->field->kind == KIND_INTEGER;
}

static const char *line_of(const char *cell, int line)
{
    for (; line > 0 && cell; line--) {
        cell = strchr(cell, '\n');
        cell += cell ? 1 : 0;
    }
    return cell;
}

static int lines_of(const struct table *table, const char *const *cells)
{
    int most = 1;
    for (size_t i = 0; i < table->columns_count; i++) {
        int lines = 1;
        for (const char *c = cells[i]; table->columns[i].is_shown && (c = strchr(c, '\n')) != NULL; c++)
            lines++;
        most = lines > most ? lines : most;
    }
    return most;
}

/* One line of a row. Blanks are owed until something follows, so that no line ends in them. */
static void draw_line(const struct table *table, const struct screen *screen, const char *const *cells,
                      int line, int indent, bool is_heading)
{
    int owed = indent;
    bool is_first = true;
    for (size_t i = 0; i < table->columns_count; i++) {
        const struct column *column = &table->columns[i];
        if (!column->is_shown)
            continue;
        const char *text = line_of(cells[i], line);
        int length = text ? (int)strcspn(text, "\n") : 0;
        int width = text ? text_columns(arena_copy(table->arena, text, (size_t)length)) : 0;
        bool has_look = length && (is_heading || is_first);
        owed += is_number(column) ? column->width - width : 0;
        if (length)
            fprintf(screen->out, "%*s%s%.*s%s", owed, "",
                    has_look ? look_on(screen, is_heading ? LOOK_HEADING : LOOK_ID) : "", length, text,
                    has_look ? look_off(screen) : "");
        owed = length ? GAP : owed + GAP;
        owed += is_number(column) ? 0 : column->width - width;
        is_first = false;
    }
    fputc('\n', screen->out);
}

static void draw_row(const struct table *table, const struct screen *screen, const char *const *cells,
                     int indent, bool is_heading)
{
    int lines = lines_of(table, cells);
    for (int line = 0; line < lines; line++)
        draw_line(table, screen, cells, line, indent, is_heading);
}

static void draw(const struct table *table, const struct screen *screen, int indent)
{
    const char **headings = arena_take(table->arena, (table->columns_count + 1) * sizeof *headings);
    for (size_t i = 0; i < table->columns_count; i++)
        headings[i] = table->columns[i].heading;
    draw_row(table, screen, headings, indent, true);
    for (size_t row = 0; row < table->rows_count; row++)
        draw_row(table, screen, table->rows[row], indent, false);
}

/* Too narrow for any table: the first column as a heading, the rest of the row flowing under it. */
static void draw_apart(const struct table *table, const struct screen *screen, int indent)
{
    for (size_t row = 0; row < table->rows_count; row++) {
        struct flow flow = { screen, table->arena, indent + 2, 0 };
        bool is_first = true;
        for (size_t i = 0; i < table->columns_count; i++) {
            const char *cell = table->rows[row][i];
            if (!table->columns[i].is_shown || !*cell)
                continue;
            if (is_first)
                fprintf(screen->out, "%*s%s%s%s\n", indent, "", look_on(screen, LOOK_ID), cell,
                        look_off(screen));
            else
                flow_pair(&flow, table->columns[i].heading, cell);
            is_first = false;
        }
        flow_end(&flow);
    }
}

void table_print(struct table *table, const struct screen *screen, int indent)
{
    int room = screen->width ? screen->width - indent : 1 << 20;
    if (table->rows_count == 0)
        return;
    for (size_t i = 0; i < table->columns_count; i++) {
        int width = text_columns(table->columns[i].heading);
        table->columns[i].width = width > table->columns[i].width ? width : table->columns[i].width;
    }
    if (total_width(table) > room)
        hide_instants(table);
    if (total_width(table) > room)
        keep_sentence(table);
    say_once(table, screen, room, indent);
    const char *left_out = leave_out(table, room);
    if (fold_texts(table, room))
        draw(table, screen, indent);
    else
        draw_apart(table, screen, indent);
    if (*left_out)
        fprintf(
            screen->out, "%*s%s%s%s\n", indent, "", look_on(screen, LOOK_FAINT),
            text_fold(table->arena, arena_print(table->arena, _("No room for: %s"), left_out), room, true),
            look_off(screen));
}
