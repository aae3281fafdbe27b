/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include "cell.h"
#include "words.h"

#include <assert.h>
#include <string.h>

enum { MILLISECONDS = 30000, WORDS = sizeof((struct ask){ 0 }).words / sizeof(char *) };

static enum laug_status send_one(struct service *service, struct ask *ask, struct arena *arena)
{
    const struct method *method = method_find(ask->method, strlen(ask->method));
    struct options options = *service->options;
    struct error error;
    struct line line = { .method = method, .options = &options, .arena = arena };
    char *words[WORDS + 2] = { (char *)(uintptr_t)method->name };
    int count = 0;
    for (; count < WORDS && ask->words[count]; count++)
        words[count + 1] = arena_copy(arena, ask->words[count], strlen(ask->words[count]));
    line.params = arena_take(arena, method->params->size);
    enum code code = words_read(&line, words + 1, count, &error);
    if (code == OK)
        code = words_settle(&line, NULL, &error);
    assert(code == OK); /* the words are this program's own */
    return code ? LAUG_MISUSE : service_send(service, method, line.params, &ask->msgid);
}

static enum laug_status receive_one(struct service *service, struct ask *ask)
{
    enum laug_status status = laug_receive(service->laug, ask->msgid, MILLISECONDS, &ask->reply);
    if (status != LAUG_OK)
        return status == LAUG_REFUSED ? LAUG_OK : status;
    ask->answer = (struct cursor){ ask->reply.bytes, (const uint8_t *)ask->reply.bytes + ask->reply.length };
    ask->has_answer = true;
    return LAUG_OK;
}

enum laug_status ask_all(struct service *service, struct ask *asks, size_t count, struct arena *arena)
{
    enum laug_status status = LAUG_OK;
    for (size_t i = 0; i < count && status == LAUG_OK; i++)
        status = send_one(service, &asks[i], arena);
    for (size_t i = 0; i < count && status == LAUG_OK; i++)
        status = receive_one(service, &asks[i]);
    return status;
}

void ask_free(struct ask *asks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        laug_reply_free(&asks[i].reply);
}

uint32_t ask_items(const struct ask *ask, struct cursor *items)
{
    return ask->has_answer && cell_find(ask->answer, "items", items) ? cell_items(*items, items) : 0;
}
