/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include "dates.h"
#include "day.h"
#include "slug.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FIRST_ROOM = 256, REASON_SIZE = 400 };

struct stage stage_new(struct refusals *refusals, const struct heading *headings)
{
    struct stage stage = {
        .arena = refusals->arena, .refusals = refusals, .headings = headings, .ids.arena = refusals->arena
    };
    while (headings[stage.fields].field)
        stage.fields++;
    stage.column = arena_take(stage.arena, stage.fields * sizeof *stage.column);
    stage.place = arena_take(stage.arena, stage.fields * sizeof *stage.place);
    for (size_t field = 0; field < stage.fields; field++)
        stage.place[field] = -1;
    return stage;
}

void stage_reserve(struct stage *stage, size_t count)
{
    size_t room = stage->count + count;
    if (room <= stage->room)
        return;
    struct staged *rows = arena_take(stage->arena, room * sizeof *rows);
    if (stage->count)
        memcpy(rows, stage->rows, stage->count * sizeof *rows);
    stage->rows = rows;
    stage->room = (uint32_t)room;
    stage->spare = arena_take(stage->arena, count * stage->fields * sizeof *stage->spare);
}

const char *stage_original(const struct stage *stage, const struct staged *row, int field)
{
    return row->cells[stage->place[field]];
}

struct staged *stage_add(struct stage *stage)
{
    if (stage->count == stage->room)
        stage_reserve(stage, stage->room ? stage->room : FIRST_ROOM);
    struct staged *row = &stage->rows[stage->count++];
    *row = (struct staged){ .values = stage->spare };
    stage->spare += stage->fields;
    return row;
}

bool stage_has(const struct stage *stage, int field)
{
    return stage->column[field] != NULL;
}

void stage_refuse(struct stage *stage, struct staged *row, int field, const char *format, ...)
{
    char reason[REASON_SIZE];
    va_list values;
    va_start(values, format);
    vsnprintf(reason, sizeof reason, format, values);
    va_end(values);
    refuse(stage->refusals, row->line, field < 0 ? NULL : stage->column[field], "%s", reason);
    row->is_refused = true;
}

/* ---- cells ---- */

/* The text itself where it is its own id, so that most ids take no memory. */
static const char *id_text(struct stage *stage, const char *cell)
{
    char slug[SLUG_SIZE];
    if (!slug_make(cell, slug))
        return NULL;
    return strcmp(slug, cell) == 0 ? cell : arena_copy(stage->arena, slug, strlen(slug));
}

static void read_id(struct stage *stage, struct staged *row, int field, const char *cell)
{
    row->values[field] = id_text(stage, cell);
    if (!row->values[field]) {
        row->values[field] = "";
        stage_refuse(stage, row, field,
                     _("\"%.80s\" makes no id: an id has 1 to 64 letters of a-z, digits, hyphens, dots and "
                       "underscores"),
                     cell);
    }
}

/* "quality; Service" -> "quality,service": in the order given, none twice. */
static void read_ids(struct stage *stage, struct staged *row, int field, const char *cell)
{
    const char *list = "";
    row->values[field] = "";
    while (*cell) {
        size_t length = strcspn(cell, ",;|\r\n"), start = strspn(cell, " \t");
        if (length > start) {
            const char *id = id_text(stage, arena_copy(stage->arena, cell, length));
            if (!id) {
                stage_refuse(stage, row, field, _("\"%.*s\" makes no id"), (int)(length < 80 ? length : 80),
                             cell);
                return;
            }
            const char *wrapped = arena_print(stage->arena, ",%s,", id),
                       *all = arena_print(stage->arena, ",%s,", list);
            if (!strstr(all, wrapped))
                list = *list ? arena_print(stage->arena, "%s,%s", list, id) : id;
        }
        cell += length + (cell[length] != 0);
    }
    row->values[field] = list;
}

