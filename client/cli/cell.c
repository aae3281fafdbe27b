/* SPDX-License-Identifier: MIT */
#include "cell.h"

#include "day.h"
#include "json.h"
#include "label.h"
#include "names.h"
#include "rule_text.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool cell_find(struct cursor map, const char *name, struct cursor *value)
{
    uint32_t pairs, length;
    const char *key;
    size_t wanted = strlen(name);
    if (!cursor_map(&map, &pairs))
        return false;
    while (pairs--) {
        bool is_it = cursor_text(&map, &key, &length) && length == wanted && memcmp(key, name, wanted) == 0;
        struct cursor at = map;
        if (is_it && !cursor_nil(&at))
            return *value = map, true;
        cursor_skip(&map);
    }
    return false;
}

uint32_t cell_items(struct cursor array, struct cursor *items)
{
    uint32_t count;
    if (!cursor_array(&array, &count))
        return 0;
    *items = array;
    return count;
}

bool cell_is_table(struct cursor value)
{
    uint32_t count, pairs;
    return cursor_array(&value, &count) && count > 0 && cursor_map(&value, &pairs);
}

/* ---- kinds ---- */

/* With its zone, because the machine's need not be the company's. */
static const char *show_instant(struct arena *arena, const char *text, uint32_t length)
{
    int64_t instant;
    struct tm local;
    char shown[64];
    if (!instant_parse(text, length, &instant) || !localtime_r(&(time_t){ instant }, &local))
        return text_visible(arena, text, length, false);
    size_t size = strftime(shown, sizeof shown, local.tm_sec ? "%Y-%m-%d %H:%M:%S %Z" : "%Y-%m-%d %H:%M %Z",
                           &local);
    return text_visible(arena, shown, size, false);
}

static const struct names *names_in_use;

void cell_use_names(const struct names *names)
{
    names_in_use = names;
}

static const char *show_text(struct arena *arena, const struct field *field, const char *text,
                             uint32_t length)
{
    if (field && field->kind == KIND_RULE) {
        const char *said = rule_text(arena, text_visible(arena, text, length, false));
        return said ? said : text_visible(arena, text, length, false);
    }
    if (field && field->kind == KIND_INSTANT)
        return show_instant(arena, text, length);
    if (field && names_in_use && names_fit(field))
        return names_of(names_in_use, text_visible(arena, text, length, false));
    if (field && field->kind == KIND_ONE) {
        const char *word = label_word(arena, text, length);
        return text_visible(arena, word, strlen(word), false);
    }
    char *shown = (char *)(uintptr_t)text_visible(arena, text, length, field && field->has_lines);
    if (field && field->kind == KIND_LOCAL && length > 10 && shown[10] == 'T')
        shown[10] = ' ';
    return shown;
}

static const char *show_minutes(struct arena *arena, int64_t minutes)
{
    if (minutes < 60 || minutes > 100000)
        return arena_print(arena, _("%" PRId64 " min"), minutes);
    if (minutes % 60 == 0)
        return arena_print(arena, _("%" PRId64 " h"), minutes / 60);
    return arena_print(arena, _("%" PRId64 " h %" PRId64 " min"), minutes / 60, minutes % 60);
}

/* ---- what is nested ---- */

static const char *write_json(struct arena *arena, struct cursor value)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    json_write(out, value, JSON_COMPACT);
    fclose(out);
    const char *copy = arena_copy(arena, text, size);
    free(text);
    return copy;
}

static const char *join_items(struct arena *arena, const struct field *field, struct cursor array,
                              enum style style)
{
    char *text = NULL;
    size_t size = 0;
    struct cursor items = array;
    uint32_t count = cell_items(array, &items);
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    for (uint32_t i = 0; i < count; i++) {
        fprintf(out, "%s%s",
                i == 0                 ? ""
                : style == STYLE_PLAIN ? ","
                                       : ", ",
                cell_text(arena, field, items, style));
        cursor_skip(&items);
    }
    fclose(out);
    const char *copy = arena_copy(arena, text, size);
    free(text);
    return copy;
}

/* A record inside a cell: its id where it has one, else its values in a row. */
static const char *show_map(struct arena *arena, const struct record *record, struct cursor map)
{
    struct cursor value;
    const char *text = "";
    uint32_t pairs = 0, length;
    const char *name;
    if (cell_find(map, "id", &value))
        return cell_text(arena, NULL, value, STYLE_TABLE);
    cursor_map(&map, &pairs);
    while (pairs-- && cursor_text(&map, &name, &length)) {
        const struct field *field = record ? field_find(record, name, length) : NULL;
        const char *shown = cell_text(arena, field, map, STYLE_TABLE);
        text = arena_print(arena, "%s%s%s", text, *text && *shown ? " " : "", shown);
        cursor_skip(&map);
    }
    return text;
}

const char *cell_text(struct arena *arena, const struct field *field, struct cursor value, enum style style)
{
    struct cursor start = value;
    const char *text;
    uint32_t length;
    int64_t number;
    bool is_true;
    if (cursor_text(&value, &text, &length))
        return style == STYLE_PLAIN ? text_visible(arena, text, length, false)
                                    : show_text(arena, field, text, length);
    if (cursor_integer(&value, &number))
        return style == STYLE_TABLE && field && field->kind == KIND_MINUTES
                   ? show_minutes(arena, number)
                   : arena_print(arena, "%" PRId64, number);
    if (cursor_bool(&value, &is_true))
        return style == STYLE_PLAIN ? (is_true ? "yes" : "no") : is_true ? _("yes") : _("no");
    if (style == STYLE_PLAIN && (cell_is_table(start) || cursor_map(&value, &length)))
        return write_json(arena, start);
    if (cursor_array(&value, &length))
        return join_items(arena, field, start, style);
    if (cursor_map(&value, &length))
        return show_map(arena, field ? field->record : NULL, start);
    return "";
}

const char *cell_text_at(struct arena *arena, const struct field *field, struct cursor map, const char *name,
                         enum style style)
{
    struct cursor value;
    return cell_find(map, name, &value) ? cell_text(arena, field, value, style) : "";
}

uint32_t cell_items_at(struct cursor map, const char *name, struct cursor *items)
{
    return cell_find(map, name, items) ? cell_items(*items, items) : 0;
}
