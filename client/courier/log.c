/* SPDX-License-Identifier: MIT */
#include "log.h"

#include "character.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void log_line(enum level level, const char *format, ...)
{
    char text[1024];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    /* one line stays one line, and what a server said or its certificate bears steers no terminal */
    char *plain = character_plain(text, false);
    if (getenv("JOURNAL_STREAM"))
        fprintf(stderr, "<%d>%s\n", level, plain);
    else
        fprintf(stderr, "laug-courier: %s\n", plain);
    free(plain);
}
