/* SPDX-License-Identifier: MIT */
#include "confirm.h"

#include "cell.h"
#include "describe.h"
#include "text.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { SAID_NO = 1 };

/* ---- a call as it would be typed ---- */

static const char *quoted(struct arena *arena, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,:/@+=%";
    if (*text && strspn(text, plain) == strlen(text))
        return text;
    const char *safe = "";
    for (const char *end;; text = end + 1) {
        end = strchrnul(text, '\'');
        safe = arena_print(arena, "%s%.*s%s", safe, (int)(end - text), text, *end ? "'\\''" : "");
        if (!*end)
            return arena_print(arena, "'%s'", safe);
    }
}

const char *confirm_command(struct arena *arena, const char *name, struct cursor params)
{
    const struct method *method = method_find(name, strlen(name));
    const struct field *bare = method ? describe_bare(method) : NULL;
    const char *line = arena_print(arena, "laug %s", describe_hyphened(arena, name));
    struct cursor value;
    if (bare && cell_find(params, bare->name, &value))
        line = arena_print(arena, "%s %s", line, quoted(arena, cell_text(arena, bare, value, STYLE_PLAIN)));
    for (size_t i = 0; method && i < method->params->fields_count; i++) {
        const struct field *field = &method->params->fields[i];
        if (field != bare && cell_find(params, field->name, &value))
            line = arena_print(arena, "%s --%s %s", line, describe_hyphened(arena, field->name),
                               quoted(arena, cell_text(arena, field, value, STYLE_PLAIN)));
    }
    return line;
}

/* ---- asking ---- */

/* Either language's yes is one, whatever the question was asked in. */
static bool is_yes(const char *answer)
{
    static const char *const yes[] = { "y", "yes", "j", "ja" };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcasecmp(answer, yes[i]) == 0)
            return true;
    return false;
}

int confirm(const struct options *options, const char *question, const char *refusal)
{
    char answer[64] = "";
    struct error error;
    if (options->is_yes)
        return 0;
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        fail(&error, INVALID, NULL, "%s", refusal);
        return service_refuse(NULL, &error);
    }
    /* translators: the answers that are offered, no being meant where nothing is typed */
    fprintf(stderr, "%s [%s] ", question, _("y/N"));
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin))
        answer[strcspn(answer, "\n")] = 0;
    if (is_yes(answer))
        return 0;
    fprintf(stderr, "%s\n", _("Nothing was done."));
    return SAID_NO;
}

/* ---- before what is final ---- */

/* The one that is named, as its own `show` tells of it; "" where it cannot tell. */
static const char *name_of(struct service *service, struct arena *arena, const char *name, const char *id)
{
    static const char *const names[] = { "name", "title", "project", "local" };
    const struct method *show = method_find(name, strlen(name));
    const struct field *bare = show ? describe_bare(show) : NULL;
    struct laug_reply reply = { 0 };
    struct cursor answer, value;
    const char *text = "";
    if (!bare)
        return "";
    void *params = arena_take(arena, show->params->size);
    *(const char **)field_add(bare, params, arena) = id;
    if (service_call(service, show, params, &reply, &answer) != LAUG_OK)
        return "";
    for (size_t i = 0; i < sizeof names / sizeof *names && !*text; i++)
        if (cell_find(answer, names[i], &value))
            text = cell_text(arena, NULL, value, STYLE_TABLE);
    laug_reply_free(&reply);
    return text;
}

static void tell_thing(struct service *service, struct arena *arena, const struct method *method,
                       const char *id)
{
    const char *show = arena_print(arena, "%.*s.show", (int)(strrchr(method->name, '.') - method->name),
                                   method->name);
    const char *name = name_of(service, arena, show, id);
    fprintf(stderr, *name ? "%s: %s\n" : "%s\n", text_visible(arena, id, strlen(id), false), name);
}

int confirm_final(struct service *service, const struct method *method, const void *params)
{
    struct arena arena = { 0 };
    const struct field *bare = describe_bare(method);
    const char *words = describe_hyphened(&arena, method->name);
    if (!service->options->is_yes && isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
        if (bare && field_count(bare, params))
            tell_thing(service, &arena, method, *(const char *const *)field_at(bare, params, 0));
        text_print(stderr, &arena, describe_brief(text_translate(method->help), &arena), 0, 80);
    }
    int status = confirm(
        service->options, _("This cannot be undone. Go on?"),
        arena_print(&arena,
                    _("laug %s cannot be undone, and nobody is here to be asked; add --yes if it is meant"),
                    words));
    arena_free(&arena);
    return status;
}
