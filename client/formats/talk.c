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
 * goes in small ones, of which several are under way, so that the service commits them together. A call
 * inside of a batch costs about fifty times what a row of person.import does, as each can be undone by
 * itself, and that cost rises with the square of what the batch changes.
 */
enum { BATCH_BYTES = 768 << 10, ANSWER_BYTES = 400, ROWS_MOST = 5000 };
enum { ROW_WEIGHT = 1, CALL_WEIGHT = 50, WHOLE_WEIGHT = 50000, PIECE_WEIGHT = 5000, WINDOW = 4 };
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
    talk->add = method_find("person.add", strlen("person.add"));
    talk->import = method_find("person.import", strlen("person.import"));
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
    uint32_t first, length;
    uint32_t steps;  /* that have a call */
    uint32_t number; /* the end of its request_id */
    uint32_t msgid;
};

/* Batches under way, the oldest first. */
struct window {
    struct batch batches[WINDOW];
    uint32_t count, most;
    uint32_t steps_most, weight_most; /* in a batch */
    uint32_t next;                    /* the first step that is in no batch yet */
    int tries;
};

static struct batch batch_at(const struct talk *talk, const struct plan *plan, uint32_t first,
                             uint32_t steps_most, uint32_t weight_most)
{
    struct batch batch = { .first = first };
    size_t bytes = 0, weight = 0;
    uint32_t at = first;
    for (; at < plan->packed_to && batch.steps < steps_most && bytes < BATCH_BYTES && weight < weight_most;
         at++) {
        const struct step *step = &plan->steps[at];
        bool is_row = step->method == talk->add;
        batch.steps += step->method != NULL;
        bytes += step->length + (is_row || !step->method ? 0 : ANSWER_BYTES);
        weight += !step->method ? 0 : is_row ? ROW_WEIGHT : CALL_WEIGHT;
    }
    batch.length = at - first;
    return batch;
}

/*
 * The call that begins at step *at, or behind steps that have none: sets *at to its first step and gives its
 * last one's successor. Additions of people that follow each other are one call of person.import with `rows`
 * of them; any other call has 1. 0 where no call is left.
 */
static uint32_t next_call(const struct talk *talk, const struct plan *plan, struct batch batch, uint32_t *at,
                          uint32_t *rows)
{
    uint32_t end = batch.first + batch.length;
    while (*at < end && !plan->steps[*at].method)
        ++*at;
    if (*at == end)
        return 0;
    uint32_t last = *at + 1;
    *rows = 1;
    for (; plan->steps[*at].method == talk->add && last < end && *rows < ROWS_MOST; last++) {
        const struct method *method = plan->steps[last].method;
        if (method && method != talk->add)
            break;
        *rows += method != NULL;
    }
    return last;
}

static void pack_params(const struct plan *plan, uint32_t at, msgpack_packer *packer)
{
    const struct step *step = &plan->steps[at];
    if (step->method)
        pack_raw(packer, (struct packed){ plan->packed.data + step->offset, step->length });
}

static uint32_t count_calls(const struct talk *talk, const struct plan *plan, struct batch batch)
{
    uint32_t calls = 0, at = batch.first, rows;
    for (uint32_t next; (next = next_call(talk, plan, batch, &at, &rows)) > 0; at = next)
        calls++;
    return calls;
}

/* Nothing but additions of people: these go without a batch around them, which would be unpacked twice. */
static bool is_one_import(const struct talk *talk, const struct plan *plan, struct batch batch)
{
    uint32_t at = batch.first, rows;
    return count_calls(talk, plan, batch) == 1 && next_call(talk, plan, batch, &at, &rows) > 0 &&
           plan->steps[at].method == talk->add;
}

static void pack_people(const struct plan *plan, uint32_t at, uint32_t end, uint32_t rows,
                        msgpack_packer *packer)
{
    pack_text(packer, "people");
    msgpack_pack_array(packer, rows);
    for (; at < end; at++)
        pack_params(plan, at, packer);
}

static void pack_calls(const struct talk *talk, const struct plan *plan, struct batch batch,
                       msgpack_packer *packer)
{
    uint32_t at = batch.first, rows;
    pack_text(packer, "calls");
    msgpack_pack_array(packer, count_calls(talk, plan, batch));
    for (uint32_t next; (next = next_call(talk, plan, batch, &at, &rows)) > 0; at = next) {
        bool is_import = plan->steps[at].method == talk->add;
        msgpack_pack_map(packer, 2);
        pack_text(packer, "method");
        pack_text(packer, is_import ? talk->import->name : plan->steps[at].method->name);
        pack_text(packer, "params");
        if (is_import) {
            msgpack_pack_map(packer, 1);
            pack_people(plan, at, next, rows, packer);
        } else {
            pack_params(plan, at, packer);
        }
    }
}

