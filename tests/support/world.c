/* SPDX-License-Identifier: MIT */
#include "world.h"

#include "answers.h"
#include "day.h"
#include "dispatch.h"
#include "job.h"
#include "store.h"
#include "template.h"
#include "zone.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TEXT_SIZE = 1 << 20 };

struct world {
    struct store *store;
    struct clock clock;
    struct zones *zones;
    struct templates *templates;
    struct gate gate;
    struct call call;
    enum code code;
    int64_t seen_event;
    char *text, *event_text;
};

/* ---- the small form of parameters ---- */

static const char *pack_one(const char *text, msgpack_packer *packer);

static const char *blanks(const char *text)
{
    return text + strspn(text, " \n");
}

static size_t count_items(const char *text, char end)
{
    size_t count = 0;
    int depth = 0;
    bool is_quoted = false, has_item = false;
    for (; *text && (depth || is_quoted || *text != end); text++) {
        is_quoted ^= *text == '\'';
        depth += !is_quoted && strchr("[{", *text) ? 1 : 0;
        depth -= !is_quoted && strchr("]}", *text) ? 1 : 0;
        has_item = has_item || !isspace((unsigned char)*text);
        count += !is_quoted && depth == 0 && *text == ',';
    }
    return has_item ? count + 1 : 0;
}

static const char *pack_map(const char *text, msgpack_packer *packer)
{
    size_t count = count_items(text, '}');
    msgpack_pack_map(packer, count);
    for (; count; count--) {
        text = blanks(text);
        size_t length = strcspn(text, ":");
        msgpack_pack_str_with_body(packer, text, length);
        text = blanks(pack_one(blanks(text + length + 1), packer));
        text += *text == ',';
    }
    return blanks(text) + 1;
}

static const char *pack_list(const char *text, msgpack_packer *packer)
{
    size_t count = count_items(text, ']');
    msgpack_pack_array(packer, count);
    for (; count; count--) {
        text = blanks(pack_one(blanks(text), packer));
        text += *text == ',';
    }
    return blanks(text) + 1;
}

static const char *pack_word(const char *text, msgpack_packer *packer)
{
    size_t length = strcspn(text, ",]}");
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    char *end;
    long long number = strtoll(text, &end, 10);
    if (length && end == text + length)
        msgpack_pack_int64(packer, number);
    else if (length == 3 && strncmp(text, "yes", 3) == 0)
        msgpack_pack_true(packer);
    else if (length == 2 && strncmp(text, "no", 2) == 0)
        msgpack_pack_false(packer);
    else if (length == 3 && strncmp(text, "nil", 3) == 0)
        msgpack_pack_nil(packer);
    else
        msgpack_pack_str_with_body(packer, text, length);
    return text + length;
}

static const char *pack_one(const char *text, msgpack_packer *packer)
{
    if (*text == '{')
        return pack_map(text + 1, packer);
    if (*text == '[')
        return pack_list(text + 1, packer);
    if (*text != '\'')
        return pack_word(text, packer);
    size_t length = strcspn(text + 1, "'");
    msgpack_pack_str_with_body(packer, text + 1, length);
    return text + length + 2;
}

static void print(FILE *out, const msgpack_object *object)
{
    switch (object->type) {
    case MSGPACK_OBJECT_STR: fprintf(out, "%.*s", (int)object->via.str.size, object->via.str.ptr); break;
    case MSGPACK_OBJECT_BOOLEAN: fputs(object->via.boolean ? "yes" : "no", out); break;
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
    case MSGPACK_OBJECT_NEGATIVE_INTEGER: fprintf(out, "%lld", (long long)object->via.i64); break;
    case MSGPACK_OBJECT_ARRAY:
        for (uint32_t i = 0; i < object->via.array.size; i++) {
            fputs(i ? ", " : "[", out);
            print(out, &object->via.array.ptr[i]);
        }
        fputs(object->via.array.size ? "]" : "[]", out);
        break;
    case MSGPACK_OBJECT_MAP:
        for (uint32_t i = 0; i < object->via.map.size; i++) {
            fputs(i ? ", " : "{", out);
            print(out, &object->via.map.ptr[i].key);
            fputs(": ", out);
            print(out, &object->via.map.ptr[i].val);
        }
        fputs(object->via.map.size ? "}" : "{}", out);
        break;
    default: fputs("nil", out); break;
    }
}

