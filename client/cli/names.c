/* SPDX-License-Identifier: MIT */
#include "names.h"

#include "ask.h"
#include "cell.h"

#include <string.h>

enum { AT_ONCE = 1000 };

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
        const char *ids = list_wanted(names, &next);
        struct ask ask = {
            .method = "service.names", .words = {"--ids", ids}
        };
        if (!*ids)
            return LAUG_OK;
        status = ask_all(service, &ask, 1, names->arena);
        if (status == LAUG_OK)
            take_answer(names, &ask);
        ask_free(&ask, 1);
    }
    return status;
}

const char *names_at(const struct names *names, size_t place)
{
    return names->shown[place] ? names->shown[place] : names->ids[place];
}

const char *names_of(const struct names *names, const char *id)
{
    size_t place = place_of(names, id);
    return place < names->count ? names_at(names, place) : id;
}