static enum laug_status batch_send(struct talk *talk, const struct plan *plan, struct batch *batch)
{
    char request_id[64];
    uint32_t at = batch->first, rows;
    bool is_import = is_one_import(talk, plan, *batch);
    msgpack_sbuffer params;
    msgpack_packer packer;
    msgpack_sbuffer_init(&params);
    msgpack_packer_init(&packer, &params, msgpack_sbuffer_write);
    snprintf(request_id, sizeof request_id, "%s-%" PRIu32, talk->run, batch->number);
    msgpack_pack_map(&packer, 2);
    pack_text(&packer, "request_id");
    pack_text(&packer, request_id);
    if (is_import) {
        uint32_t end = next_call(talk, plan, *batch, &at, &rows);
        pack_people(plan, at, end, rows, &packer);
    } else {
        pack_calls(talk, plan, *batch, &packer);
    }
    enum laug_status status = laug_send(talk->laug, is_import ? talk->import->name : "service.batch",
                                        params.data, params.size, &batch->msgid);
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

/* Sends batches until as many are under way as may be. They are packed one by one, while the service is busy
 * with others. */
static enum laug_status fill(struct talk *talk, struct plan *plan, struct window *window)
{
    while (window->count < window->most && window->next < plan->count) {
        plan_pack(plan, window->next + window->weight_most);
        struct batch batch = batch_at(talk, plan, window->next, window->steps_most, window->weight_most);
        batch.number = talk->batches++;
        window->next += batch.length;
        if (batch.steps == 0)
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
            talk->sent += window->batches[0].steps;
        window_drop(window);
    }
}

/* Reads "NAME[12]" off the front of the field, and the dot behind it. */
static bool take_index(struct error *error, const char *name, uint32_t *index)
{
    size_t length = strlen(name);
    int end = 0;
    if (strncmp(error->field, name, length) != 0 ||
        sscanf(error->field + length, "[%" SCNu32 "]%n", index, &end) != 1 || end == 0)
        return false;
    const char *rest = error->field + length + (size_t)end;
    rest += *rest == '.';
    memmove(error->field, rest, strlen(rest) + 1);
    return true;
}

/*
 * The service names the row that it refused: calls[2].login, or calls[2].people[17].login. Finds its step,
 * and cuts the field down to what is about the row; false where the error is about the batch as a whole.
 */
static bool refused_step(const struct talk *talk, const struct plan *plan, struct batch batch,
                         struct error *error, uint32_t *refused)
{
    uint32_t call = 0, row = 0, at = batch.first, rows = 0, next = 0;
    bool is_of_a_row = error->code == INVALID || error->code == NOT_FOUND || error->code == EXISTS ||
                       error->code == CONFLICT;
    if (!is_of_a_row || (!is_one_import(talk, plan, batch) && !take_index(error, "calls", &call)))
        return false;
    for (uint32_t i = 0; i <= call; i++) {
        at = i ? next : at;
        next = next_call(talk, plan, batch, &at, &rows);
        if (next == 0)
            return false;
    }
    if (plan->steps[at].method == talk->add && !take_index(error, "people", &row))
        return false;
    for (; row > 0 && at < next; row--)
        while (++at < next && !plan->steps[at].method)
            continue;
    *refused = at;
    return at < next;
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
    uint32_t refused, before = 0;
    if (!refused_step(talk, plan, batch, error, &refused))
        return false;
    for (uint32_t i = batch.first; i < refused; i++)
        before += plan->steps[i].method != NULL;
    if (!talk->keeps_going || before == 0)
        refuse_step(plan, refused, error);
    if (!talk->keeps_going)
        return false;
    window_drop(window);
    window->next = before == 0 ? refused + 1 : batch.first;
    window->steps_most = before ? before : 1;
    return true;
}

static bool fits_one_batch(const struct talk *talk, struct plan *plan)
{
    if (plan->count - plan->counts[ACTION_SAME] > WHOLE_WEIGHT)
        return false;
    plan_pack(plan, plan->count);
    return batch_at(talk, plan, 0, UINT32_MAX, WHOLE_WEIGHT).length == plan->count;
}

enum code talk_send(struct talk *talk, struct plan *plan, struct error *error)
{
    bool is_whole = talk->keeps_going || fits_one_batch(talk, plan);
    struct window window = { .most = is_whole ? 1 : WINDOW,
                             .steps_most = UINT32_MAX,
                             .weight_most = is_whole ? WHOLE_WEIGHT : PIECE_WEIGHT };
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
        talk->sent += window.batches[0].steps;
        if (talk->progress)
            talk->progress(window.batches[0].first + window.batches[0].length, plan->count);
        window_drop(&window);
        window.steps_most = window.steps_most < UINT32_MAX / 2 ? window.steps_most * 2 : UINT32_MAX;
    }
    return OK;
}
