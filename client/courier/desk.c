/* SPDX-License-Identifier: MIT */
/* The invariant: a settlement leaves the list only when the service has answered it. */
#include "desk.h"

#include "log.h"

#include <inttypes.h>
#include <laug.h>
#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { CALL_MILLISECONDS = 5000, FIRST_REST = 500, LONGEST_REST = 30000, CLAIM_LIMIT = 50 };

struct settlement {
    struct settlement *next;
    msgpack_sbuffer params;
    bool is_sent;
    uint32_t msgid;
};

struct desk {
    struct desk_user user;
    struct laug *laug;
    struct event *turn, *again;
    bool is_subscribed, is_stopped;
    bool wants_claim, is_claiming;
    uint32_t claim_msgid;
    size_t claim_limit, claim_most; /* of the claim that is open, and of any */
    struct settlement *settlements, **settlements_end;
    size_t unsettled;
    int rest; /* milliseconds until trouble is tried again */
};

/* ---- packing and reading ---- */

static void put_text(msgpack_packer *packer, const char *text)
{
    msgpack_pack_str_with_body(packer, text, strlen(text));
}

static const msgpack_object *find_field(const msgpack_object *map, const char *name)
{
    if (map->type != MSGPACK_OBJECT_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *pair = &map->via.map.ptr[i];
        if (pair->key.type == MSGPACK_OBJECT_STR && pair->key.via.str.size == strlen(name) &&
            memcmp(pair->key.via.str.ptr, name, strlen(name)) == 0)
            return &pair->val;
    }
    return NULL;
}

/* A copy of the text, "" where there is none. */
static char *copy_text(const msgpack_object *item, const char *name, const char **fault)
{
    const msgpack_object *field = find_field(item, name);
    size_t length = field && field->type == MSGPACK_OBJECT_STR ? field->via.str.size : 0;
    char *text = malloc(length + 1);
    if (!text)
        abort();
    if (length)
        memcpy(text, field->via.str.ptr, length);
    text[length] = 0;
    if (strlen(text) != length)
        *fault = "a text holds a NUL";
    return text;
}

/* The value as its bytes, the caller's. */
static char *pack_value(const msgpack_object *value, size_t *length)
{
    msgpack_sbuffer packed;
    msgpack_packer packer;
    msgpack_sbuffer_init(&packed);
    msgpack_packer_init(&packer, &packed, msgpack_sbuffer_write);
    if (msgpack_pack_object(&packer, *value) != 0)
        abort();
    *length = packed.size;
    return msgpack_sbuffer_release(&packed);
}

static void read_invitation(struct letter *letter, const msgpack_object *item)
{
    const msgpack_object *calendar = find_field(item, "calendar");
    const msgpack_object *entry = calendar ? find_field(calendar, "entry") : NULL;
    if (!entry)
        return;
    letter->method = copy_text(calendar, "method", &letter->fault);
    letter->entry = pack_value(entry, &letter->entry_length);
}

/* NULL where it has no id: it can then not be accounted for. */
static struct letter *read_letter(const msgpack_object *item)
{
    const msgpack_object *id = find_field(item, "id");
    if (!id || (id->type != MSGPACK_OBJECT_STR && id->type != MSGPACK_OBJECT_POSITIVE_INTEGER))
        return NULL;
    struct letter *letter = calloc(1, sizeof *letter);
    if (!letter)
        abort();
    letter->id = pack_value(id, &letter->id_length);
    letter->channel = copy_text(item, "channel", &letter->fault);
    letter->to_name = copy_text(item, "to_name", &letter->fault);
    letter->to = copy_text(item, "to", &letter->fault);
    letter->subject = copy_text(item, "subject", &letter->fault);
    letter->text = copy_text(item, "text", &letter->fault);
    letter->message_id = copy_text(item, "message_id", &letter->fault);
    letter->language = copy_text(item, "language", &letter->fault);
    letter->html = copy_text(item, "html", &letter->fault);
    letter->webhook = copy_text(item, "webhook", &letter->fault);
    letter->form = copy_text(item, "form", &letter->fault);
    letter->kind = copy_text(item, "kind", &letter->fault);
    letter->about = copy_text(item, "about", &letter->fault);
    letter->when = copy_text(item, "when", &letter->fault);
    letter->command = copy_text(item, "command", &letter->fault);
    read_invitation(letter, item);
    return letter;
}

