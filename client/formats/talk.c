/* SPDX-License-Identifier: MIT */
#include "talk.h"

#include "records.h"

#include <inttypes.h>
#include <laug.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/*
 * A batch and its answer stay below the 1 MiB of a frame. What fits into one batch is one transaction; more
 * goes in small ones, of which several are under way, so that the service commits them together: SQLite's
 * cost of undoing rises with the square of what one batch changes.
 */
enum { BATCH_BYTES = 384 << 10, WHOLE_CALLS = 1000, PIECE_CALLS = 100, WINDOW = 16 };
enum { PAGE = 500, TRIES = 5, TIMEOUT = 120000 };

enum code talk_open(struct talk *talk, const char *socket, struct error *error)
{
    unsigned char bytes[8];
    *talk = (struct talk){ .laug = laug_new(socket) };
    if (!talk->laug || getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        talk_close(talk);
        return fail(error, UNAVAILABLE, NULL, _("this machine has no memory left"));
    }
    laug_set_timeout(talk->laug, TIMEOUT);
    uint64_t run;
    memcpy(&run, bytes, sizeof run);
    snprintf(talk->run, sizeof talk->run, "import-%016" PRIx64, run);
    return OK;
}

void talk_close(struct talk *talk)
{
    laug_free(talk->laug);
    talk->laug = NULL;
}

static enum code failure(struct talk *talk, struct error *error)
{
    const struct laug_error *told = laug_error(talk->laug);
    return fail(error, code_from_word(told->code), told->field, "%s", told->text);
}

/* The outcome is unknown: with the same request_id it can be asked for again. */
static bool is_lost(enum laug_status status)
{
    return status == LAUG_LOST || status == LAUG_TIMEOUT || status == LAUG_GARBLED;
}

static enum laug_status call_until_known(struct talk *talk, const char *method, const msgpack_sbuffer *params,
                                         struct laug_reply *reply)
{
    enum laug_status status = LAUG_OK;
    for (int tries = 0; tries < TRIES; tries++) {
        status = laug_call(talk->laug, method, params ? params->data : NULL, params ? params->size : 0,
                           reply);
        /* a service that is being restarted is back within a second */
        bool is_away = is_lost(status) || (status == LAUG_UNREACHABLE && tries > 0);
        if (!is_away)
            break;
        nanosleep(&(struct timespec){ .tv_nsec = 400000000 }, NULL);
    }
    return status;
}

enum code talk_call(struct talk *talk, const struct method *method, const msgpack_sbuffer *params,
                    struct arena *arena, void **result, struct error *error)
{
    struct laug_reply reply = { 0 };
    if (call_until_known(talk, method->name, params, &reply) != LAUG_OK)
        return failure(talk, error);
    void *base = arena_take(arena, method->result->size);
    struct packed bytes = { .bytes = reply.bytes, .size = reply.length };
    enum code code = record_unpack(method->result, bytes, base, NULL, arena, error);
    laug_reply_free(&reply);
    if (code)
        return fail(error, INTERNAL, NULL, _("the service and this program are of different versions: %s %s"),
                    method->name, error->text);
    *result = base;
    return OK;
}

/* ---- lists ---- */

static void pack_page(msgpack_sbuffer *buffer, const char *after)
{
    msgpack_packer packer;
    msgpack_packer_init(&packer, buffer, msgpack_sbuffer_write);
    msgpack_sbuffer_clear(buffer);
    msgpack_pack_map(&packer, after ? 2 : 1);
    pack_text(&packer, "limit");
    msgpack_pack_int(&packer, PAGE);
    if (after) {
        pack_text(&packer, "after");
        pack_text(&packer, after);
    }
}

static void take_items(struct stage *stage, const struct record *result, const void *base)
{
    const struct field *items = field_find(result, "items", strlen("items"));
    for (size_t i = 0; i < field_count(items, base); i++)
        records_unpack(stage, items->record, field_at(items, base, i));
}

static const char *next_page(const struct record *result, const void *base)
{
    const struct field *next = field_find(result, "next", strlen("next"));
    return next && field_count(next, base) ? *(const char *const *)field_at(next, base, 0) : NULL;
}

