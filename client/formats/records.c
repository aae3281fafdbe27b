/* SPDX-License-Identifier: MIT */
#include "records.h"

#include <stdlib.h>
#include <string.h>

static const struct field *field_called(const struct record *record, const char *name)
{
    return field_find(record, name, strlen(name));
}

/* One value, or each of a list parted by commas, into the record. */
static enum code put_value(const struct field *field, const char *text, void *base, struct arena *arena,
                           struct error *error)
{
    if (!field->is_list)
        return value_from_text(field, text, strlen(text), field_add(field, base, arena), arena, error);
    while (*text) {
        size_t length = strcspn(text, ",");
        if (value_from_text(field, text, length, field_add(field, base, arena), arena, error))
            return error->code;
        text += length + (text[length] == ',');
    }
    return OK;
}

struct columns records_columns(const struct heading *headings, const struct record *record)
{
    struct columns columns = { .record = record };
    for (size_t i = 0; headings[i].field; i++)
        columns.fields[i] = field_called(record, headings[i].field);
    return columns;
}

/* Sets in *given the bit of each of the record's fields that got a value. */
static enum code put_values(const struct stage *stage, const struct staged *row, uint32_t mask,
                            const struct columns *columns, void *base, uint64_t *given, struct arena *arena,
                            struct error *error)
{
    for (size_t i = 0; i < stage->fields; i++) {
        const char *value = row->values[i];
        const struct field *field = mask >> i & 1 ? columns->fields[i] : NULL;
        if (!field || !value || !*value)
            continue;
        if (put_value(field, value, base, arena, error))
            return error->code;
        *given |= UINT64_C(1) << (field - columns->record->fields);
    }
    return OK;
}

static int heading_of(const struct stage *stage, const char *field)
{
    for (size_t i = 0; i < stage->fields; i++)
        if (strcmp(stage->headings[i].field, field) == 0)
            return (int)i;
    return -1;
}

void records_check(struct stage *stage, const struct record *record)
{
    struct columns columns = records_columns(stage->headings, record);
    struct arena scratch = { 0 };
    for (uint32_t i = 0; i < stage->count; i++) {
        struct staged *row = &stage->rows[i];
        struct error error;
        uint64_t given = 0;
        arena_reset(&scratch);
        void *base = arena_take(&scratch, record->size);
        if (row->is_refused ||
            (!put_values(stage, row, UINT32_MAX, &columns, base, &given, &scratch, &error) &&
             !record_complete(record, given, base, &error) && !record_check(record, base, &error)))
            continue;
        int heading = heading_of(stage, error.field);
        if (heading >= 0 && stage->column[heading])
            stage_refuse(stage, row, heading, "%s", error.text);
        else
            stage_refuse(stage, row, -1, "%s: %s", error.field, error.text);
    }
    arena_free(&scratch);
}

static void put_clear(const struct stage *stage, const struct staged *row, uint32_t mask,
                      const struct record *record, void *base, struct arena *arena)
{
    const struct field *clear = field_called(record, "clear");
    struct error error;
    for (size_t i = 0; clear && i < stage->fields; i++) {
        const char *value = row->values[i], *name = stage->headings[i].field;
        if (mask >> i & 1 && value && !*value &&
            value_from_text(clear, name, strlen(name), field_add(clear, base, arena), arena, &error))
            abort(); /* only fields that may be empty are found empty here */
    }
}

void records_pack(const struct stage *stage, const struct staged *row, uint32_t mask,
                  const struct columns *columns, msgpack_packer *packer, struct arena *scratch)
{
    const struct record *record = columns->record;
    struct error error;
    uint64_t given = 0;
    arena_reset(scratch);
    void *base = arena_take(scratch, record->size);
    if (put_values(stage, row, mask, columns, base, &given, scratch, &error))
        abort(); /* records_check saw it */
    put_clear(stage, row, mask, record, base, scratch);
    record_pack(record, base, packer, scratch);
}

void records_unpack(struct stage *stage, const struct record *record, const void *base)
{
    struct staged *row = stage_add(stage);
    for (size_t i = 0; i < stage->fields; i++) {
        const struct field *field = field_called(record, stage->headings[i].field);
        const char *text = "";
        for (size_t at = 0; field && at < field_count(field, base); at++) {
            const char *value = value_to_text(field, field_at(field, base, at), stage->arena);
            text = at ? arena_print(stage->arena, "%s,%s", text, value) : value;
        }
        row->values[i] = text;
    }
}
