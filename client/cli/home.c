/* SPDX-License-Identifier: MIT */
/* `laug` alone: what is mine, on one screen. */
#include "ask.h"
#include "cell.h"
#include "commands.h"
#include "print.h"
#include "service.h"
#include "text.h"

#include <pwd.h>
#include <unistd.h>

struct home {
    struct service service;
    struct arena arena;
};

/* ---- nobody of the company ---- */

static const char *user_name(void)
{
    const struct passwd *user = getpwuid(getuid());
    return user ? user->pw_name : "?";
}

/* A script gets no answer: it is told so. */
static int tell(struct home *home, const char *text)
{
    bool is_script = home->service.options->style != STYLE_TABLE;
    FILE *out = is_script ? stderr : stdout;
    text_print(out, &home->arena, text, 0, screen_of(out).width);
    return is_script ? code_exit_status(FORBIDDEN) : 0;
}

static int tell_keeper(struct home *home)
{
    return tell(home, arena_print(&home->arena,
                                  _("You (%s) keep this service, and are nobody of the company here, so "
                                    "nothing is yours. laug service status tells how it is; laug week what "
                                    "the company does; laug --help what there is."),
                                  user_name()));
}

static int tell_stranger(struct home *home)
{
    return tell(home, arena_print(&home->arena,
                                  _("The service does not know the user %s. An admin tells it who you are: "
                                    "laug person change YOUR-ID --login %s"),
                                  user_name(), user_name()));
}

/* Who is nobody cannot be meant; who is not known may not even ask. */
static int explain_no(struct home *home)
{
    enum code code = code_from_word(laug_error(home->service.laug)->code);
    struct ask hello = { .method = "service.hello" };
    struct cursor roles;
    if (code == INVALID)
        return tell_keeper(home);
    bool is_stranger = ask_all(&home->service, &hello, 1, &home->arena) == LAUG_OK && hello.has_answer &&
                       !(cell_find(hello.answer, "roles", &roles) && cell_items(roles, &roles));
    ask_free(&hello, 1);
    return is_stranger ? tell_stranger(home)
                       : service_explain(&home->service, LAUG_REFUSED, method_find("mine.show", 9));
}

/* ---- somebody ---- */

static void show(const struct home *home, struct cursor answer)
{
    struct printer printer;
    print_begin(&printer, method_find("mine.show", 9)->result, home->service.options->style);
    printer.view = view_find("mine.show");
    print_page(&printer, answer, false);
    print_end(&printer);
}

int command_home(const struct options *options)
{
    struct home home = { .service = service_open(options) };
    struct ask mine = { .method = "mine.show" };
    enum laug_status status = ask_all(&home.service, &mine, 1, &home.arena);
    int result = 0;
    if (status != LAUG_OK)
        result = service_explain(&home.service, status, method_find("mine.show", 9));
    else if (mine.has_answer)
        show(&home, mine.answer);
    else
        result = explain_no(&home);
    ask_free(&mine, 1);
    service_close(&home.service);
    arena_free(&home.arena);
    return result;
}
