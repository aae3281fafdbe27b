/* SPDX-License-Identifier: MIT */
/* One value of an answer, as text. */
#ifndef CELL_H
#define CELL_H

#include "cursor.h"
#include "options.h"
#include "record.h"

/* Finds a name in a map; false where it is no map, or has no such name, or nil under it. */
bool cell_find(struct cursor map, const char *name, struct cursor *value);

/* How many values are in an array; 0 where it is none. *items is at the first. */
uint32_t cell_items(struct cursor array, struct cursor *items);

/* The same of the array that has this name in a map. */
uint32_t cell_items_at(struct cursor map, const char *name, struct cursor *items);

/* True where the value is an array of maps: shown as a table, not in one cell. */
bool cell_is_table(struct cursor value);

/*
 * The text of a value, "" where it is empty. For eyes (STYLE_TABLE) instants are local time and what is
 * nested is told in short; for scripts (STYLE_PLAIN) everything is as on the wire, lists with commas, records
 * as JSON, no tab and no line feed in it. `field` says what it is; NULL where the catalogue does not know.
 * Never steers a terminal.
 */
const char *cell_text(struct arena *arena, const struct field *field, struct cursor value, enum style style);

/* The same of what has this name in a map, "" where nothing has. */
const char *cell_text_at(struct arena *arena, const struct field *field, struct cursor map, const char *name,
                         enum style style);

/* From now on eyes see these names in place of ids (see names_fit); NULL: none. Borrowed. */
struct names;
void cell_use_names(const struct names *names);

#endif