enum code talk_list(struct talk *talk, const char *name, struct stage *stage, struct error *error)
{
    const struct method *method = method_find(name, strlen(name));
    const char *after = NULL;
    enum code code;
    msgpack_sbuffer params;
    void *base;
    msgpack_sbuffer_init(&params);
    do {
        pack_page(&params, after);
        code = talk_call(talk, method, &params, stage->arena, &base, error);
        if (code == OK) {
            take_items(stage, method->result, base);
            after = next_page(method->result, base);
        }
    } while (code == OK && after);
    msgpack_sbuffer_destroy(&params);
    if (code == OK)
        stage_index(stage);
    return code;
}

/* ---- batches ---- */

/* A run of steps that travel together; those without a call are among them. */
struct batch {
    uint32_t first, length, calls;
    uint32_t number; /* the end of its request_id */
    uint32_t msgid;
};

/* Batches under way, the oldest first. */
struct window {
    struct batch batches[WINDOW];
    uint32_t count, most;
    uint32_t calls_most; /* in a batch */
    uint32_t next;       /* the first step that is in no batch yet */
    int tries;
};

static struct batch batch_at(const struct plan *plan, uint32_t first, uint32_t calls_most)
{
    struct batch batch = { .first = first };
    size_t bytes = 0;
    for (uint32_t at = first; at < plan->count && batch.calls < calls_most && bytes < BATCH_BYTES; at++) {
        batch.calls += plan->steps[at].method != NULL;
        bytes += plan->steps[at].length + 32;
        batch.length++;
    }
    return batch;
}

static void pack_batch(const struct talk *talk, const struct plan *plan, struct batch batch,
                       msgpack_sbuffer *buffer)
{
    char request_id[64];
    msgpack_packer packer;
    msgpack_packer_init(&packer, buffer, msgpack_sbuffer_write);
    snprintf(request_id, sizeof request_id, "%s-%" PRIu32, talk->run, batch.number);
    msgpack_pack_map(&packer, 2);
    pack_text(&packer, "request_id");
    pack_text(&packer, request_id);
    pack_text(&packer, "calls");
    msgpack_pack_array(&packer, batch.calls);
    for (uint32_t i = batch.first; i < batch.first + batch.length; i++) {
        const struct step *step = &plan->steps[i];
        if (!step->method)
            continue;
        msgpack_pack_map(&packer, 2);
        pack_text(&packer, "method");
        pack_text(&packer, step->method->name);
        pack_text(&packer, "params");
        pack_raw(&packer, (struct packed){ plan->packed.data + step->offset, step->length });
    }
}

static enum laug_status batch_send(struct talk *talk, const struct plan *plan, struct batch *batch)
{
    msgpack_sbuffer params;
    msgpack_sbuffer_init(&params);
    pack_batch(talk, plan, *batch, &params);
    enum laug_status status = laug_send(talk->laug, "service.batch", params.data, params.size, &batch->msgid);
    msgpack_sbuffer_destroy(&params);
    return status;
}

/* The connection is gone: whatever was under way is sent again, under the same names, so that it is done
 * once. */
static enum laug_status send_again(struct talk *talk, const struct plan *plan, struct window *window)
{
    enum laug_status status = LAUG_LOST;
    while ((is_lost(status) || status == LAUG_UNREACHABLE) && window->tries < TRIES) {
        window->tries++;
        nanosleep(&(struct timespec){ .tv_nsec = 400000000 }, NULL);
        status = LAUG_OK;
        for (uint32_t i = 0; i < window->count && status == LAUG_OK; i++)
            status = batch_send(talk, plan, &window->batches[i]);
    }
    return status;
}

/* Sends batches until as many are under way as may be. */
static enum laug_status fill(struct talk *talk, const struct plan *plan, struct window *window)
{
    while (window->count < window->most && window->next < plan->count) {
        struct batch batch = batch_at(plan, window->next, window->calls_most);
        batch.number = talk->batches++;
        window->next += batch.length;
        if (batch.calls == 0)
            continue;
        window->batches[window->count++] = batch;
        enum laug_status status = batch_send(talk, plan, &window->batches[window->count - 1]);
        if (is_lost(status))
            status = send_again(talk, plan, window);
        if (status != LAUG_OK)
            return status;
    }
    return LAUG_OK;
}

