/* SPDX-License-Identifier: MIT */
/*
 * laug-import: what `laug import` starts. It parses files with the rights of whoever called it, and talks to
 * the service as any other client does.
 */
#include "error.h"
#include "import.h"
#include "language.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

static void print_help(FILE *out)
{
    fputs(_("laug import people FILE.csv [--with-teams[=TEAMS.csv]]\n"
            "laug import teams FILE.csv\n"
            "laug import absences FILE.csv\n"
            "laug import holidays FILE.ics [--replace]\n"
            "\n"
            "Takes what a file says into the company. Nothing is taken unless all of it is good; what is "
            "there already is\n"
            "left alone, so a file can be imported again; nobody is ever removed. FILE may be - for what "
            "comes in.\n"
            "\n"
            "  --dry-run             only show the difference: + added, ~ changed, field by field\n"
            "  --keep-going          take the good rows even where others are refused\n"
            "  --map COLUMN=FIELD    this column fills that field; COLUMN= leaves it out. May be said "
            "several times\n"
            "  --dates=ORDER         day-first or month-first, where 03-04-2027 could be either\n"
            "  --with-teams[=FILE]   people: add the teams they name that are not there, or those of a file\n"
            "  --replace             holidays: forget those from the file's first day on that it does not "
            "name\n"
            "  --socket=PATH         where the service listens\n"
            "\n"
            "Columns are known by their heads: id name email login team teams manager title hired_on left_on "
            "language;\n"
            "id name lead; person from to; and many common words for them, such as employee_id, department, "
            "manager_id.\n"
            "CSV is UTF-8 with commas, semicolons or tabs. left_on is the first day no longer here.\n"
            "\n"
            "For example: laug import people staff.csv --dry-run --map \"Employee no=id\"\n"),
          out);
}

static int usage(const char *text, const char *what)
{
    fprintf(stderr, "laug import: ");
    fprintf(stderr, text, what); /* one of the few formats below, with one %s */
    fprintf(stderr, "\n");
    return EXIT_USAGE;
}

/* COLUMN=FIELD, parted at the last equals sign: a field has none. */
static bool take_map(struct options *options, char *text)
{
    char *equals = strrchr(text, '=');
    if (!equals || equals == text || options->maps_count == MAPS_MOST)
        return false;
    *equals = 0;
    options->maps[options->maps_count++] = (struct heads_map){ .head = text, .field = equals + 1 };
    return true;
}

static bool take_dates(struct options *options, const char *order)
{
    options->dates = strcmp(order, "day-first") == 0     ? DATES_SAY_DAY_FIRST
                     : strcmp(order, "month-first") == 0 ? DATES_SAY_MONTH_FIRST
                                                         : DATES_ASK;
    return options->dates != DATES_ASK;
}

enum option_name { DRY_RUN = 256, KEEP_GOING, MAP, DATES, WITH_TEAMS, REPLACE, SOCKET, HELP };

static const struct option long_options[] = {
    {"dry-run",     no_argument,       NULL, DRY_RUN   },
    { "keep-going", no_argument,       NULL, KEEP_GOING},
    { "map",        required_argument, NULL, MAP       },
    { "dates",      required_argument, NULL, DATES     },
    { "with-teams", optional_argument, NULL, WITH_TEAMS},
    { "replace",    no_argument,       NULL, REPLACE   },
    { "socket",     required_argument, NULL, SOCKET    },
    { "help",       no_argument,       NULL, HELP      },
    { NULL,         0,                 NULL, 0         },
};

/* What to exit with; -1 where the import can begin. */
static int take_options(int count, char **words, struct options *options)
{
    for (int option; (option = getopt_long(count, words, ":h", long_options, NULL)) != -1;) {
        switch (option) {
        case DRY_RUN: options->is_dry_run = true; break;
        case KEEP_GOING: options->keeps_going = true; break;
        case REPLACE: options->replaces = true; break;
        case SOCKET: options->socket = optarg; break;
        case WITH_TEAMS:
            options->with_teams = true;
            options->teams_file = optarg;
            break;
        case MAP:
            if (!take_map(options, optarg))
                return usage(_("--map is written COLUMN=FIELD, not %s"), optarg);
            break;
        case DATES:
            if (!take_dates(options, optarg))
                return usage(_("--dates is day-first or month-first, not %s"), optarg);
            break;
        case 'h':
        case HELP: print_help(stdout); return 0;
        case ':': return usage(_("%s needs a value"), words[optind - 1]);
        default:
            return usage(_("there is no option %s here; laug import --help lists them"), words[optind - 1]);
        }
    }
    return -1;
}

int main(int count, char **words)
{
    static const char *const kinds[] = { "people", "teams", "absences", "holidays" };
    struct options options = { .what = NULL };
    enum language language = language_of_environment(); /* before language_load, which writes to it */
    language_load();
    language_use(language);
    int status = take_options(count, words, &options);
    if (status >= 0)
        return status;
    if (optind == count) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(words[optind], kinds[i]) == 0)
            options.what = kinds[i];
    if (!options.what)
        return usage(_("what is imported is people, teams, absences or holidays, not %s"), words[optind]);
    if (count - optind < 2)
        return usage(_("name the file: laug import %s FILE"), options.what);
    if (count - optind > 2)
        return usage(_("one file at a time; %s is one too many"), words[optind + 2]);
    options.file = words[optind + 1];
    return import_run(&options);
}
