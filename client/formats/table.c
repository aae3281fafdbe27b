/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "error.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 32 << 10, CELL_GROWTH = 4096 };

/* What the two call-backs of libcsv share while a file goes through. */
struct reader {
    struct arena *arena;
    struct refusals *refusals;
    struct table *table;
    char *text;                           /* where the next cell's text goes */
    size_t room;                          /* rows that table->rows has space for */
    uint32_t line;                        /* the line being fed */
    uint32_t row_line;                    /* the line the open row began on */
    size_t cells;                         /* of the open row, counting those beyond `open` */
    const char *open[TABLE_COLUMNS_MOST]; /* the cells so far */
    bool is_blank;                        /* the open row has nothing but empty cells */
    bool is_refused;                      /* the open row is, for one of its cells */
    bool is_over;                         /* refused as a whole: let the rest pass by */
};

static void reader_stop(struct reader *reader, size_t line, const char *reason)
{
    if (!reader->is_over)
        refuse(reader->refusals, line, NULL, "%s", reason);
    reader->is_over = true;
}

static const char *column_name(const struct table *table, size_t column)
{
    return column < table->columns ? table->heads[column] : NULL;
}

/* Of all control characters a cell may hold tabs and line ends; an escape sequence has no business in a name.
 */
static bool has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' && text[i] != '\t' && text[i] != '\n' && text[i] != '\r')
            return true;
    return memchr(text, 0x7F, length) != NULL;
}

/* A cell is followed by a delimiter, a line end or the end of the file: with its NUL it is no longer than
 * what it was read from, so that all of them fit into what the file takes. */
static const char *keep_text(struct reader *reader, const char *bytes, size_t length)
{
    char *kept = memcpy(reader->text, bytes, length);
    reader->text += length + 1;
    return kept;
}

static void cell_ends(void *bytes, size_t length, void *context)
{
    struct reader *reader = context;
    size_t column = reader->cells++;
    if (reader->is_over || column >= TABLE_COLUMNS_MOST)
        return;
    reader->is_blank = reader->is_blank && length == 0;
    reader->open[column] = length ? keep_text(reader, bytes, length) : "";
    if (length > TABLE_CELL_MOST)
        reader_stop(reader, reader->row_line, _("a cell is longer than 64 KiB: is a quote left open?"));
    else if (has_control(bytes, length)) {
        refuse(reader->refusals, reader->row_line, column_name(reader->table, column),
               _("holds a control character"));
        reader->is_refused = true;
    }
}

static void heads_end(struct reader *reader)
{
    struct table *table = reader->table;
    if (reader->cells > TABLE_COLUMNS_MOST) {
        reader_stop(reader, reader->row_line, _("more than 256 columns"));
        return;
    }
    table->columns = reader->cells;
    table->heads = arena_take(reader->arena, table->columns * sizeof *table->heads);
    memcpy(table->heads, reader->open, table->columns * sizeof *table->heads);
}

static struct table_row *row_add(struct reader *reader)
{
    struct table *table = reader->table;
    if (table->count == reader->room) {
        size_t room = reader->room ? reader->room * 2 : 256;
        struct table_row *rows = arena_take(reader->arena, room * sizeof *rows);
        if (table->count)
            memcpy(rows, table->rows, table->count * sizeof *rows);
        table->rows = rows;
        reader->room = room;
    }
    return &table->rows[table->count++];
}

static void data_row_ends(struct reader *reader)
{
    struct table *table = reader->table;
    if (reader->cells != table->columns) {
        refuse(reader->refusals, reader->row_line, NULL,
               _("has %zu cells where the head of the table has %zu"), reader->cells, table->columns);
        return;
    }
    if (table->count == TABLE_ROWS_MOST) {
        reader_stop(reader, reader->row_line, _("more than 1,000,000 rows"));
        return;
    }
    struct table_row *row = row_add(reader);
    row->line = reader->row_line;
    row->cells = arena_take(reader->arena, table->columns * sizeof *row->cells);
    memcpy(row->cells, reader->open, table->columns * sizeof *row->cells);
}

static void row_ends(int terminator, void *context)
{
    struct reader *reader = context;
    (void)terminator;
    if (!reader->is_over && !reader->table->heads && !reader->is_blank)
        heads_end(reader);
    else if (!reader->is_over && reader->table->heads && !reader->is_blank && !reader->is_refused)
        data_row_ends(reader);
    reader->cells = 0;
    reader->is_blank = true;
    reader->is_refused = false;
}

/* The bytes from `text` to behind the end of its line (CR LF, LF or a CR alone), but no more than PIECE, so
 * that neither an endless line nor a file of nothing but CR costs more than its length. */
static size_t piece_length(const char *text, size_t left)
{
    size_t length = 0, most = left < PIECE ? left : PIECE;
    while (length < most && text[length] != '\n' && text[length] != '\r')
        length++;
    if (length == most)
        return most;
    bool is_pair = text[length] == '\r' && length + 1 < left && text[length + 1] == '\n';
    return length + (is_pair ? 2 : 1);
}

/* libcsv does not tell where it is: it gets one line at a time. */
static void feed(struct reader *reader, struct csv_parser *parser, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length && !reader->is_over;) {
        size_t step = piece_length(bytes + at, length - at);
        if (reader->cells == 0 && parser->entry_pos == 0 && !parser->quoted)
            reader->row_line = reader->line;
        if (csv_parse(parser, bytes + at, step, cell_ends, row_ends, reader) != step)
            reader_stop(
                reader, reader->line,
                _("a quote stands inside a cell: put quotes around the whole cell and double those in it"));
        else if (parser->entry_pos > TABLE_CELL_MOST)
            reader_stop(reader, reader->row_line, _("a cell is longer than 64 KiB: is a quote left open?"));
        at += step;
        reader->line += bytes[at - 1] == '\n' || bytes[at - 1] == '\r';
    }
    if (!reader->is_over && csv_fini(parser, cell_ends, row_ends, reader) != 0)
        reader_stop(reader, reader->row_line, _("a quote opens here and never closes"));
}

char table_delimiter(const char *bytes, size_t length)
{
    static const char delimiters[] = ",;\t";
    size_t counts[3] = { 0 }, best = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < length && (is_quoted || (bytes[i] != '\n' && bytes[i] != '\r')); i++) {
        const char *found = is_quoted || !bytes[i] ? NULL : strchr(delimiters, bytes[i]);
        is_quoted ^= bytes[i] == '"';
        if (found)
            counts[found - delimiters]++;
    }
    for (size_t i = 1; i < 3; i++)
        if (counts[i] > counts[best])
            best = i;
    return delimiters[best];
}

void table_read(const char *bytes, size_t length, struct refusals *refusals, struct table *table)
{
    struct reader reader = { .arena = refusals->arena,
                             .refusals = refusals,
                             .table = table,
                             .line = 1,
                             .row_line = 1,
                             .is_blank = true };
    struct csv_parser parser;
    *table = (struct table){ .delimiter = table_delimiter(bytes, length) };
    if (length > TABLE_BYTES_MOST) {
        reader_stop(&reader, 0, _("the file is larger than 64 MiB"));
        return;
    }
    reader.text = arena_take(reader.arena, length + 1);
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        abort();
    csv_set_blk_size(&parser, CELL_GROWTH);
    csv_set_delim(&parser, (unsigned char)table->delimiter);
    feed(&reader, &parser, bytes, length);
    csv_free(&parser);
    if (!reader.is_over && !table->heads)
        reader_stop(&reader, 0, _("the file is empty: its first row must name the columns"));
    if (reader.is_over)
        table->count = 0;
}
