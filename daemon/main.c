/* SPDX-License-Identifier: MIT */
/* laugd: reads its options and settings, opens the service, serves, closes it. */
#include "daemon.h"
#include "day.h"
#include "language.h"
#include "store.h"
#include "template.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exit statuses as sysexits.h numbers them. */
enum { EXIT_USAGE = 64, EXIT_NO_DATABASE = 66, EXIT_SOFTWARE = 70, EXIT_LOCKED = 75, EXIT_SETTINGS = 78 };

static const char help[] =
    "Usage: laugd [OPTION]...\n"
    "Serve a company's rotations, sabbatical weeks and reminders on a Unix socket.\n"
    "\n"
    "  --config FILE    settings; see --sample\n"
    "  --state DIR      folder of the database\n"
    "  --socket PATH    where to listen\n"
    "  --init           make an empty database if there is none\n"
    "  --clock TIME     hold the clock at a local time, such as 2027-01-04T08:00, for trials and tests\n"
    "  --check          check settings and templates, say what is wrong, and exit; with --init make the\n"
    "                   database too\n"
    "  --templates DIR  write the messages that are built in there, to make them a company's own\n"
    "  --sample         print a commented sample of all settings\n"
    "  --help           print this\n"
    "  --version        print the version\n"
    "\n"
    "Example: mkdir -p ~/laug && laugd --init --state ~/laug --socket ~/laug/laug.sock\n";

struct options {
    struct daemon_options daemon;
    const char *state, *socket;
    bool only_checks;
};

static int refuse(const char *text)
{
    fprintf(stderr, "laugd: %s\n", text);
    return EXIT_USAGE;
}

static int set_text(char *setting, size_t size, const char *value)
{
    if (strlen(value) >= size)
        return refuse("this path is too long");
    memcpy(setting, value, strlen(value) + 1);
    return 0;
}

static int write_templates(const char *folder)
{
    struct error error;
    if (templates_write(folder, &error) == OK)
        return EXIT_SUCCESS;
    fprintf(stderr, "laugd: %s\n", error.text);
    return EXIT_SOFTWARE;
}

/* 0: go on. Otherwise an exit status, with one added so that success too can end the program. */
static int read_option(int option, const char *value, struct options *options)
{
    switch (option) {
    case 'c': options->daemon.config_file = value; return 0;
    case 's': options->state = value; return 0;
    case 'k': options->socket = value; return 0;
    case 'i': options->daemon.init = true; return 0;
    case 'n': options->only_checks = true; return 0;
    case 't':
        options->daemon.holds_clock = true;
        return local_parse(value, strlen(value), &options->daemon.held_local)
                   ? 0
                   : refuse("--clock wants a local time, such as 2027-01-04T08:00") + 1;
    case 'm': return write_templates(value) + 1;
    case 'p': config_print_sample(stdout); return EXIT_SUCCESS + 1;
    case 'h': fputs(help, stdout); return EXIT_SUCCESS + 1;
    case 'v': puts("laugd " LAUG_VERSION); return EXIT_SUCCESS + 1;
    default: return refuse("see laugd --help") + 1;
    }
}

static int read_options(int count, char **words, struct options *options)
{
    static const struct option known[] = {
        {"config",     required_argument, NULL, 'c'},
        { "state",     required_argument, NULL, 's'},
        { "socket",    required_argument, NULL, 'k'},
        { "clock",     required_argument, NULL, 't'},
        { "init",      no_argument,       NULL, 'i'},
        { "check",     no_argument,       NULL, 'n'},
        { "templates", required_argument, NULL, 'm'},
        { "sample",    no_argument,       NULL, 'p'},
        { "help",      no_argument,       NULL, 'h'},
        { "version",   no_argument,       NULL, 'v'},
        { NULL,        0,                 NULL, 0  },
    };
    static char name[] = "laugd"; /* mistakes are told under this name, wherever the program lies */
    if (count > 0)
        words[0] = name;
    for (int option; (option = getopt_long(count, words, "", known, NULL)) != -1;) {
        int end = read_option(option, optarg, options);
        if (end)
            return end;
    }
    return optind < count ? refuse("only options are understood here: a file of settings is --config FILE; "
                                   "see laugd --help") +
                                1
                          : 0;
}

/* The file's settings, then the options over them. */
static int read_settings(struct options *options)
{
    struct config *config = &options->daemon.config;
    struct error error;
    config_default(config);
    if (options->daemon.config_file && config_read(config, options->daemon.config_file, &error) != OK) {
        fprintf(stderr, "laugd: %s\n", error.text);
        return EXIT_SETTINGS;
    }
    int status = options->state ? set_text(config->state, sizeof config->state, options->state) : 0;
    if (status == 0 && options->socket)
        status = set_text(config->socket, sizeof config->socket, options->socket);
    return status;
}

/* What systemd and a second admin need to tell apart. */
static int status_of(enum code code, const struct error *error)
{
    fprintf(stderr, "laugd: %s\n", error->text);
    switch (code) {
    case UNAVAILABLE: return EXIT_LOCKED;
    case CONFLICT:
    case INVALID: return EXIT_SETTINGS;
    case NOT_FOUND: return EXIT_NO_DATABASE;
    default: return EXIT_SOFTWARE;
    }
}

/* What a start would refuse of them. */
static int check_templates(const struct config *config)
{
    struct templates *templates = templates_new();
    struct error error;
    enum code code = templates_load(templates, config->templates, &error);
    templates_free(templates);
    return code ? status_of(code, &error) : 0;
}

/* For the first day: the database is made by a step of its own, and not by whatever start comes first. */
static enum code make_database(const struct config *config, struct error *error)
{
    struct store *store;
    enum code code = store_open(config->state, STORE_INIT, &store, error);
    if (code == OK)
        store_close(store);
    return code;
}

int main(int count, char **words)
{
    struct options options = { 0 };
    struct daemon *daemon;
    struct error error;
    language_load();
    int end = read_options(count, words, &options);
    if (end)
        return end - 1;
    int status = read_settings(&options);
    if (status == 0 && options.only_checks)
        status = check_templates(&options.daemon.config);
    if (status || (options.only_checks && !options.daemon.init))
        return status;
    enum code code = options.only_checks ? make_database(&options.daemon.config, &error)
                                         : daemon_open(&options.daemon, &daemon, &error);
    if (code)
        return status_of(code, &error);
    if (options.only_checks)
        return EXIT_SUCCESS;
    daemon_run(daemon);
    daemon_close(daemon);
    return EXIT_SUCCESS;
}
