/* SPDX-License-Identifier: MIT */
#include "service.h"

#include "cell.h"
#include "day.h"
#include "pack.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- parameters ---- */

/* A buffer and its packer; release it with packing_end. */
struct packing {
    msgpack_sbuffer buffer;
    msgpack_packer packer;
};

static void packing_begin(struct packing *packing)
{
    msgpack_sbuffer_init(&packing->buffer);
    msgpack_packer_init(&packing->packer, &packing->buffer, msgpack_sbuffer_write);
}

static void packing_end(struct packing *packing)
{
    msgpack_sbuffer_destroy(&packing->buffer);
}

static void new_request_id(char id[static 33])
{
    uint64_t random[2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        abort(); /* 16 bytes are always given whole (getrandom(2)) */
    snprintf(id, 33, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
}

/* The record as a map, with one more pair for the request id where there is one. */
static void pack_params(struct packing *packing, const struct method *method, const void *params,
                        const char *request_id)
{
    struct packing record;
    struct arena arena = { 0 };
    uint32_t pairs = 0;
    packing_begin(&record);
    record_pack(method->params, params, &record.packer, &arena);
    struct cursor body = { (const uint8_t *)record.buffer.data,
                           (const uint8_t *)record.buffer.data + record.buffer.size };
    cursor_map(&body, &pairs);
    msgpack_pack_map(&packing->packer, pairs + (request_id != NULL));
    pack_raw(&packing->packer, (struct packed){ (const char *)body.at, (size_t)(body.end - body.at) });
    if (request_id) {
        pack_text(&packing->packer, "request_id");
        pack_text(&packing->packer, request_id);
    }
    packing_end(&record);
    arena_free(&arena);
}

/* {calls: [{method, params}]} */
static void pack_trial(struct packing *packing, const struct method *method, const void *params)
{
    msgpack_pack_map(&packing->packer, 1);
    pack_text(&packing->packer, "calls");
    msgpack_pack_array(&packing->packer, 1);
    msgpack_pack_map(&packing->packer, 2);
    pack_text(&packing->packer, "method");
    pack_text(&packing->packer, method->name);
    pack_text(&packing->packer, "params");
    pack_params(packing, method, params, NULL);
}

/* ---- the connection ---- */

struct service service_open(const struct options *options)
{
    struct service service = { laug_new(options->socket), options };
    struct packing packing;
    if (!service.laug)
        abort();
    packing_begin(&packing);
    pack_greeting(&packing.packer, options->language);
    if (laug_set_greeting(service.laug, "service.hello", packing.buffer.data, packing.buffer.size) != LAUG_OK)
        abort();
    packing_end(&packing);
    return service;
}

void service_close(struct service *service)
{
    laug_free(service->laug);
    service->laug = NULL;
}

/* The answer of a trial is the only one in its list. */
static bool trial_answer(struct cursor *answer)
{
    struct cursor results;
    if (!cell_find(*answer, "results", &results) || cell_items(results, answer) != 1)
        return false;
    struct cursor end = *answer;
    cursor_skip(&end);
    answer->end = end.at;
    return true;
}

/* The time of the service as text, by the name of its field in clock.now. */
static bool time_of(struct cursor answer, const char *name,
                    bool (*parse)(const char *text, size_t length, int64_t *time), int64_t *time)
{
    struct cursor found;
    const char *text;
    uint32_t length;
    return cell_find(answer, name, &found) && cursor_text(&found, &text, &length) &&
           parse(text, length, time);
}

enum laug_status service_time(struct service *service, struct when_now *now)
{
    const struct method *method = method_find("clock.now", 9);
    struct laug_reply reply = { 0 };
    struct cursor answer;
    enum laug_status status = service_call(service, method, NULL, &reply, &answer);
    if (status == LAUG_OK && !(time_of(answer, "at", instant_parse, &now->at) &&
                               time_of(answer, "local", local_parse, &now->local)))
        status = LAUG_GARBLED;
    laug_reply_free(&reply);
    return status;
}

int service_now(struct service *service, struct when_now *now)
{
    enum laug_status status = service_time(service, now);
    return status == LAUG_OK ? 0 : service_explain(service, status, method_find("clock.now", 9));
}

enum laug_status service_call(struct service *service, const struct method *method, const void *params,
                              struct laug_reply *reply, struct cursor *answer)
{
    struct packing packing;
    char id[33];
    bool is_write = method->mode == MODE_WRITE, is_trial = is_write && service->options->is_dry_run;
    packing_begin(&packing);
    if (is_write && !service->options->request_id)
        new_request_id(id);
    if (is_trial)
        pack_trial(&packing, method, params);
    else
        pack_params(&packing, method, params,
                    !is_write                      ? NULL
                    : service->options->request_id ? service->options->request_id
                                                   : id);
    enum laug_status status = LAUG_LOST;
    for (int tries = 0; status == LAUG_LOST && tries < 2; tries++)
        status = laug_call(service->laug, is_trial ? "service.what_if" : method->name, packing.buffer.data,
                           packing.buffer.size, reply);
    packing_end(&packing);
    if (status != LAUG_OK)
        return status;
    *answer = (struct cursor){ reply->bytes, (const uint8_t *)reply->bytes + reply->length };
    if (!is_trial || trial_answer(answer))
        return LAUG_OK;
    laug_reply_free(reply);
    return LAUG_GARBLED;
}

enum laug_status service_send(struct service *service, const struct method *method, const void *params,
                              uint32_t *msgid)
{
    struct packing packing;
    packing_begin(&packing);
    pack_params(&packing, method, params, NULL);
    enum laug_status status = laug_send(service->laug, method->name, packing.buffer.data, packing.buffer.size,
                                        msgid);
    packing_end(&packing);
    return status;
}
