/* SPDX-License-Identifier: MIT */
#include "mails.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The value behind a name, up to a comma or the end of its record. */
static void read_value(const char *text, const char *name, char *value, size_t size)
{
    char label[MAIL_TEXT];
    snprintf(label, sizeof label, "%s: ", name);
    const char *at = strstr(text, label);
    *value = 0;
    if (at)
        snprintf(value, size, "%.*s", (int)strcspn(at + strlen(label), ",}]"), at + strlen(label));
}

/* When an entry is, whichever way it says so. */
static void read_times(const char *text, struct mail *mail)
{
    const char *zone = strstr(text, "observances: ");
    char part[4000];
    snprintf(part, sizeof part, "%.*s", zone ? (int)(zone - text) : (int)strlen(text), text);
    read_value(part, "starts_at", mail->starts, MAIL_TEXT);
    read_value(part, "ends_at", mail->ends, MAIL_TEXT);
    if (!*mail->starts) {
        read_value(part, ", from", mail->starts, MAIL_TEXT);
        read_value(part, ", to", mail->ends, MAIL_TEXT);
    }
}

void mail_read_entry(const char *text, struct mail *mail)
{
    char number[MAIL_TEXT];
    read_value(text, "{uid", mail->uid, MAIL_TEXT);
    read_value(text, "sequence", number, MAIL_TEXT);
    read_value(text, ", title", mail->title, sizeof mail->title);
    mail->sequence = strtol(number, NULL, 10);
    read_times(text, mail);
}

void mails_settle(struct world *world, const char *mail, const char *outcome)
{
    char params[200];
    snprintf(params, sizeof params, "{id: %s, outcome: %s}", mail, outcome);
    ANSWERS(world, "courier", "outbox.settle", params, "");
}

size_t mails_plain;

/* Claims all there is; what is no invitation is sent at once. */
size_t mails_claim(struct world *world, struct mail *mails)
{
    static char answer[1 << 20];
    size_t count = 0;
    snprintf(answer, sizeof answer, "%s", world_call(world, "courier", "outbox.claim", "{limit: 100}"));
    if (world_code(world) != OK)
        fail_msg("%s", answer);
    mails_plain = 0;
    for (const char *at = answer; (at = strstr(at, "{id: ")); at++) {
        const char *next = strstr(at + 1, "{id: "), *calendar = strstr(at, "calendar: {");
        struct mail *mail = &mails[count];
        *mail = (struct mail){ 0 };
        read_value(at, "{id", mail->id, MAIL_TEXT);
        read_value(at, ", to", mail->to, MAIL_TEXT);
        if (!calendar || (next && calendar > next)) {
            mails_settle(world, mail->id, "sent");
            mails_plain++;
            continue;
        }
        read_value(calendar, "{method", mail->method, MAIL_TEXT);
        mail_read_entry(calendar, mail);
        count++;
    }
    return count;
}
