/* SPDX-License-Identifier: MIT */
/* `laug` alone: what is mine, and with each part the command that answers it. */
#include "cell.h"
#include "commands.h"
#include "describe.h"
#include "json.h"
#include "print.h"
#include "service.h"
#include "text.h"
#include "words.h"

#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* A part is there when the catalogue has its method, which lists by person. */
struct part {
    const char *method, *heading, *answer;
    const char *columns[6];
    bool newest; /* of many, the last ones matter: what was said long ago is at the beginning */
};

enum { PARTS = 5, MOST_ROWS = 8 };

static void list_parts(struct part parts[static PARTS])
{
    const struct part all[PARTS] = {
        {.method = "turn.list",
         .heading = _("Your turns"),
         .answer = "laug turn offer ID",
         .columns = { "id", "local", "member", "state" }        },
        { .method = "turn.offers",
         .heading = _("Offers that wait for a yes"),
         .answer = "laug turn accept TURN",
         .columns = { "turn", "from", "to", "against", "until" }},
        { .method = "reminder.list",
         .heading = _("Your reminders"),
         .answer = "laug reminder done ID",
         .columns = { "id", "title", "state" },
         .newest = true },
        { .method = "absence.list",
         .heading = _("Your days away"),
         .answer = "laug absence remove ID",
         .columns = { "id", "from", "to" }                     },
        { .method = "sabbatical.list",
         .heading = _("Your sabbatical weeks"),
         .answer = "laug sabbatical withdraw ID",
         .columns = { "id", "from", "to", "state", "project" }                },
    };
    memcpy(parts, all, sizeof all);
}

struct home {
    struct service service;
    struct screen screen;
    struct arena arena;
    const char *person;
    int shown;
};

/* ---- one part ---- */

static void print_part(struct home *home, const struct part *part, const struct record *record,
                       struct cursor answer, struct cursor items)
{
    FILE *out = home->screen.out;
    uint32_t count;
    switch (home->service.options->style) {
    case STYLE_JSON:
        fprintf(out, ",\n  \"%s\": ", part->method);
        json_write(out, answer, 2);
        return;
    case STYLE_PLAIN:
        for (count = cell_items(items, &items); count > 0; count--, cursor_skip(&items))
            fprintf(out, "%s\t%s\n", part->method, cell_text(&home->arena, NULL, items, STYLE_PLAIN));
        return;
    case STYLE_TABLE: break;
    }
    struct table table = table_new(&home->arena, record, items, part->columns);
    table_add(&table, items);
    if (table.rows_count == 0)
        return;
    size_t hidden = table.rows_count > MOST_ROWS ? table.rows_count - MOST_ROWS : 0;
    table.rows += part->newest ? hidden : 0;
    table.rows_count -= hidden;
    fprintf(out, "%s%s%s%s   %s%s%s\n", home->shown++ ? "\n" : "", look_on(&home->screen, LOOK_HEADING),
            part->heading, look_off(&home->screen), look_on(&home->screen, LOOK_FAINT), part->answer,
            look_off(&home->screen));
    table_print(&table, &home->screen, 2);
    if (hidden)
        fprintf(out, "  %s%s%s\n", look_on(&home->screen, LOOK_FAINT),
                arena_print(&home->arena, _("and %zu more: laug %s --person %s"), hidden,
                            describe_hyphened(&home->arena, part->method), home->person),
                look_off(&home->screen));
}

/* A part that this person may not see, or that fails, is left out: the others are worth having. */
static void show_part(struct home *home, const struct part *part)
{
    const struct method *method = method_find(part->method, strlen(part->method));
    struct laug_reply reply = { 0 };
    struct cursor answer, items;
    struct error error;
    struct options options = *home->service.options;
    uint64_t given;
    if (!method || !field_find(method->params, "person", 6))
        return;
    const struct field *list = field_find(method->result, "items", 5);
    char *words[] = { (char *)(uintptr_t) "laug", (char *)(uintptr_t) "--person",
                      (char *)(uintptr_t)home->person, NULL };
    void *params = arena_take(&home->arena, method->params->size);
    if (!list || words_read(method, words + 1, 2, &options, params, &given, &home->arena, &error))
        return;
    if (service_call(&home->service, method, params, &reply, &answer) != LAUG_OK)
        return;
    if (cell_find(answer, "items", &items))
        print_part(home, part, list->record, answer, items);
    laug_reply_free(&reply);
}

/* ---- who am I ---- */

static int print_parts(struct home *home)
{
    struct part parts[PARTS];
    list_parts(parts);
    for (size_t i = 0; i < PARTS; i++)
        show_part(home, &parts[i]);
    if (home->shown == 0 && home->service.options->style == STYLE_TABLE)
        printf("%s\n", _("Nothing waits for you: no turns, no days away, no reminders."));
    return 0;
}

static void tell_stranger(struct home *home, bool has_roles)
{
    const struct passwd *user = getpwuid(getuid());
    const char *name = user ? user->pw_name : "?";
    if (has_roles)
        text_print(
            stdout, &home->arena,
            arena_print(
                &home->arena,
                _("You (%s) keep this service, and are nobody of the company here, so nothing is yours. "
                  "laug service status tells how it is; laug --help what there is."),
                name),
            0, home->screen.width);
    else
        text_print(
            stdout, &home->arena,
            arena_print(&home->arena,
                        _("The service does not know the user %s. An admin tells it who you are: laug person "
                          "change YOUR-ID --login %s"),
                        name, name),
            0, home->screen.width);
}

static int greet(struct home *home)
{
    const struct method *method = method_find("service.hello", 13);
    void *params = arena_take(&home->arena, method->params->size);
    struct laug_reply reply = { 0 };
    struct cursor answer, person, roles;
    enum style style = home->service.options->style;
    enum laug_status status = service_call(&home->service, method, params, &reply, &answer);
    if (status != LAUG_OK)
        return service_explain(&home->service, status, method);
    if (style == STYLE_JSON) {
        printf("{\n  \"service.hello\": ");
        json_write(stdout, answer, 2);
    }
    if (cell_find(answer, "person", &person)) {
        home->person = cell_text(&home->arena, NULL, person, STYLE_PLAIN);
        print_parts(home);
    } else if (style == STYLE_TABLE)
        tell_stranger(home, cell_find(answer, "roles", &roles) && cell_items(roles, &roles) > 0);
    if (style == STYLE_JSON)
        printf("\n}\n");
    laug_reply_free(&reply);
    return 0;
}

int command_home(const struct options *options)
{
    struct home home = { .service = service_open(options), .screen = screen_of(stdout) };
    int status = greet(&home);
    service_close(&home.service);
    arena_free(&home.arena);
    return status;
}