/* Hands the letters of an answer out; gives how many there were. */
static size_t take_letters(struct desk *desk, const struct laug_reply *reply)
{
    msgpack_unpacked unpacked;
    size_t count = 0;
    msgpack_unpacked_init(&unpacked);
    if (msgpack_unpack_next(&unpacked, reply->bytes, reply->length, NULL) != MSGPACK_UNPACK_SUCCESS)
        abort(); /* liblaug scanned it: only memory can be short */
    const msgpack_object *items = find_field(&unpacked.data, "items");
    if (items && items->type == MSGPACK_OBJECT_ARRAY)
        for (; count < items->via.array.size; count++) {
            struct letter *letter = read_letter(&items->via.array.ptr[count]);
            if (letter)
                desk->user.take(desk->user.context, letter);
            else
                log_line(LOG_LEVEL_ERROR, "the service handed out a message without an id");
        }
    msgpack_unpacked_destroy(&unpacked);
    return count;
}

/* ---- trouble ---- */

static bool is_resting(const struct desk *desk)
{
    return evtimer_pending(desk->again, NULL) != 0;
}

/* Says what is wrong, and tries everything again later, later each time. */
static void rest(struct desk *desk, const char *what)
{
    const struct laug_error *error = laug_error(desk->laug);
    if (is_resting(desk))
        return;
    struct timeval left = { .tv_sec = desk->rest / 1000, .tv_usec = desk->rest % 1000 * 1000 };
    log_line(LOG_LEVEL_WARNING, "%s: %s: %s", what, error->code, error->text);
    evtimer_add(desk->again, &left);
    desk->rest = 2 * desk->rest < LONGEST_REST ? 2 * desk->rest : LONGEST_REST;
}

/* ---- the steps of a turn ---- */

/* False: there is no feed, and a later turn will try again. */
static bool keep_subscribed(struct desk *desk)
{
    if (desk->is_subscribed)
        return true;
    if (laug_subscribe(desk->laug, LAUG_FROM_NOW) != LAUG_OK) {
        rest(desk, "the feed of events cannot be opened");
        return false;
    }
    desk->is_subscribed = true;
    desk->wants_claim = true; /* what happened before is not told */
    desk->user.changed(desk->user.context);
    return true;
}

static void read_events(struct desk *desk)
{
    struct laug_event event;
    enum laug_status status;
    while ((status = laug_next_event(desk->laug, &event)) == LAUG_OK)
        if (strncmp(event.kind, "outbox.", 7) == 0)
            desk->wants_claim = true;
        else if (strcmp(event.kind, "calendar.changed") == 0)
            desk->user.changed(desk->user.context);
    if (status == LAUG_NONE)
        return;
    log_line(LOG_LEVEL_WARNING, "the feed of events: %s", laug_error(desk->laug)->text);
    if (status == LAUG_REFUSED)
        desk->is_subscribed = false; /* too long away: what was missed is fetched by asking */
}

static void read_claim(struct desk *desk)
{
    struct laug_reply reply;
    if (!desk->is_claiming)
        return;
    enum laug_status status = laug_receive(desk->laug, desk->claim_msgid, 0, &reply);
    if (status == LAUG_TIMEOUT)
        return;
    desk->is_claiming = false;
    if (status != LAUG_OK) {
        desk->wants_claim = true;
        bool is_too_much = status == LAUG_REFUSED && strcmp(laug_error(desk->laug)->code, "too_large") == 0;
        if (is_too_much && desk->claim_limit > 1)
            desk->claim_most = desk->claim_limit / 2;
        else
            rest(desk, "no messages can be fetched");
        return;
    }
    desk->rest = FIRST_REST;
    desk->claim_most = desk->claim_most * 2 < CLAIM_LIMIT ? desk->claim_most * 2 : CLAIM_LIMIT;
    if (take_letters(desk, &reply) >= desk->claim_limit)
        desk->wants_claim = true; /* there may be more */
    laug_reply_free(&reply);
}

static void send_claim(struct desk *desk)
{
    msgpack_sbuffer params;
    msgpack_packer packer;
    if (!desk->wants_claim || desk->is_claiming || desk->is_stopped || is_resting(desk))
        return;
    size_t room = desk->user.room(desk->user.context);
    if (room == 0)
        return;
    desk->claim_limit = room < desk->claim_most ? room : desk->claim_most;
    msgpack_sbuffer_init(&params);
    msgpack_packer_init(&packer, &params, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, 1);
    put_text(&packer, "limit");
    msgpack_pack_uint64(&packer, desk->claim_limit);
    if (laug_send(desk->laug, "outbox.claim", params.data, params.size, &desk->claim_msgid) == LAUG_OK) {
        desk->is_claiming = true;
        desk->wants_claim = false;
    } else
        rest(desk, "no messages can be fetched");
    msgpack_sbuffer_destroy(&params);
}