/* The answer to the oldest batch. The window still holds it. */
static enum laug_status receive(struct talk *talk, const struct plan *plan, struct window *window)
{
    enum laug_status status = laug_receive(talk->laug, window->batches[0].msgid, TIMEOUT, NULL);
    while (is_lost(status) && window->tries < TRIES) {
        status = send_again(talk, plan, window);
        if (status == LAUG_OK)
            status = laug_receive(talk->laug, window->batches[0].msgid, TIMEOUT, NULL);
    }
    if (status == LAUG_OK)
        window->tries = 0;
    return status;
}

static void window_drop(struct window *window)
{
    memmove(window->batches, window->batches + 1, --window->count * sizeof *window->batches);
}

/* Those that are under way are done or not, whatever became of the first. */
static void drain(struct talk *talk, struct window *window)
{
    while (window->count > 0) {
        if (laug_receive(talk->laug, window->batches[0].msgid, TIMEOUT, NULL) == LAUG_OK)
            talk->sent += window->batches[0].calls;
        window_drop(window);
    }
}

/*
 * The service names the call that it refused: calls[2].person. Gives how many calls of the batch come before
 * it, and cuts the field down to what is about the row; false where the error is about the batch as a whole.
 */
static bool refused_call(struct error *error, struct batch batch, uint32_t *before)
{
    bool is_of_a_row = error->code == INVALID || error->code == NOT_FOUND || error->code == EXISTS ||
                       error->code == CONFLICT;
    int end = 0;
    if (!is_of_a_row || sscanf(error->field, "calls[%" SCNu32 "]%n", before, &end) != 1 || end == 0 ||
        *before >= batch.calls)
        return false;
    end += error->field[end] == '.';
    memmove(error->field, error->field + end, strlen(error->field + end) + 1);
    return true;
}

static uint32_t step_of_call(const struct plan *plan, struct batch batch, uint32_t call)
{
    uint32_t at = batch.first;
    for (;; at++)
        if (plan->steps[at].method && call-- == 0)
            return at;
}

static void refuse_step(const struct plan *plan, uint32_t at, const struct error *error)
{
    const struct step *step = &plan->steps[at];
    int heading = -1;
    for (size_t i = 0; i < step->stage->fields; i++)
        if (strcmp(step->stage->headings[i].field, error->field) == 0)
            heading = (int)i;
    if (heading >= 0 && step->stage->column[heading])
        stage_refuse(step->stage, step->row, heading, "%s", error->text);
    else
        stage_refuse(step->stage, step->row, -1, "%s", error->text);
}

/*
 * A batch that was refused is not done at all. Who keeps going (with one batch under way) sends what came
 * before the refused call again, then leaves the call out; from there batches begin small and double, so that
 * a file of nothing but refused rows costs little more than a good one. Gives whether to go on.
 */
static bool leave_out(struct talk *talk, const struct plan *plan, struct window *window, struct error *error)
{
    struct batch batch = window->batches[0];
    uint32_t before;
    if (!refused_call(error, batch, &before))
        return false;
    uint32_t refused = step_of_call(plan, batch, before);
    if (!talk->keeps_going || before == 0)
        refuse_step(plan, refused, error);
    if (!talk->keeps_going)
        return false;
    window_drop(window);
    window->next = before == 0 ? refused + 1 : batch.first;
    window->calls_most = before ? before : 1;
    return true;
}

enum code talk_send(struct talk *talk, const struct plan *plan, struct error *error)
{
    uint32_t calls = plan->count - plan->counts[ACTION_SAME];
    bool is_whole = talk->keeps_going || calls <= WHOLE_CALLS;
    uint32_t calls_most = is_whole ? WHOLE_CALLS : PIECE_CALLS;
    struct window window = { .most = is_whole ? 1 : WINDOW, .calls_most = calls_most };
    while (window.next < plan->count || window.count > 0) {
        enum laug_status status = fill(talk, plan, &window);
        if (status == LAUG_OK && window.count == 0)
            break;
        if (status == LAUG_OK)
            status = receive(talk, plan, &window);
        if (status != LAUG_OK) {
            failure(talk, error);
            if (status == LAUG_REFUSED && leave_out(talk, plan, &window, error))
                continue;
            if (window.count)
                window_drop(&window);
            drain(talk, &window);
            return error->code;
        }
        talk->sent += window.batches[0].calls;
        if (talk->progress)
            talk->progress(window.batches[0].first + window.batches[0].length, plan->count);
        window_drop(&window);
        window.calls_most = window.calls_most < calls_most / 2 ? window.calls_most * 2 : calls_most;
    }
    return OK;
}
