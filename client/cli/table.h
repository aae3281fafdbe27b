/* SPDX-License-Identifier: MIT */
/*
 * Many things under each other. A table never runs over the edge of the screen: first go instants that are
 * also there as local times, then columns in which all rows agree (said once, above); then texts are folded;
 * then columns at the right are left out, and named; and where hardly any would be left, every thing gets
 * lines of its own.
 */
#ifndef TABLE_H
#define TABLE_H

#include "cursor.h"
#include "record.h"
#include "screen.h"

struct column {
    const char *name;          /* as on the wire */
    const char *heading;       /* as it is shown */
    const struct field *field; /* NULL where the catalogue does not know it */
    int width, floor;          /* floor: what it needs at least */
    bool is_shown;
};

/* Rows are gathered first, from as many pages as there are. */
struct table {
    struct arena *arena;
    struct column *columns;
    size_t columns_count;
    const char ***rows; /* each of columns_count cells, "" where empty */
    size_t rows_count, rows_size;
};

/*
 * An empty table for rows of `record` (NULL: of what the first one of `sample` has). `only` names the columns
 * to show, in order, ended by NULL; NULL: all, the id first.
 */
struct table table_new(struct arena *arena, const struct record *record, struct cursor sample,
                       const char *const *only);

/* Adds an array of maps. */
void table_add(struct table *table, struct cursor array);

/* Prints it, indented; nothing where there are no rows. */
void table_print(struct table *table, const struct screen *screen, int indent);

#endif
