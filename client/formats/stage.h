/* SPDX-License-Identifier: MIT */
/*
 * Rows of a file, or of what the service has, in one form: for each field its text as the wire has it. Two
 * rows are the same where their texts are.
 */
#ifndef STAGE_H
#define STAGE_H

#include "heads.h"
#include "lookup.h"
#include "table.h"

enum dates_choice { DATES_ASK, DATES_SAY_DAY_FIRST, DATES_SAY_MONTH_FIRST };

struct staged {
    uint32_t line;       /* of the file; 0 where it comes from the service */
    bool is_refused;     /* its reason is among the refusals */
    const char **values; /* one a field; "" where empty, NULL where the file has no such column */
    const char **cells;  /* of the table; NULL where it comes from elsewhere */
};

struct stage {
    struct arena *arena;
    struct refusals *refusals;
    const struct heading *headings;
    size_t fields;       /* how many headings */
    const char **column; /* of each field: the column's head in the file, NULL where it has none */
    uint32_t made_up;    /* bit i: values of headings[i] were filled in for want of a column */
    int *place;          /* of each field: its column in the file, -1 where it has none */
    struct staged *rows;
    uint32_t count, room;
    const char **spare; /* values for the rows from `count` to `room` */
    struct lookup ids;  /* the first field's text (or whatever `stage_index` was asked for) -> row */
};

/* An empty stage for these headings. */
struct stage stage_new(struct refusals *refusals, const struct heading *headings);

/* Room for so many rows more, in one piece. */
void stage_reserve(struct stage *stage, size_t count);

/* What a cell says, as it stands in the file; the row has one for this field. */
const char *stage_original(const struct stage *stage, const struct staged *row, int field);

/* A row more, all of its values NULL. Valid until the next. */
struct staged *stage_add(struct stage *stage);

/*
 * The table's cells, each made into what its field asks for; what cannot be is refused with line and column,
 * and its row is_refused. fields[] is heads_match's. `choice` is what the reader said about days that can be
 * read in two ways. Two original texts that become one id ("Bo Li", "bo-li") are told apart later, by their
 * lines.
 */
void stage_table(struct stage *stage, const struct table *table, const int *fields, enum dates_choice choice);

/* Refuses a row for what its `field` holds; -1 for the row as a whole. */
void stage_refuse(struct stage *stage, struct staged *row, int field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Whether the file has this column at all. */
bool stage_has(const struct stage *stage, int field);

/* Each row that is not refused by the text of its first field; a second with the same text is refused, and so
 * is a row where it is empty. */
void stage_index(struct stage *stage);

#endif