/* True where the service has heard it. */
static bool is_heard(struct desk *desk, struct settlement *settlement)
{
    if (!settlement->is_sent)
        return false;
    switch (laug_receive(desk->laug, settlement->msgid, 0, NULL)) {
    case LAUG_TIMEOUT: return false;
    case LAUG_OK: desk->rest = FIRST_REST; return true;
    case LAUG_REFUSED:
        if (laug_error(desk->laug)->is_callers) {
            log_line(LOG_LEVEL_ERROR, "the service refused a settlement: %s: %s",
                     laug_error(desk->laug)->code, laug_error(desk->laug)->text);
            return true;
        }
        /* fall through */
    default:
        settlement->is_sent = false;
        rest(desk, "a settlement was not heard");
        return false;
    }
}

static void send_settlement(struct desk *desk, struct settlement *settlement)
{
    if (settlement->is_sent || is_resting(desk))
        return;
    if (laug_send(desk->laug, "outbox.settle", settlement->params.data, settlement->params.size,
                  &settlement->msgid) == LAUG_OK)
        settlement->is_sent = true;
    else
        rest(desk, "a settlement cannot be told");
}

static void go_through_settlements(struct desk *desk)
{
    struct settlement **at = &desk->settlements;
    while (*at) {
        struct settlement *settlement = *at;
        if (!is_heard(desk, settlement)) {
            send_settlement(desk, settlement);
            at = &settlement->next;
            continue;
        }
        *at = settlement->next;
        msgpack_sbuffer_destroy(&settlement->params);
        free(settlement);
        desk->unsettled--;
    }
    desk->settlements_end = at;
}

static void turn(evutil_socket_t fd, short events, void *context)
{
    struct desk *desk = context;
    (void)fd, (void)events;
    if (is_resting(desk) && !desk->is_subscribed)
        return;
    if (!keep_subscribed(desk))
        return;
    read_events(desk);
    read_claim(desk);
    go_through_settlements(desk);
    send_claim(desk);
    if (!desk->is_subscribed)
        desk_wake(desk);
    if (desk_is_idle(desk))
        desk->user.idle(desk->user.context);
}

/* ---- for the courier ---- */

void desk_wake(struct desk *desk)
{
    event_active(desk->turn, 0, 0);
}

void desk_stop(struct desk *desk)
{
    desk->is_stopped = true;
}

size_t desk_unsettled(const struct desk *desk)
{
    return desk->unsettled;
}

bool desk_is_idle(const struct desk *desk)
{
    return desk->unsettled == 0 && !desk->is_claiming;
}

void desk_settle(struct desk *desk, const struct letter *letter, const struct result *result)
{
    static const char *const words[] = { [SENT] = "sent", [DEFERRED] = "deferred", [REFUSED] = "refused" };
    struct settlement *settlement = calloc(1, sizeof *settlement);
    msgpack_packer packer;
    char request_id[33];
    uint64_t random[2];
    if (!settlement || getrandom(random, sizeof random, 0) != sizeof random)
        abort();
    snprintf(request_id, sizeof request_id, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
    msgpack_sbuffer_init(&settlement->params);
    msgpack_packer_init(&packer, &settlement->params, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, result->wait_seconds > 0 ? 5 : 4);
    if (result->wait_seconds > 0) {
        put_text(&packer, "wait_seconds");
        msgpack_pack_long(&packer, result->wait_seconds);
    }
    put_text(&packer, "id");
    msgpack_sbuffer_write(&settlement->params, letter->id, letter->id_length);
    put_text(&packer, "outcome");
    put_text(&packer, words[result->outcome]);
    put_text(&packer, "detail");
    put_text(&packer, result->detail);
    put_text(&packer, "request_id");
    put_text(&packer, request_id);
    *desk->settlements_end = settlement;
    desk->settlements_end = &settlement->next;
    desk->unsettled++;
    desk_wake(desk);
}

struct desk *desk_open(struct event_base *base, const char *path, const struct desk_user *user)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (!desk)
        abort();
    *desk =
        (struct desk){ .user = *user, .laug = laug_new(path), .rest = FIRST_REST, .claim_most = CLAIM_LIMIT };
    desk->settlements_end = &desk->settlements;
    if (!desk->laug) {
        free(desk);
        return NULL;
    }
    laug_set_timeout(desk->laug, CALL_MILLISECONDS);
    desk->turn = event_new(base, laug_fd(desk->laug), EV_READ | EV_PERSIST, turn, desk);
    desk->again = evtimer_new(base, turn, desk);
    if (!desk->turn || !desk->again || event_add(desk->turn, NULL) < 0)
        abort();
    desk_wake(desk);
    return desk;
}

void desk_close(struct desk *desk)
{
    while (desk->settlements) {
        struct settlement *settlement = desk->settlements;
        desk->settlements = settlement->next;
        msgpack_sbuffer_destroy(&settlement->params);
        free(settlement);
    }
    event_free(desk->turn);
    event_free(desk->again);
    laug_free(desk->laug);
    free(desk);
}
