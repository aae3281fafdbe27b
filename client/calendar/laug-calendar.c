/* SPDX-License-Identifier: MIT */
/*
 * laug-calendar: what `laug calendar` starts. It writes calendars as iCalendar files, with the rights of
 * whoever called it, and talks to the service as any other client does.
 */
#include "agenda.h"
#include "catalogue.h"
#include "home.h"
#include "language.h"
#include "pack.h"
#include "when.h"

#include <getopt.h>
#include <laug.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COURIER_SETTINGS "/etc/laug/courier.conf"

struct options {
    const char *socket, *from, *until, *domain;
    const char *of;    /* "person", "team", "rotation"; NULL: mine */
    const char *whose; /* its id */
    const char *path;
    bool is_all, follows;
};

static void print_help(FILE *out)
{
    fputs(_("laug calendar [--person PERSON | --team TEAM | --rotation ROTATION | --all]\n"
            "              [--from DAY] [--until DAY] [--out FILE [--follow]] [--domain DOMAIN]\n"
            "\n"
            "Writes a calendar as an iCalendar file, which Outlook, Google Calendar, Thunderbird and most "
            "others "
            "read:\n"
            "published turns and approved sabbaticals; yours where nobody is named.\n"
            "\n"
            "  --person PERSON       theirs, with the turns of their teams\n"
            "  --team TEAM           a team's turns, and those and the sabbaticals of its people\n"
            "  --rotation ROTATION   one rotation's turns\n"
            "  --all                 everybody's\n"
            "  --from DAY            the first day; 90 days ago where this is left out\n"
            "  --until DAY           the last day; as far as is promised where this is left out\n"
            "  --out FILE            write to a file, and not to standard output; never half of it\n"
            "  --follow              keep the file up to date until told to end: a web server makes a feed "
            "of it\n"
            "  --domain DOMAIN       what stands behind the @ in the entries' ids; the courier's where this "
            "is left "
            "out\n"
            "  --socket PATH         where the service listens\n"
            "\n"
            "laug calendar list shows the same in the terminal.\n"
            "\n"
            "For example: laug calendar --team quality --out quality.ics\n"),
          out);
}

static int refuse(const struct error *error)
{
    fprintf(stderr, "laug calendar: %s%s%s\n", error->field, *error->field ? ": " : "", error->text);
    return code_exit_status(error->code);
}

static void tell(const struct error *error)
{
    refuse(error);
    fflush(stderr);
}

/* ---- words ---- */

enum option_name { PERSON = 256, TEAM, ROTATION, ALL, FROM, UNTIL, OUT, FOLLOW, DOMAIN, SOCKET, HELP };

static const struct option long_options[] = {
    {"person",    required_argument, NULL, PERSON  },
    { "team",     required_argument, NULL, TEAM    },
    { "rotation", required_argument, NULL, ROTATION},
    { "all",      no_argument,       NULL, ALL     },
    { "from",     required_argument, NULL, FROM    },
    { "until",    required_argument, NULL, UNTIL   },
    { "out",      required_argument, NULL, OUT     },
    { "follow",   no_argument,       NULL, FOLLOW  },
    { "domain",   required_argument, NULL, DOMAIN  },
    { "socket",   required_argument, NULL, SOCKET  },
    { "help",     no_argument,       NULL, HELP    },
    { NULL,       0,                 NULL, 0       },
};

static enum code take_whose(struct options *options, const char *of, const char *whose, struct error *error)
{
    if (options->of || options->is_all)
        return fail(error, INVALID, of,
                    _("one calendar at a time: a person's, a team's, a rotation's, or all"));
    options->of = of;
    options->whose = whose;
    if (whose && !slug_is_valid(whose))
        return fail(error, INVALID, of, _("\"%s\" is no id; laug %s list shows them"), whose, of);
    options->is_all = !whose;
    return OK;
}

static enum code take_option(struct options *options, int option, const char *word, struct error *error)
{
    switch (option) {
    case PERSON: return take_whose(options, "person", optarg, error);
    case TEAM: return take_whose(options, "team", optarg, error);
    case ROTATION: return take_whose(options, "rotation", optarg, error);
    case ALL: return take_whose(options, "all", NULL, error);
    case FROM: options->from = optarg; return OK;
    case UNTIL: options->until = optarg; return OK;
    case OUT: options->path = optarg; return OK;
    case FOLLOW: options->follows = true; return OK;
    case SOCKET: options->socket = optarg; return OK;
    case DOMAIN: options->domain = optarg; return OK;
    case ':': return fail(error, INVALID, NULL, _("%s needs a value"), word);
    default:
        return fail(error, INVALID, NULL, _("there is no option %s here; laug calendar --help lists them"),
                    word);
    }
}

