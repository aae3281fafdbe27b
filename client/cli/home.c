/* SPDX-License-Identifier: MIT */
/* `laug` alone: what is mine, on one screen. */
#include "cell.h"
#include "commands.h"
#include "print.h"
#include "service.h"
#include "text.h"
#include "words.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

struct home {
    struct service service;
    struct arena arena;
};

/* A method with no parameters, or with the person as the only one. */
static enum laug_status call(struct home *home, const char *name, const char *person,
                             struct laug_reply *reply, struct cursor *answer)
{
    const struct method *method = method_find(name, strlen(name));
    void *params = arena_take(&home->arena, method->params->size);
    struct options options = *home->service.options;
    struct line line = { .method = method, .params = params, .options = &options, .arena = &home->arena };
    struct error error;
    char *words[] = { (char *)(uintptr_t) "laug", (char *)(uintptr_t)person, NULL };
    if (words_read(&line, words + 1, person != NULL, &error) || words_settle(&line, NULL, &error))
        return LAUG_MISUSE;
    return service_call(&home->service, method, params, reply, answer);
}

/* ---- nobody of the company ---- */

/* A script gets no answer: it is told so. */
static int tell_stranger(struct home *home, bool has_roles)
{
    bool is_script = home->service.options->style != STYLE_TABLE;
    FILE *out = is_script ? stderr : stdout;
    const struct passwd *user = getpwuid(getuid());
    const char *name = user ? user->pw_name : "?", *text;
    if (has_roles)
        text = arena_print(
            &home->arena,
            _("You (%s) keep this service, and are nobody of the company here, so nothing is yours. "
              "laug service status tells how it is; laug week what the company does; laug --help what there "
              "is."),
            name);
    else
        text = arena_print(
            &home->arena,
            _("The service does not know the user %s. An admin tells it who you are: laug person "
              "change YOUR-ID --login %s"),
            name, name);
    text_print(out, &home->arena, text, 0, screen_of(out).width);
    return is_script ? code_exit_status(FORBIDDEN) : 0;
}

/* ---- somebody ---- */

static int show(struct home *home, const char *person)
{
    struct laug_reply reply = { 0 };
    struct cursor answer;
    struct printer printer;
    const struct method *method = method_find("mine.show", 9);
    enum laug_status status = call(home, "mine.show", person, &reply, &answer);
    if (status != LAUG_OK)
        return service_explain(&home->service, status, method);
    print_begin(&printer, method->result, home->service.options->style);
    printer.view = view_find(method->name);
    print_page(&printer, answer, false);
    print_end(&printer);
    laug_reply_free(&reply);
    return 0;
}

static int greet(struct home *home)
{
    struct laug_reply reply = { 0 };
    struct cursor answer, person, roles;
    int result = 0;
    enum laug_status status = call(home, "service.hello", NULL, &reply, &answer);
    if (status != LAUG_OK)
        return service_explain(&home->service, status, method_find("service.hello", 13));
    if (cell_find(answer, "person", &person))
        result = show(home, cell_text(&home->arena, NULL, person, STYLE_PLAIN));
    else
        result = tell_stranger(home, cell_find(answer, "roles", &roles) && cell_items(roles, &roles) > 0);
    laug_reply_free(&reply);
    return result;
}

int command_home(const struct options *options)
{
    struct home home = { .service = service_open(options) };
    int status = greet(&home);
    service_close(&home.service);
    arena_free(&home.arena);
    return status;
}
