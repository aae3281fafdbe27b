/* SPDX-License-Identifier: MIT */
#include "record.h"

#include "day.h"
#include "suggest.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct field no_fields[1];
const struct record record_nothing = { "nothing", "", no_fields, 0, 1, NULL, false };

enum { WORD_SIZE = 64 };

static size_t value_size(const struct field *field)
{
    switch (field->kind) {
    case KIND_TEXT:
    case KIND_SLUG:
    case KIND_RULE:
    case KIND_MOMENT: return sizeof(const char *);
    case KIND_INTEGER:
    case KIND_MINUTES:
    case KIND_INSTANT:
    case KIND_LOCAL: return sizeof(int64_t);
    case KIND_BOOL: return sizeof(bool);
    case KIND_DATE: return sizeof(int32_t);
    case KIND_ONE: return sizeof(int);
    case KIND_VALUE: return sizeof(struct packed);
    case KIND_RECORD: return field->record->size;
    }
    abort();
}

/* Tables are constant and the records they describe are not: this is the one place that says so. */
static char *place_of(const struct field *field, const void *base)
{
    return (char *)(uintptr_t)base + field->offset;
}

static size_t *count_of(const struct field *field, const void *base)
{
    return (size_t *)(void *)((char *)(uintptr_t)base + field->count_offset);
}

bool word_is(const char *word, const char *bytes, size_t length)
{
    return strlen(word) == length && memcmp(word, bytes, length) == 0;
}

const struct field *field_find(const struct record *record, const char *name, size_t length)
{
    for (size_t i = 0; i < record->fields_count; i++)
        if (word_is(record->fields[i].name, name, length))
            return &record->fields[i];
    return NULL;
}

size_t field_count(const struct field *field, const void *base)
{
    if (field->is_list)
        return *count_of(field, base);
    bool may_be_null = field->is_pointer || kind_is_text(field->kind) || field->kind == KIND_VALUE;
    return !may_be_null || *(void *const *)(void *)place_of(field, base);
}

const void *field_at(const struct field *field, const void *base, size_t index)
{
    char *place = place_of(field, base);
    if (field->is_list)
        return *(char **)(void *)place + index * value_size(field);
    return field->is_pointer ? *(void **)(void *)place : place;
}

/* A list doubles at every power of two, so its capacity need not be stored. */
static void *list_add(const struct field *field, void *base, struct arena *arena)
{
    size_t *count = count_of(field, base), size = value_size(field);
    char **items = (char **)(void *)place_of(field, base);
    if ((*count & (*count - 1)) == 0) {
        char *more = arena_take(arena, (*count ? *count * 2 : 1) * size);
        if (*count)
            memcpy(more, *items, *count * size);
        *items = more;
    }
    return *items + (*count)++ * size;
}

void *field_add(const struct field *field, void *base, struct arena *arena)
{
    if (field->is_list)
        return list_add(field, base, arena);
    char *place = place_of(field, base);
    return field->is_pointer ? *(void **)(void *)place = arena_take(arena, value_size(field)) : place;
}

void field_clear(const struct field *field, void *base)
{
    size_t size = field->is_pointer || field->is_list ? sizeof(void *) : value_size(field);
    memset(place_of(field, base), 0, size);
    if (field->is_list)
        *count_of(field, base) = 0;
}

/* ---- text forms ---- */

static enum code number_from_text(const struct field *field, const char *text, size_t length, int64_t *value,
                                  struct error *error)
{
    char copy[24], *end;
    if (length == 0 || length >= sizeof copy || !strchr("-0123456789", text[0]))
        return fail(error, INVALID, field->name, _("must be a whole number"));
    memcpy(copy, text, length);
    copy[length] = 0;
    long long number = strtoll(copy, &end, 10);
    if (end != copy + length || length > 17)
        return fail(error, INVALID, field->name, _("must be a whole number"));
    *value = number;
    return OK;
}

static enum code word_from_text(const struct field *field, const char *text, size_t length, int *value,
                                struct error *error)
{
    for (int i = 0; field->words[i]; i++)
        if (word_is(field->words[i], text, length))
            return *value = i, OK;
    char typed[WORD_SIZE] = "";
    size_t end = strcspn(field->source, ","), count = 0;
    while (field->words[count])
        count++;
    if (length < sizeof typed)
        memcpy(typed, text, length);
    const char *nearest = suggest(typed, field->words, count);
    if (nearest)
        return fail(error, INVALID, field->name, _("must be %.*s; did you mean %s?"), (int)end, field->source,
                    nearest);
    return fail(error, INVALID, field->name, _("must be %.*s"), (int)end, field->source);
}

static enum code bool_from_text(const struct field *field, const char *text, size_t length, bool *value,
                                struct error *error)
{
    bool is_yes = word_is("yes", text, length);
    if (!is_yes && !word_is("no", text, length))
        return fail(error, INVALID, field->name, _("must be yes or no"));
    *value = is_yes;
    return OK;
}

enum code value_from_text(const struct field *field, const char *text, size_t length, void *value,
                          struct arena *arena, struct error *error)
{
    switch (field->kind) {
    case KIND_TEXT:
    case KIND_SLUG:
    case KIND_RULE:
    case KIND_MOMENT:
        if (memchr(text, 0, length))
            return fail(error, INVALID, field->name, _("a text holds no NUL"));
        *(const char **)value = arena_copy(arena, text, length);
        return OK;
    case KIND_INTEGER:
    case KIND_MINUTES: return number_from_text(field, text, length, value, error);
    case KIND_BOOL: return bool_from_text(field, text, length, value, error);
    case KIND_ONE: return word_from_text(field, text, length, value, error);
    case KIND_DATE:
        return day_parse(text, length, value)
                   ? OK
                   : fail(error, INVALID, field->name,
                          _("a day is written 2027-03-01, and must be in the calendar"));
    case KIND_INSTANT:
        return instant_parse(text, length, value)
                   ? OK
                   : fail(error, INVALID, field->name,
                          _("an instant is written 2027-03-01T08:00:00Z, and must be in the calendar"));
    case KIND_LOCAL:
        return local_parse(text, length, value)
                   ? OK
                   : fail(error, INVALID, field->name,
                          _("a local time is written 2027-03-01T09:00, and must be in the calendar"));
    case KIND_VALUE:
    case KIND_RECORD: break;
    }
    return fail(error, INVALID, field->name, _("has no text form"));
}

const char *value_to_text(const struct field *field, const void *value, struct arena *arena)
{
    switch (field->kind) {
    case KIND_TEXT:
    case KIND_SLUG:
    case KIND_RULE:
    case KIND_MOMENT: return *(const char *const *)value;
    case KIND_INTEGER:
    case KIND_MINUTES: return arena_print(arena, "%" PRId64, *(const int64_t *)value);
    case KIND_BOOL: return *(const bool *)value ? "yes" : "no";
    case KIND_ONE: return field->words[*(const int *)value];
    case KIND_DATE: return day_print(*(const int32_t *)value, arena_take(arena, DAY_TEXT_SIZE));
    case KIND_INSTANT: return instant_print(*(const int64_t *)value, arena_take(arena, INSTANT_TEXT_SIZE));
    case KIND_LOCAL: return local_print(*(const int64_t *)value, arena_take(arena, LOCAL_TEXT_SIZE));
    case KIND_VALUE:
    case KIND_RECORD: break;
    }
    return "";
}