static const char *print_packed(char *text, const char *bytes, size_t size, int part)
{
    msgpack_unpacked message;
    size_t offset = 0;
    msgpack_unpacked_init(&message);
    FILE *out = fmemopen(text, TEXT_SIZE, "w");
    if (!out || msgpack_unpack_next(&message, bytes, size, &offset) != MSGPACK_UNPACK_SUCCESS)
        abort();
    const msgpack_object *shown = &message.data;
    if (part) { /* of a response: the error's sentence, or the result */
        const msgpack_object *parts = shown->via.array.ptr;
        shown = parts[2].type == MSGPACK_OBJECT_NIL ? &parts[3] : &parts[2].via.array.ptr[1];
    }
    print(out, shown);
    fclose(out);
    msgpack_unpacked_destroy(&message);
    return text;
}

/* ---- the world ---- */

struct world *world_new(const char *local)
{
    struct world *world = calloc(1, sizeof *world);
    struct error error;
    const struct zone *zone;
    int64_t seconds;
    if (!world || store_open(NULL, STORE_INIT, &world->store, &error) != OK) {
        fprintf(stderr, "no world: %s\n", error.text);
        abort();
    }
    world->zones = zones_new();
    world->templates = templates_new();
    world->text = calloc(1, TEXT_SIZE);
    world->event_text = calloc(1, TEXT_SIZE);
    if (!world->text || !world->event_text || !local_parse(local, strlen(local), &seconds) ||
        zones_find(world->zones, "Europe/Copenhagen", "zone", &zone, &error) != OK)
        abort();
    clock_hold(&world->clock, zone_instant(zone, seconds));
    world->gate = (struct gate){ .store = world->store,
                                 .clock = &world->clock,
                                 .zones = world->zones,
                                 .templates = world->templates,
                                 .answers = answers_new(1 << 20) };
    return world;
}

void world_free(struct world *world)
{
    arena_free(&world->call.arena);
    answers_free(world->gate.answers);
    store_close(world->store);
    templates_free(world->templates);
    zones_free(world->zones);
    free(world->text);
    free(world->event_text);
    free(world);
}

struct store *world_store(struct world *world)
{
    return world->store;
}

enum code world_code(const struct world *world)
{
    return world->code;
}

static struct actor actor_called(const char *who)
{
    static const struct {
        const char *name;
        unsigned roles;
    } known[] = {
        {"admin",     1U << ROLE_ADMIN | 1U << ROLE_STAFF},
        { "service",  1U << ROLE_ADMIN | 1U << ROLE_STAFF},
        { "stranger", 0                                  },
        { "tool",     1U << ROLE_TOOL                    },
        { "courier",  1U << ROLE_COURIER                 },
        { "auditor",  1U << ROLE_AUDITOR                 },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, who) == 0)
            return (struct actor){ .uid = 1000 + (uint32_t)i, .roles = known[i].roles };
    return (struct actor){ .uid = 2000, .person = who, .roles = 1U << ROLE_STAFF };
}

static void commit(struct world *world)
{
    struct error error;
    if (store_is_dirty(world->store) && store_commit(world->store, &error) != OK) {
        fprintf(stderr, "no commit: %s\n", error.text);
        abort();
    }
}

/* As the daemon does after each commit: what is due now is done now. */
static void run_jobs(struct world *world)
{
    struct call call = { 0 };
    int64_t done;
    dispatch_begin(&world->gate, &call, &actor_service);
    if (store_call_begin(world->store, &call.error) != OK ||
        job_run_due(&call, call.now, 10000, &done) != OK) {
        fprintf(stderr, "no jobs: %s\n", call.error.text);
        abort();
    }
    store_call_end(world->store, true);
    arena_free(&call.arena);
    commit(world);
}

