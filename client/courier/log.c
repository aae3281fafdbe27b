/* SPDX-License-Identifier: MIT */
#include "log.h"

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
    for (char *c = text; *c; c++) /* one line stays one line */
        if ((unsigned char)*c < ' ')
            *c = ' ';
    if (getenv("JOURNAL_STREAM"))
        fprintf(stderr, "<%d>%s\n", level, text);
    else
        fprintf(stderr, "laug-courier: %s\n", text);
}
