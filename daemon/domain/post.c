/* SPDX-License-Identifier: MIT */
#include "post.h"

#include "company.h"
#include "day.h"
#include "message.h"

#include <stdlib.h>
#include <string.h>

bool post_is_test(const struct reminder_open_row *reminder)
{
    return !reminder->rule && strcmp(reminder->message, POST_TEST) == 0;
}

/* A day, or an instant with the offset of the company's zone (RFC 3339, 5.6); NULL where nobody has said. */
static enum code print_when(struct call *call, const struct reminder_open_row *reminder, const char **when)
{
    const struct zone *zone;
    char text[LOCAL_TEXT_SIZE];
    *when = NULL;
    if (!reminder->local)
        return OK;
    if (reminder->is_day) {
        *when = arena_print(&call->arena, "%s", day_print(day_of_seconds(*reminder->local), text));
        return OK;
    }
    if (company_zone(call, &zone))
        return call->error.code;
    int64_t at = zone_instant(zone, *reminder->local), local = zone_local(zone, at);
    int east = (int)((local - at) / 60);
    *when = arena_print(&call->arena, "%s:00%c%02d:%02d", local_print(local - local % 60, text),
                        east < 0 ? '-' : '+', abs(east) / 60, abs(east) % 60);
    return OK;
}

enum code post_write(struct call *call, const struct reminder_open_row *reminder,
                     const struct outbox_addressee_row *to, struct letter *letter)
{
    struct message_text text = { 0 };
    if (message_render(call, reminder, &text) || print_when(call, reminder, &letter->when))
        return call->error.code;
    letter->channel = LETTER_CHANNEL_WEBHOOK;
    letter->webhook = reminder->webhook;
    letter->form = to->form;
    letter->kind = reminder->message;
    letter->about = reminder->subject;
    letter->subject = text.subject;
    letter->text = text.body;
    letter->command = text.command;
    return OK;
}
