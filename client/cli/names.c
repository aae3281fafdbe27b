/* SPDX-License-Identifier: MIT */
#include "names.h"

#include "ask.h"
#include "cell.h"

#include <string.h>

/* MOST: beyond it looking up takes longer than reading; what comes later stays an id. */
enum { AT_ONCE = 1000, MOST = 3000 };

static size_t place_of(const struct names *names, const char *id)
{
    size_t place = 0;
    while (place < names->count && strcmp(names->ids[place], id) != 0)
        place++;
    return place;
}

size_t names_want(struct names *names, const char *id)
{
    size_t place = place_of(names, id);
    if (place < names->count)
        return place;
    if (names->count == names->size) {
        names->size = 2 * names->size + 32;
        const char **ids = arena_take(names->arena, names->size * sizeof *ids);
        const char **shown = arena_take(names->arena, names->size * sizeof *shown);
        if (names->count) {
            memcpy(ids, names->ids, names->count * sizeof *ids);
            memcpy(shown, names->shown, names->count * sizeof *shown);
        }
        names->ids = ids;
        names->shown = shown;
    }
    names->ids[place] = arena_copy(names->arena, id, strlen(id));
    names->shown[place] = NULL;
    names->count++;
    return place;
}

static void take_answer(struct names *names, const struct ask *ask)
{
    struct cursor items, id, name;
    for (uint32_t count = ask_items(ask, &items); count > 0; count--, cursor_skip(&items)) {
        if (!cell_find(items, "id", &id) || !cell_find(items, "name", &name))
            continue;
        size_t place = place_of(names, cell_text(names->arena, NULL, id, STYLE_PLAIN));
        if (place < names->count)
            names->shown[place] = cell_text(names->arena, NULL, name, STYLE_TABLE);
    }
}

/* What has no name is called by its id, and not asked for again: who follows events for days would ask for
 * more and more each time. */
static void settle_nameless(struct names *names, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!names->shown[i])
            names->shown[i] = names->ids[i];
}

/* Up to AT_ONCE ids that have no name yet, from place *next on, as a list. */
static const char *list_wanted(struct names *names, size_t *next)
{
    size_t length = 0, wanted = 0;
    for (size_t i = *next; i < names->count; i++)
        length += strlen(names->ids[i]) + 1;
    char *list = arena_take(names->arena, length + 1), *end = list;
    for (; *next < names->count && wanted < AT_ONCE; ++*next) {
        if (names->shown[*next])
            continue;
        if (wanted++)
            *end++ = ',';
        end = stpcpy(end, names->ids[*next]);
    }
    return list;
}

enum laug_status names_ask(struct names *names, struct service *service)
{
    enum laug_status status = LAUG_OK;
    for (size_t next = 0; next < names->count && status == LAUG_OK;) {
        size_t from = next;
        const char *ids = list_wanted(names, &next);
        struct ask ask = {
            .method = "service.names", .words = {"--ids", ids}
        };
        if (!*ids)
            return LAUG_OK;
        status = ask_all(service, &ask, 1, names->arena);
        if (status == LAUG_OK)
            take_answer(names, &ask);
        if (ask.has_answer)
            settle_nameless(names, from, next);
        ask_free(&ask, 1);
    }
    return status;
}

const char *names_of(const struct names *names, const char *id)
{
    size_t place = place_of(names, id);
    return place < names->count && names->shown[place] ? names->shown[place] : id;
}

/* ---- in answers ---- */

bool names_fit(const struct field *field)
{
    static const char *const plain[] = {
        "member", "new_member", "former", "from", "to", "members", "person"
    };
    if (field->kind != KIND_SLUG)
        return false;
    if (field->entity)
        return strcmp(field->entity, "person") == 0 && strcmp(field->name, "id") != 0 &&
               strcmp(field->name, "manager") != 0; /* among people one looks for ids */
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(field->name, plain[i]) == 0)
            return true;
    return false;
}

static void want_value(struct names *names, const struct field *field, struct cursor value)
{
    struct cursor items = value;
    const char *text;
    uint32_t length;
    uint32_t count = field->is_list ? cell_items(value, &items) : 1;
    for (; count > 0; count--, cursor_skip(&items)) {
        struct cursor at = items;
        if (field->record)
            names_want_all(names, field->record, items);
        else if (names_fit(field) && names->count < MOST && cursor_text(&at, &text, &length))
            names_want(names, arena_copy(names->arena, text, length));
    }
}

void names_want_all(struct names *names, const struct record *record, struct cursor answer)
{
    uint32_t pairs = 0, length;
    const char *name;
    cursor_map(&answer, &pairs);
    while (pairs-- && cursor_text(&answer, &name, &length)) {
        const struct field *field = field_find(record, name, length);
        if (field)
            want_value(names, field, answer);
        cursor_skip(&answer);
    }
}
