/* SPDX-License-Identifier: MIT */
/*
 * The courier's settings. One table (settings.c) holds the name, default, range and help of each; the reader,
 * the checks and the sample file all come from it.
 */
#ifndef COURIER_SETTINGS_H
#define COURIER_SETTINGS_H

#include "signature.h"

#include <stdbool.h>
#include <stdio.h>

enum { CONNECTIONS_MAX = 64 };

enum security { SECURITY_STARTTLS, SECURITY_TLS, SECURITY_NONE };

/* [calendar NAME]: one that is kept on a CalDAV server. */
struct calendar_settings {
    struct calendar_settings *next;
    char *name;
    unsigned long given; /* a bit for each setting that was */
    char *url;
    char *user; /* NULL: no authentication */
    char *password_file;
    char *password;       /* read from the file; not a setting */
    char *authority_file; /* NULL: the system's certificate authorities */
    char *of;             /* "all", "team X" or "rotation X" */
    long language;        /* 0 English, 1 Danish */
    long minutes;         /* from one look at the server to the next, where nothing changes */
};

struct settings {
    char *socket; /* NULL: where liblaug looks */

    char *host;
    long port;            /* 0: by security: 587, 465 or 25 */
    long security;        /* enum security */
    char *authority_file; /* NULL: the system's certificate authorities */
    char *user;           /* NULL: no authentication */
    char *password_file;
    char *password; /* read from the file; not a setting */
    char *hello;    /* NULL: the host's own name */

    char *webhook_hosts;          /* NULL: nothing is posted */
    char *webhook_authority_file; /* NULL: the system's certificate authorities */
    char *webhook_secret_file;
    struct secret webhook_secret; /* read from the file; not a setting */
    long webhook_connections, webhook_connect_seconds, webhook_answer_seconds;

    char *from_name; /* NULL: none; both are taken from `from` */
    char *from_address;
    char *domain; /* of message ids */

    long connections, connections_per_destination;
    long connect_seconds, answer_seconds, transfer_seconds;

    struct calendar_settings *calendars; /* in the order of the file */
};

struct settings_error {
    char text[512]; /* a sentence that names the file and line where there is one */
};

/*
 * Fills in *settings from `path`, which must exist; checks them together and reads the password. False and
 * *error on anything unknown, out of range, missing or contradictory. Frees with settings_free either way.
 */
bool settings_read(struct settings *settings, const char *path, struct settings_error *error);

void settings_free(struct settings *settings);

/* A commented file with every setting at its default. */
void settings_print_sample(FILE *to);

#endif
