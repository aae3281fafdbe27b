/* SPDX-License-Identifier: MIT */
/* `laug undo`: shows one's own last act that can be undone, asks, and undoes it. */
#include "cell.h"
#include "commands.h"
#include "confirm.h"
#include "print.h"

#include <stdlib.h>
#include <string.h>

enum { LIST = 1, ACTS_SHOWN = 20 };

struct undoing {
    struct service service;
    struct arena arena;
    int64_t act; /* 0: the last */
    bool lists;
};

/* ---- the words ---- */

static bool read_act(struct undoing *undoing, const char *word)
{
    char *end;
    undoing->act = strtoll(word, &end, 10);
    return *word && !*end && undoing->act > 0;
}

static bool read_words(struct undoing *undoing, char **words, int count, struct options *options)
{
    struct option table[32] = {
        {"list", no_argument, NULL, LIST}
    };
    int option;
    for (size_t i = 0; global_options[i].name && i + 2 < sizeof table / sizeof *table; i++)
        table[i + 1] = global_options[i];
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(count + 1, words - 1, "", table, NULL)) != -1)
        if (option == LIST)
            undoing->lists = true;
        else if (!options_take(options, option, optarg))
            return false;
    int rest = count + 1 - optind;
    return rest == 0 || (rest == 1 && !undoing->lists && read_act(undoing, words[optind - 1]));
}

/* ---- showing ---- */

/* "12  absence add bo, 14:02", and under it what would undo it. */
static void tell(struct undoing *undoing, FILE *out, struct cursor item)
{
    struct arena *arena = &undoing->arena;
    struct cursor calls, params;
    const struct record *record = method_find("service.undo", 12)->result;
    const char *act = cell_text_at(arena, NULL, item, "act", STYLE_TABLE);
    const char *words = cell_text_at(arena, NULL, item, "method", STYLE_TABLE);
    const char *about = cell_text_at(arena, NULL, item, "about", STYLE_TABLE);
    const char *at = cell_text_at(arena, field_find(record, "at", 2), item, "at", STYLE_TABLE);
    char *verb = arena_copy(arena, words, strlen(words));
    for (char *c = verb; *c; c++)
        *c = *c == '.' ? ' ' : *c == '_' ? '-' : *c;
    fprintf(out, "%s  %s%s%s  (%s)\n", act, verb, *about ? " " : "", about, at);
    for (uint32_t count = cell_items_at(item, "calls", &calls); count > 0; count--, cursor_skip(&calls)) {
        const char *method = cell_text_at(arena, NULL, calls, "method", STYLE_PLAIN);
        if (cell_find(calls, "params", &params))
            fprintf(out, "    %s\n", confirm_command(arena, method, params));
    }
}

static int list(struct undoing *undoing, struct cursor items)
{
    uint32_t count = cell_items(items, &items);
    if (count == 0)
        printf("%s\n", _("You have done nothing in the last 24 hours that could be undone."));
    for (; count > 0; count--, cursor_skip(&items))
        tell(undoing, stdout, items);
    return 0;
}

/* The one that is meant: the first, or that of the number. */
static bool find_act(struct undoing *undoing, struct cursor *items)
{
    struct cursor number;
    int64_t act;
    for (uint32_t count = cell_items(*items, items); count > 0; count--, cursor_skip(items)) {
        if (!cell_find(*items, "act", &number) || !cursor_integer(&number, &act))
            continue;
        if (undoing->act && act != undoing->act)
            continue;
        undoing->act = act;
        return true;
    }
    return false;
}

/* ---- undoing ---- */

static int refuse(bool has_number)
{
    struct error error;
    fail(&error, NOT_FOUND, NULL,
         has_number ? _("you have done nothing under this number that could be undone; laug undo --list "
                        "shows what could")
                    : _("you have done nothing in the last 24 hours that could be undone"));
    return service_refuse(NULL, &error);
}

static int undo(struct undoing *undoing)
{
    const struct method *method = method_find("service.undo", 12);
    const struct field *act = field_find(method->params, "act", 3);
    void *params = arena_take(&undoing->arena, method->params->size);
    struct laug_reply reply = { 0 };
    struct cursor answer;
    *(int64_t *)field_add(act, params, &undoing->arena) = undoing->act;
    enum laug_status status = service_call(&undoing->service, method, params, &reply, &answer);
    if (status != LAUG_OK)
        return service_explain(&undoing->service, status, method);
    if (undoing->service.options->style == STYLE_TABLE)
        printf("%s\n", _("Undone."));
    else {
        struct printer printer;
        print_begin(&printer, method->result, undoing->service.options->style);
        print_page(&printer, answer, false);
        print_end(&printer);
    }
    laug_reply_free(&reply);
    return 0;
}

static int show_and_undo(struct undoing *undoing, struct cursor items)
{
    bool has_number = undoing->act > 0;
    if (!find_act(undoing, &items))
        return refuse(has_number);
    tell(undoing, stderr, items);
    int status = confirm(undoing->service.options, _("Undo this?"),
                         _("nobody is here to be asked; laug undo --yes undoes what is shown above"));
    return status ? status : undo(undoing);
}

static int run(struct undoing *undoing)
{
    const struct method *method = method_find("service.undoable", 16);
    void *params = arena_take(&undoing->arena, method->params->size);
    const struct field *limit = field_find(method->params, "limit", 5);
    struct laug_reply reply = { 0 };
    struct cursor answer, items;
    *(int64_t *)field_add(limit, params, &undoing->arena) = undoing->act ? limit->max : ACTS_SHOWN;
    enum laug_status status = service_call(&undoing->service, method, params, &reply, &answer);
    if (status != LAUG_OK)
        return service_explain(&undoing->service, status, method);
    int done = !cell_find(answer, "items", &items) ? 0
               : undoing->lists                    ? list(undoing, items)
                                                   : show_and_undo(undoing, items);
    laug_reply_free(&reply);
    return done;
}

static int print_help(void)
{
    printf("%s\n\n%s laug undo [%s] [--yes]\n       laug undo --list\n\n%s\n",
           _("Undo what you did last. It is shown first, and you are asked."), _("Usage:"), "NUMBER",
           _("--list shows all that you did in the last 24 hours and can undo, each with its number."));
    return 0;
}

int command_undo(char **words, int count, struct options *options)
{
    struct undoing undoing = { .act = 0 };
    struct error error;
    if (!read_words(&undoing, words, count, options)) {
        fail(&error, INVALID, NULL, "%s", _("write: laug undo [NUMBER] [--yes], or laug undo --list"));
        return service_refuse(NULL, &error);
    }
    if (options->wants_help)
        return print_help();
    undoing.service = service_open(options);
    int status = run(&undoing);
    service_close(&undoing.service);
    arena_free(&undoing.arena);
    return status;
}
