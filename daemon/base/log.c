/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

enum { FIELDS_MAX = 12, FIELD_SIZE = 256 };

static enum log_level threshold = LOG_LEVEL_INFO;

void log_threshold(enum log_level level)
{
    threshold = level;
}

/* systemd tells a service by this variable that its stderr is the journal, so fields can go there whole. */
static bool has_journal(void)
{
    static int known = -1;
    if (known < 0)
        known = getenv("JOURNAL_STREAM") != NULL;
    return known;
}

void log_write(enum log_level level, const char *text, ...)
{
    char fields[FIELDS_MAX][FIELD_SIZE];
    struct iovec parts[FIELDS_MAX];
    int count = 2;
    if (level > threshold)
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
    fprintf(stderr, "laugd: %s", text);
    for (int i = 2; i < count; i++)
        fprintf(stderr, "%s%s", i == 2 ? "; " : " ", fields[i] + strlen("LAUG_"));
    fputc('\n', stderr);
}
