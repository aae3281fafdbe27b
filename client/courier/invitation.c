/* SPDX-License-Identifier: MIT */
#include "invitation.h"

#include "catalogue.h"
#include "icalendar.h"
#include "pack.h"

#include <string.h>

/* NULL where it has another word than the two that RFC 5546 has for this. */
static const struct icalendar *kind_of(const char *method)
{
    static const struct icalendar kinds[] = { { .method = ICALENDAR_REQUEST },
                                              { .method = ICALENDAR_CANCEL } };
    return strcmp(method, "request") == 0 ? &kinds[0] : strcmp(method, "cancel") == 0 ? &kinds[1] : NULL;
}

const char *invitation_add(struct mail *mail, const char *method, const char *packed, size_t length,
                           char **calendar)
{
    struct arena arena = { 0 };
    struct error error;
    struct calendar_entry entry = { 0 };
    *calendar = NULL;
    if (!packed)
        return NULL;
    const struct icalendar *kind = kind_of(method);
    enum code code = record_unpack(&record_calendar_entry, (struct packed){ packed, length }, &entry, NULL,
                                   &arena, &error);
    if (code == OK)
        code = record_check(&record_calendar_entry, &entry, &error);
    if (code == OK && kind) {
        struct icalendar made = *kind;
        made.domain = mail->domain;
        made.organizer = (struct party){ mail->from_name, mail->from_address };
        made.attendee = (struct party){ mail->to_name, mail->to };
        mail->calendar = *calendar = icalendar_write(&made, &entry, 1);
        mail->method = made.method == ICALENDAR_REQUEST ? "REQUEST" : "CANCEL";
    }
    arena_free(&arena);
    return *calendar ? NULL : "the calendar entry is not one that this courier understands";
}
