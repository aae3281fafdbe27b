/* SPDX-License-Identifier: MIT */
/* Builds mails for test_message.py: reads name, subject, text, HTML and calendar, each ended by a NUL, prints
 * mail after mail, each with NUL. */
#include "message.h"

#include <stdio.h>
#include <stdlib.h>

static char *next_field(void)
{
    char *text = NULL;
    size_t size = 0;
    if (getdelim(&text, &size, 0, stdin) > 0)
        return text;
    free(text);
    return NULL;
}

int main(void)
{
    for (char *name; (name = next_field());) {
        char *subject = next_field(), *text = next_field(), *html = next_field(), *calendar = next_field();
        if (!subject || !text || !html || !calendar)
            return 1;
        struct mail mail = { .from_name = name,
                             .from_address = "laug@firma.example",
                             .to = "anna@example.org",
                             .subject = subject,
                             .text = text,
                             .html = html,
                             .calendar = *calendar ? calendar : NULL,
                             .method = "REQUEST",
                             .message_id = "x",
                             .domain = "firma.example",
                             .at = 0 };
        size_t length = 0;
        const char *why;
        char *bytes = message_build(&mail, &length, &why);
        if (bytes)
            fwrite(bytes, 1, length, stdout);
        putchar(0);
        free(bytes);
        free(name);
        free(subject);
        free(text);
        free(html);
        free(calendar);
    }
    return 0;
}