const char *world_call(struct world *world, const char *who, const char *method, const char *params)
{
    struct actor actor = actor_called(who);
    struct message message = {
        .type = MESSAGE_REQUEST, .id = 7, .has_id = true, .method = method, .method_length = strlen(method)
    };
    msgpack_sbuffer in, out;
    msgpack_packer packer;
    msgpack_sbuffer_init(&in);
    msgpack_sbuffer_init(&out);
    msgpack_packer_init(&packer, &in, msgpack_sbuffer_write);
    pack_one(params && *params ? params : "{}", &packer);
    message.params = (struct packed){ in.data, in.size };
    arena_reset(&world->call.arena);
    world->call = (struct call){ .arena = world->call.arena };
    world->code = dispatch_call(&world->gate, &world->call, &actor, &message, &out);
    commit(world);
    print_packed(world->text, out.data, out.size, 1);
    msgpack_sbuffer_destroy(&in);
    msgpack_sbuffer_destroy(&out);
    run_jobs(world);
    return world->text;
}

void world_advance(struct world *world, const char *local)
{
    const struct zone *zone;
    struct error error;
    int64_t seconds;
    char params[64], instant[INSTANT_TEXT_SIZE];
    if (!local_parse(local, strlen(local), &seconds) ||
        zones_find(world->zones, "Europe/Copenhagen", "zone", &zone, &error) != OK)
        abort();
    snprintf(params, sizeof params, "{to: '%s'}", instant_print(zone_instant(zone, seconds), instant));
    world_call(world, "admin", "clock.advance", params);
    if (world->code) {
        fprintf(stderr, "the clock does not advance: %s\n", world->text);
        abort();
    }
}

void world_wake_at(struct world *world, const char *local)
{
    const struct zone *zone;
    struct error error;
    int64_t seconds;
    if (!local_parse(local, strlen(local), &seconds) ||
        zones_find(world->zones, "Europe/Copenhagen", "zone", &zone, &error) != OK)
        abort();
    clock_hold(&world->clock, zone_instant(zone, seconds));
    run_jobs(world);
}

void world_do(struct world *world, enum code (*act)(struct call *call, void *user), void *user)
{
    struct call call = { 0 };
    dispatch_begin(&world->gate, &call, &actor_service);
    if (store_call_begin(world->store, &call.error) != OK || act(&call, user) != OK) {
        fprintf(stderr, "it failed: %s\n", call.error.text);
        abort();
    }
    store_call_end(world->store, true);
    arena_free(&call.arena);
    commit(world);
    run_jobs(world);
}

const char *world_events(struct world *world)
{
    return world_events_of(world, "");
}

const char *world_events_of(struct world *world, const char *kind)
{
    struct call call = { 0 };
    const struct event_row *rows;
    size_t count, used = 0;
    dispatch_begin(&world->gate, &call, &actor_service);
    world->event_text[0] = 0;
    if (event_after(&call, world->seen_event, 10000, &rows, &count) != OK)
        abort();
    for (size_t i = 0; i < count; i++) {
        world->seen_event = rows[i].seq;
        if (strncmp(rows[i].kind, kind, strlen(kind)) != 0)
            continue;
        used += (size_t)snprintf(world->event_text + used, TEXT_SIZE - used, "%s ", rows[i].kind);
        print_packed(world->text, rows[i].fields.bytes, rows[i].fields.size, 0);
        used += (size_t)snprintf(world->event_text + used, TEXT_SIZE - used, "%s\n", world->text);
    }
    arena_free(&call.arena);
    return world->event_text;
}

void world_expect(struct world *world, const char *who, const char *method, const char *params, bool is_good,
                  const char *part, const char *file, int line)
{
    const char *answer = world_call(world, who, method, params);
    if ((world->code == OK) == is_good && strstr(answer, part))
        return;
    print_error("%s:%d: %s %s as %s\n  expected %s: %s\n  got %s: %s\n", file, line, method, params, who,
                is_good ? "an answer with" : "an error with", part, world->code ? "an error" : "an answer",
                answer);
    _fail(file, line);
}