static enum code check_together(int count, char **words, const struct options *options, struct error *error)
{
    if (optind < count)
        return fail(error, INVALID, NULL, _("\"%s\" is one word too many; see laug calendar --help"),
                    words[optind]);
    if (options->follows && !options->path)
        return fail(error, INVALID, "follow", _("name the file to keep up to date: --out FILE"));
    if (options->domain && !home_is_domain(options->domain))
        return fail(error, INVALID, "domain", _("\"%s\" is no name of a domain"), options->domain);
    return OK;
}

/* OK; or *is_over where there is nothing left to do. */
static enum code take_options(int count, char **words, struct options *options, bool *is_over,
                              struct error *error)
{
    enum code code = OK;
    for (int option; code == OK && (option = getopt_long(count, words, ":h", long_options, NULL)) != -1;) {
        if (option == HELP || option == 'h') {
            print_help(stdout);
            *is_over = true;
            return OK;
        }
        code = take_option(options, option, words[optind - 1], error);
    }
    return code ? code : check_together(count, words, options, error);
}

/* ---- days ---- */

/* The service's time: what people type about days is about its clock. */
static enum code ask_now(struct laug *laug, struct when_now *now, struct arena *arena, struct error *error)
{
    struct laug_reply reply = { 0 };
    struct clock_now_result result = { 0 };
    if (laug_call(laug, "clock.now", NULL, 0, &reply) != LAUG_OK)
        return fail(error, code_from_word(laug_error(laug)->code), laug_error(laug)->field, "%s",
                    laug_error(laug)->text);
    enum code code = record_unpack(&record_clock_now_result, (struct packed){ reply.bytes, reply.length },
                                   &result, NULL, arena, error);
    laug_reply_free(&reply);
    *now = (struct when_now){ .at = result.at, .local = result.local };
    return code;
}

/* A day as `calendar.list` would take it on the command line; nothing where none was typed. */
static enum code read_day(struct laug *laug, const char *name, const char *text, const int32_t **day,
                          struct arena *arena, struct error *error)
{
    const struct field *field = field_find(&record_calendar_list_params, name, strlen(name));
    struct when when = { 0 };
    struct when_now now;
    struct when_place place;
    if (!text)
        return OK;
    enum code code = when_read(field, text, strlen(text), &when, arena, error);
    if (code == OK && when_needs_now(&when))
        code = ask_now(laug, &now, arena, error);
    if (code == OK)
        code = when_settle(field, &when, when_needs_now(&when) ? &now : NULL, &place, arena, error);
    if (code != OK)
        return code;
    int32_t *kept = arena_take(arena, sizeof *kept);
    *kept = place.day;
    *day = kept;
    return OK;
}

/* ---- the whole ---- */

/* The titles of entries are in the language of the connection. */
static bool greet(struct laug *laug)
{
    msgpack_sbuffer params;
    msgpack_packer packer;
    msgpack_sbuffer_init(&params);
    msgpack_packer_init(&packer, &params, msgpack_sbuffer_write);
    pack_greeting(&packer, language_in_use());
    bool is_set = laug_set_greeting(laug, "service.hello", params.data, params.size) == LAUG_OK;
    msgpack_sbuffer_destroy(&params);
    return is_set;
}

static enum code run(const struct options *options, struct agenda *agenda, struct arena *arena,
                     struct error *error)
{
    struct listing_scope *scope = &agenda->scope;
    const char **whose = !options->whose                      ? NULL
                         : strcmp(options->of, "person") == 0 ? &scope->person
                         : strcmp(options->of, "team") == 0   ? &scope->team
                                                              : &scope->rotation;
    if (whose)
        *whose = options->whose;
    agenda->is_mine = !options->of;
    agenda->says_from = options->from != NULL;
    enum code code = read_day(agenda->laug, "from", options->from, &scope->from, arena, error);
    if (code == OK)
        code = read_day(agenda->laug, "until", options->until, &scope->until, arena, error);
    if (code != OK)
        return code;
    return options->follows ? agenda_follow(agenda, tell, error) : agenda_write(agenda, error);
}

int main(int count, char **words)
{
    struct options options = { .path = NULL };
    struct arena arena = { 0 };
    struct error error;
    struct home home;
    bool is_over = false;
    enum language language = language_of_environment(); /* before language_load, which writes to it */
    language_load();
    language_use(language);
    if (take_options(count, words, &options, &is_over, &error) != OK)
        return refuse(&error);
    if (is_over)
        return 0;
    struct agenda agenda = { .laug = laug_new(options.socket), .path = options.path };
    if (!agenda.laug || !greet(agenda.laug))
        abort();
    home_find(&home, COURIER_SETTINGS, options.domain);
    agenda.calendar = (struct icalendar){
        .method = ICALENDAR_PUBLISH,
        .domain = home.domain,
        .name = options.whose ? arena_print(&arena, "Laug: %s", options.whose) : "Laug",
        .organizer = {"Laug", home.address}
    };
    enum code code = run(&options, &agenda, &arena, &error);
    agenda_free(&agenda);
    home_free(&home);
    arena_free(&arena);
    laug_free(agenda.laug);
    return code ? refuse(&error) : 0;
}
