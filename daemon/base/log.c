/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

enum { FIELDS_MAX = 12, FIELD_SIZE = 512 };

static atomic_int threshold = LOG_LEVEL_INFO; /* slow reads log from a thread of their own */

static _Thread_local bool is_quiet;

void log_silence(bool is_silent)
{
    is_quiet = is_silent;
}

void log_threshold(enum log_level level)
{
    threshold = level;
}

/*
 * systemd tells a service by this variable which stream is the journal's (systemd.exec(5)). It is inherited,
 * also by programs whose stderr has gone elsewhere since, so the two are compared.
 */
static bool has_journal(void)
{
    static int known = -1;
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    unsigned long long device, inode;
    if (known < 0)
        known = stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
                fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device && status.st_ino == inode;
    return known;
}

/* One line each: what a field holds can neither begin a line nor steer a terminal. */
static void print_line(const char *text, char fields[][FIELD_SIZE], int count)
{
    fprintf(stderr, "laugd: %s", text);
    for (int i = 2; i < count; i++) {
        for (char *c = fields[i]; *c; c++)
            if ((unsigned char)*c < ' ' || *c == 0x7F)
                *c = '?';
        fprintf(stderr, "%s%s", i == 2 ? "; " : " ", fields[i] + strlen("LAUG_"));
    }
    fputc('\n', stderr);
}

void log_write(enum log_level level, const char *text, ...)
{
    char fields[FIELDS_MAX][FIELD_SIZE];
    struct iovec parts[FIELDS_MAX];
    int count = 2;
    if ((int)level > threshold || is_quiet)
        return;
    snprintf(fields[0], FIELD_SIZE, "MESSAGE=%s", text);
    snprintf(fields[1], FIELD_SIZE, "PRIORITY=%d", (int)level);
    va_list values;
    va_start(values, text);
    for (const char *name; count < FIELDS_MAX && (name = va_arg(values, const char *)) != NULL; count++)
        snprintf(fields[count], FIELD_SIZE, "LAUG_%s=%s", name, va_arg(values, const char *));
    va_end(values);
    if (has_journal()) {
        for (int i = 0; i < count; i++)
            parts[i] = (struct iovec){ fields[i], strlen(fields[i]) };
        sd_journal_sendv(parts, count);
        return;
    }
    print_line(text, fields, count);
}
