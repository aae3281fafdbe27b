/* SPDX-License-Identifier: MIT */
/*
 * The books that the gate has kept of every call: who did it, what the first answer was, what others are
 * told. All of them are rows of the call's own transaction: what is not done was not written down, and the
 * other way round.
 */
#include "books.h"

#include "day.h"
#include "pack.h"
#include "statements.h"

#include <string.h>

enum code audit_add(struct call *call, const struct method *method, const char *about)
{
    return sql_audit_insert(call, &(struct audit_insert_params){
                                      .uid = call->actor->uid, .method = method->name, .about = about });
}

/* Several people can speak through one user: where the clock is held, see service.act_as. */
static const char *request_key(struct call *call, const char *request_id)
{
    return arena_print(&call->arena, "%s %s", call->actor->person ? call->actor->person : "-", request_id);
}

enum code request_find(struct call *call, const char *request_id, struct packed *answer)
{
    struct request_row_row row = { 0 };
    enum code code = sql_request_row(
        call, &(struct request_row_params){ .id = request_key(call, request_id), .uid = call->actor->uid },
        &row);
    if (code)
        return code;
    if (strcmp(row.method, call->method->name) != 0)
        return call_fail(call, CONFLICT, "request_id", _("was used for another call; choose a new one"));
    *answer = row.answer;
    return OK;
}

enum code request_keep(struct call *call, const char *request_id, struct packed answer)
{
    return sql_request_insert(call, &(struct request_insert_params){ .id = request_key(call, request_id),
                                                                     .uid = call->actor->uid,
                                                                     .method = call->method->name,
                                                                     .answer = answer });
}

enum code event_tell(struct call *call, const struct event_kind *event, const void *fields)
{
    return sql_event_insert(
        call, &(struct event_insert_params){ .kind = event->name,
                                             .fields = record_packed(event->fields, fields, &call->arena) });
}

enum code event_after(struct call *call, int64_t since, int64_t limit, const struct event_row **rows,
                      size_t *rows_count)
{
    struct event_rows_after_row_list list = { 0 };
    if (sql_event_rows_after(call, &(struct event_rows_after_params){ .since = since, .limit = limit },
                             &list))
        return call->error.code;
    struct event_row *copied = arena_take(&call->arena, (list.items_count + 1) * sizeof *copied);
    for (size_t i = 0; i < list.items_count; i++)
        copied[i] = (struct event_row){ list.items[i].seq, list.items[i].at, list.items[i].kind,
                                        list.items[i].fields };
    *rows = copied;
    *rows_count = list.items_count;
    return OK;
}

enum { DAYS_KEPT = 90, HOUR = 3600 };

enum code books_expire(struct call *call, const char *subject, int64_t due_at)
{
    const struct event_expire_params before = { .before = call->now - (int64_t)DAYS_KEPT * DAY_SECONDS };
    (void)due_at;
    if (sql_request_expire(call) || sql_undo_expire(call) || sql_event_expire(call, &before) ||
        sql_outbox_expire(call, &(struct outbox_expire_params){ .before = before.before }) ||
        sql_invitation_expire(call, &(struct invitation_expire_params){ .before = before.before }))
        return call->error.code;
    return job_at(call, "books.expire", subject,
                  call->now / DAY_SECONDS * DAY_SECONDS + DAY_SECONDS + 2 * HOUR);
}
