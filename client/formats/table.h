/* SPDX-License-Identifier: MIT */
/*
 * A CSV file as rows of cells, each row with the line it began on. RFC 4180 with comma, semicolon or tab
 * between the cells; a quoted cell may hold line ends. Every row has as many cells as there are heads: a
 * row that has another number is refused, never stretched or cut.
 */
#ifndef TABLE_H
#define TABLE_H

#include "refusal.h"

#include <stdint.h>

enum {
    TABLE_BYTES_MOST = 64 << 20,
    TABLE_ROWS_MOST = 1000000,
    TABLE_COLUMNS_MOST = 256,
    TABLE_CELL_MOST = 64 << 10 /* bytes of one cell */
};

struct table_row {
    uint32_t line;      /* the line of the file it begins on, from 1; the heads are usually line 1 */
    const char **cells; /* `columns` of them, "" where empty; spaces around unquoted ones are gone */
};

struct table {
    char delimiter; /* ',' ';' or '\t' */
    size_t columns;
    const char **heads; /* as written in the file */
    struct table_row *rows;
    size_t count;
};

/*
 * `bytes` is UTF-8 without NUL and without a byte order mark (encoding_find saw it). Everything in *table
 * lives in refusals->arena. What is wrong goes to *refusals: single rows that are left out of the table, or,
 * with line 0 or the line where reading stopped, the whole; then *table holds no rows. An empty line, or a
 * row of nothing but empty cells, is no row.
 */
void table_read(const char *bytes, size_t length, struct refusals *refusals, struct table *table);

/* The delimiter that the first line (the heads) is parted by: the one it has most of outside quotes; a comma
 * where it has none of the three. */
char table_delimiter(const char *bytes, size_t length);

#endif