static void read_day(struct stage *stage, struct staged *row, int field, const char *cell,
                     const struct dates *dates)
{
    struct error error;
    int32_t day;
    row->values[field] = "";
    if (dates_read(dates, cell, &day, &error))
        stage_refuse(stage, row, field, "%s", error.text);
    else
        row->values[field] = day_print(day, arena_take(stage->arena, DAY_TEXT_SIZE));
}

/* The word of the service for a language, or the cell as it is where it is none that people write. */
static const char *language_word(const char *cell)
{
    static const struct {
        const char *written, *word;
    } words[] = {
        {"da",       "danish" },
        { "dk",      "danish" },
        { "dan",     "danish" },
        { "da-dk",   "danish" },
        { "dansk",   "danish" },
        { "danish",  "danish" },
        { "en",      "english"},
        { "eng",     "english"},
        { "en-gb",   "english"},
        { "en-us",   "english"},
        { "engelsk", "english"},
        { "english", "english"}
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(cell, words[i].written) == 0)
            return words[i].word;
    return cell;
}

static void read_cell(struct stage *stage, struct staged *row, int field, const char *cell,
                      const struct dates *dates)
{
    const char *backslash;
    /* what a database writes for nothing */
    if (!*cell || strcmp(cell, "NULL") == 0) {
        row->values[field] = "";
        return;
    }
    switch (stage->headings[field].cell) {
    case CELL_ID: read_id(stage, row, field, cell); break;
    case CELL_IDS: read_ids(stage, row, field, cell); break;
    case CELL_DAY: read_day(stage, row, field, cell, dates); break;
    case CELL_LANGUAGE: row->values[field] = language_word(cell); break;
    case CELL_LOGIN:
        backslash = strrchr(cell, '\\');
        row->values[field] = backslash ? backslash + 1 : cell;
        break;
    case CELL_TEXT: row->values[field] = cell; break;
    }
}

/* ---- tables ---- */

/* What each column of days says about its own order. */
static void look_at_days(const struct stage *stage, const struct table *table, const int *fields,
                         enum dates_choice choice, struct dates *dates)
{
    for (size_t column = 0; column < table->columns; column++) {
        if (fields[column] == HEADS_UNUSED || stage->headings[fields[column]].cell != CELL_DAY)
            continue;
        if (choice != DATES_ASK)
            dates[column].order = choice == DATES_SAY_DAY_FIRST ? DATES_DAY_FIRST : DATES_MONTH_FIRST;
        else
            for (size_t row = 0; row < table->count; row++)
                dates_look(&dates[column], table->rows[row].cells[column], table->rows[row].line);
    }
}

void stage_table(struct stage *stage, const struct table *table, const int *fields, enum dates_choice choice)
{
    struct dates *dates = arena_take(stage->arena, (table->columns + 1) * sizeof *dates);
    for (size_t column = 0; column < table->columns; column++)
        if (fields[column] != HEADS_UNUSED)
            stage->column[fields[column]] = table->heads[column], stage->place[fields[column]] = (int)column;
    look_at_days(stage, table, fields, choice, dates);
    stage_reserve(stage, table->count);
    for (size_t i = 0; i < table->count; i++) {
        struct staged *row = stage_add(stage);
        row->line = table->rows[i].line;
        row->cells = table->rows[i].cells;
        for (size_t column = 0; column < table->columns; column++)
            if (fields[column] != HEADS_UNUSED)
                read_cell(stage, row, fields[column], table->rows[i].cells[column], &dates[column]);
    }
}

void stage_index(struct stage *stage)
{
    for (uint32_t i = 0; i < stage->count; i++) {
        struct staged *row = &stage->rows[i];
        const char *id = row->values[0];
        if (row->is_refused)
            continue;
        if (!id || !*id) {
            stage_refuse(stage, row, 0, _("is empty"));
            continue;
        }
        uint32_t other = lookup_add(&stage->ids, id, i);
        if (other != LOOKUP_NONE)
            stage_refuse(stage, row, 0, _("\"%s\" is on line %u as well"), id, stage->rows[other].line);
    }
}
