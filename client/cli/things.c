/* SPDX-License-Identifier: MIT */
#include "things.h"

#include "cell.h"
#include "suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *things_of(const struct method *method, const struct field *field)
{
    if (field->entity || field->kind != KIND_SLUG)
        return field->entity;
    size_t length = strcspn(method->name, ".");
    for (const struct entity *entity = entities; entity->name; entity++) {
        bool is_own = strcmp(field->name, "id") == 0 && strlen(entity->name) == length &&
                      strncmp(entity->name, method->name, length) == 0 && !strstr(method->name, ".add");
        if (is_own || strcmp(entity->name, field->name) == 0)
            return entity->name;
    }
    return NULL;
}

/* ---- listing ---- */

static struct thing thing_at(struct arena *arena, struct cursor item)
{
    struct cursor id, name;
    struct thing thing = { .name = "" };
    bool has_name = cell_find(item, "name", &name) || cell_find(item, "title", &name) ||
                    cell_find(item, "local", &name) || cell_find(item, "person", &name);
    if (cell_find(item, "id", &id))
        thing.id = cell_text(arena, NULL, id, STYLE_PLAIN);
    if (has_name)
        thing.name = cell_text(arena, NULL, name, STYLE_PLAIN);
    return thing;
}

static size_t read_things(struct cursor answer, struct arena *arena, const struct thing **things)
{
    struct cursor items;
    uint32_t count = cell_find(answer, "items", &items) ? cell_items(items, &items) : 0;
    struct thing *found = arena_take(arena, (count + 1) * sizeof *found);
    size_t known = 0;
    for (; count > 0; count--, cursor_skip(&items)) {
        found[known] = thing_at(arena, items);
        known += found[known].id != NULL;
    }
    *things = found;
    return known;
}

size_t things_list(struct service *service, const char *entity, struct arena *arena,
                   const struct thing **things)
{
    char *name = arena_print(arena, "%s.list", entity); /* of reminder_rule reminder.rule.list */
    for (char *c = name; *c; c++)
        *c = *c == '_' ? '.' : *c;
    const struct method *method = method_find(name, strlen(name));
    struct laug_reply reply = { 0 };
    struct cursor answer;
    struct error error;
    size_t count = 0;
    if (!method)
        return 0;
    void *params = arena_take(arena, method->params->size);
    const struct field *limit = field_find(method->params, "limit", 5);
    if (record_complete(method->params, 0, params, &error))
        return 0; /* its list takes more than nothing */
    if (limit && limit->kind == KIND_INTEGER)
        *(int64_t *)field_add(limit, params, arena) = limit->max;
    if (service_call(service, method, params, &reply, &answer) == LAUG_OK) {
        count = read_things(answer, arena, things);
        laug_reply_free(&reply);
    }
    return count;
}

/* ---- names ---- */

/* Small letters, as far as names are compared: ASCII, and æ ø å. */
static char *small(struct arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text, strlen(text));
    for (char *c = copy; *c; c++) {
        bool is_danish = c[0] == '\xC3' && (c[1] == '\x86' || c[1] == '\x98' || c[1] == '\x85');
        if (is_danish)
            c[1] = (char)(c[1] + 0x20);
        *c = (char)tolower((unsigned char)*c);
    }
    return copy;
}

bool things_begin(struct arena *arena, const char *name, const char *typed)
{
    const char *known = small(arena, name), *part = small(arena, typed);
    for (const char *at = strstr(known, part); *part && at; at = strstr(at + 1, part))
        if (at == known || at[-1] == ' ' || at[-1] == '-')
            return true;
    return false;
}

/* ---- which one was meant ---- */

static const struct thing *find_nearest(struct arena *arena, const struct thing *things, size_t count,
                                        const char *typed)
{
    const char **ids = arena_take(arena, (count + 1) * sizeof *ids);
    const struct thing *named = NULL;
    for (size_t i = 0; i < count; i++)
        ids[i] = things[i].id;
    const char *nearest = suggest(typed, ids, count);
    for (size_t i = 0; i < count; i++) {
        if (nearest && strcmp(things[i].id, nearest) == 0)
            return &things[i];
        if (things_begin(arena, things[i].name, typed))
            named = named ? &things[count] : &things[i]; /* of several none is the one */
    }
    return named == &things[count] ? NULL : named;
}

static const char *typed_id(const struct method *method, const void *params, const char *name,
                            const struct field **field)
{
    if (strncmp(name, "calls[0].", 9) == 0) /* a change that is only tried */
        name += 9;
    *field = field_find(method->params, name, strlen(name));
    bool is_one = *field && (*field)->kind == KIND_SLUG && field_count(*field, params) == 1;
    return is_one ? *(const char *const *)field_at(*field, params, 0) : NULL;
}

void things_hint(struct service *service, const struct method *method, const void *params, const char *name)
{
    struct arena arena = { 0 };
    const struct field *field;
    const struct thing *things, *nearest = NULL;
    const char *typed = typed_id(method, params, name, &field);
    const char *entity = typed ? things_of(method, field) : NULL;
    size_t count = entity ? things_list(service, entity, &arena, &things) : 0;
    if (count)
        nearest = find_nearest(&arena, things, count, typed);
    if (nearest && *nearest->name)
        fprintf(stderr, "      %s\n",
                arena_print(&arena, _("Did you mean %s (%s)?"), nearest->id, nearest->name));
    else if (nearest)
        fprintf(stderr, "      %s\n", arena_print(&arena, _("Did you mean %s?"), nearest->id));
    arena_free(&arena);
}
