/* SPDX-License-Identifier: MIT */
#include "dispatch.h"

#include "answers.h"
#include "catalogue.h"
#include "inverse.h"
#include "log.h"
#include "rights.h"
#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One call on its way through the gate. */
struct passage {
    struct call *call;
    const struct method *method;
    void *params, *result;
    const char *request_id;
    struct packed answer; /* the packed result */
    bool is_answered;     /* already, by the first call with this request_id */
};

/* ---- the steps ---- */

static enum code find(struct passage *passage, const char *name, size_t length)
{
    struct call *call = passage->call;
    passage->method = call->method = method_find(name, length);
    if (!passage->method || (passage->method->needs_held_clock && !call->clock->is_held)) {
        const char *shown = arena_copy(&call->arena, name, length < 64 ? length : 64);
        return call_fail(call, UNKNOWN_METHOD, NULL, _("there is no method %s; service.describe lists them"),
                         text_length(shown, false) > 0 ? shown : "?");
    }
    return OK;
}

static enum code decode(struct passage *passage, struct packed params)
{
    struct call *call = passage->call;
    const struct record *takes = passage->method->params;
    passage->params = arena_take(&call->arena, takes->size);
    passage->result = arena_take(&call->arena, passage->method->result->size);
    return record_unpack(takes, params, passage->params,
                         passage->method->mode == MODE_WRITE ? &passage->request_id : NULL, &call->arena,
                         &call->error);
}

static enum code handle(struct passage *passage)
{
    return handlers[passage->method - methods](passage->call, passage->params, passage->result);
}

/* A handler's answer is checked like a caller's parameters: what breaks the catalogue is a fault of ours. */
static enum code encode(struct passage *passage)
{
    struct call *call = passage->call;
    const struct record *returns = passage->method->result;
    struct error error;
    if (record_check(returns, passage->result, &error)) {
        log_write(LOG_LEVEL_ERROR, "an answer breaks the catalogue", "METHOD", passage->method->name, "FIELD",
                  error.field, "REASON", error.text, NULL);
        return call_fail(call, INTERNAL, NULL,
                         _("the service made an answer that it may not give; its journal says more"));
    }
    if (returns->has_hidden)
        rights_redact(call, returns, passage->result);
    passage->answer = record_packed(returns, passage->result, &call->arena);
    return passage->answer.size < FRAME_SIZE
               ? OK
               : call_fail(call, TOO_LARGE, NULL, _("the answer is too large; ask for fewer at a time"));
}

static const char *slug_of(const struct field *field, const void *base)
{
    bool has_slug = field && field->kind == KIND_SLUG && !field->is_list && field_count(field, base);
    return has_slug ? *(const char *const *)field_at(field, base, 0) : NULL;
}

/* Whom a call is about: the `person` it names, or the one its answer is about, or the first thing it names.
 */
static const char *about_of(const struct passage *passage)
{
    const struct method *method = passage->method;
    const char *about = slug_of(field_find(method->params, "person", 6), passage->params);
    if (!about)
        about = slug_of(method->result->about, passage->result);
    return about ? about : slug_of(method->params->fields, passage->params);
}

/* Who looks at their own record leaves no row. */
static bool leaves_a_row(const struct passage *passage, const char *about)
{
    const char *self = passage->call->actor->person;
    bool is_own_look = about && self && strcmp(about, self) == 0;
    return passage->method->mode == MODE_WRITE || (passage->method->is_audited && !is_own_look);
}

/* What a what-if changes is undone, and so is its row; what it shows was seen, and its row is written
 * afterwards. */
static enum code audit(struct passage *passage)
{
    struct call *call = passage->call;
    const char *about = about_of(passage);
    if (!leaves_a_row(passage, about))
        return OK;
    if (!call->is_what_if)
        return audit_add(call, passage->method, about);
    if (passage->method->mode == MODE_WRITE)
        return OK;
    struct look *look = arena_take(&call->arena, sizeof *look);
    *look = (struct look){ call->looks, passage->method, about };
    call->looks = look;
    return OK;
}

static enum code audit_looks(struct call *call)
{
    for (const struct look *look = call->looks; look; look = look->next)
        if (audit_add(call, look->method, look->about))
            return call->error.code;
    return OK;
}

/* ---- the way through ---- */

/* The same request_id gets the first answer again, whatever has become since of what it names. */
static enum code recall(struct passage *passage)
{
    enum code code = request_find(passage->call, passage->request_id, &passage->answer);
    passage->is_answered = code == OK;
    return code == NOT_FOUND ? OK : code;
}

static enum code enter(struct passage *passage, struct packed params)
{
    struct call *call = passage->call;
    enum code code = decode(passage, params);
    if (code == OK)
        code = rights_fill_caller(call, passage->method, passage->params);
    if (code == OK)
        code = record_check(passage->method->params, passage->params, &call->error);
    if (code == OK && passage->request_id)
        code = recall(passage);
    if (code || passage->is_answered)
        return code;
    code = rights_resolve(call, passage->method, passage->params, true);
    if (code == OK)
        code = rights_authorise(call, passage->method, passage->params);
    return code ? code : rights_resolve(call, passage->method, passage->params, false);
}

static enum code serve(struct passage *passage)
{
    enum code code = handle(passage);
    if (code == OK)
        code = encode(passage);
    return code;
}

static enum code serve_and_keep(struct passage *passage)
{
    enum code code = serve(passage);
    if (code == OK && passage->request_id)
        code = request_keep(passage->call, passage->request_id, passage->answer);
    return code ? code : audit(passage);
}

/* What was done in a batch or while undoing is undone by nobody: it is part of something else. And only who
 * gives a request_id wants to come back to a call: the others, programs in a hurry, pay nothing for it. */
static enum code serve_undoable(struct passage *passage)
{
    struct call *call = passage->call;
    if (!passage->request_id)
        return serve_and_keep(passage);
    const void *former = inverse_look(call, passage->method, passage->params);
    enum code code = serve_and_keep(passage);
    return code ? code
                : inverse_keep(call, passage->method, passage->params, passage->result, former,
                               about_of(passage));
}

/* Inside its own savepoint, so that a call that fails leaves nothing behind and the others of the turn stay.
 * A held clock that it has moved goes back too. */
static enum code serve_in_savepoint(struct passage *passage)
{
    struct call *call = passage->call;
    int64_t began_at = call->now;
    enum code code = store_call_begin(call->store, &call->error);
    if (code)
        return code;
    code = serve_undoable(passage);
    if (code == OK)
        code = audit_looks(call);
    store_call_end(call->store, code == OK);
    if (code && call->clock->is_held)
        clock_hold(call->clock, began_at);
    return code;
}

/* Reads go on where nothing can be written: then the journal is told of a look, since the audit cannot be. */
static void tell_journal(const struct passage *passage)
{
    const char *about = about_of(passage);
    char uid[16];
    snprintf(uid, sizeof uid, "%" PRIu32, passage->call->actor->uid);
    log_write(LOG_LEVEL_NOTICE, "a look that the audit could not take", "METHOD", passage->method->name,
              "ABOUT", about ? about : "", "UID", uid, NULL);
}

static enum code serve_look(struct passage *passage)
{
    if (!store_trouble(passage->call->store))
        return serve_in_savepoint(passage);
    enum code code = serve(passage);
    if (code == OK)
        tell_journal(passage);
    return code;
}

/* ---- calls inside a call ---- */

enum { INNER_SECONDS = 1, INNER_SECONDS_OF_ADMINS = 10 };

/* While a batch runs nobody else is served, so it ends in time; and it ends once its answers cannot be sent
 * anyway. */
static enum code check_inner(struct call *call)
{
    int64_t now = clock_milliseconds();
    int seconds = actor_has(call->actor, ROLE_ADMIN) ? INNER_SECONDS_OF_ADMINS : INNER_SECONDS;
    if (call->inner_calls++ == 0)
        call->inner_since = now;
    if (now - call->inner_since > seconds * 1000)
        return call_fail(call, TOO_LARGE, NULL, _("this takes too long in one piece; make it several"));
    if (call->inner_size > FRAME_SIZE || arena_is_spent(&call->arena))
        return call_fail(call, TOO_LARGE, NULL, _("the answer is too large; ask for fewer at a time"));
    return OK;
}

static enum code pass_inner(struct passage *passage, const char *name, struct packed params)
{
    struct call *call = passage->call;
    enum code code = find(passage, name, strlen(name));
    if (code == OK && (passage->method->is_alone || passage->method->mode == MODE_SLOW))
        code = call_fail(call, INVALID, "method", _("%s cannot be called from inside another call"), name);
    if (code == OK)
        code = rights_admit(call, passage->method);
    if (code == OK)
        code = enter(passage, params);
    /* no savepoint of its own: where one inner call fails, the outer one undoes all */
    return code || passage->is_answered ? code : serve_and_keep(passage);
}

static enum code run_inner(struct call *call, const char *name, struct packed params, struct packed *result)
{
    struct passage passage = { .call = call };
    const struct method *outer = call->method;
    enum code code = check_inner(call);
    if (code == OK)
        code = pass_inner(&passage, name, params);
    call->method = outer;
    call->inner_size += passage.answer.size;
    *result = passage.answer;
    return code;
}

enum {
    KEY_MAX = 1024,
    KEPT_MAX = 4096, /* bytes of an answer: pages of a long list would push out everything else */
    QUARTER = 900    /* seconds: zones differ by whole quarters of an hour */
};

/* All that a cached answer depends on beside the data: who asks, what, and with which parameters. 0: too long
 * to keep. */
static size_t answer_key(const struct actor *actor, const struct message *message, char key[KEY_MAX])
{
    const char *person = actor->person ? actor->person : "";
    size_t person_size = strlen(person) + 1,
           head = sizeof actor->roles + person_size + message->method_length + 1;
    if (head + message->params.size > KEY_MAX)
        return 0;
    char *end = mempcpy(key, &actor->roles, sizeof actor->roles);
    end = mempcpy(end, person, person_size);
    end = mempcpy(end, message->method, message->method_length);
    *end++ = 0;
    if (message->params.size)
        memcpy(end, message->params.bytes, message->params.size);
    return head + message->params.size;
}

static enum code pass(const struct gate *gate, struct passage *passage, const struct message *message)
{
    struct call *call = passage->call;
    char key[KEY_MAX];
    enum code code = find(passage, message->method, message->method_length);
    if (code == OK)
        code = rights_admit(call, passage->method);
    if (code)
        return code;
    bool may_keep = passage->method->is_cached && gate->answers;
    size_t key_size = may_keep ? answer_key(call->actor, message, key) : 0;
    if (key_size) {
        /* the quarter of the hour is a part of the generation: what depends on the day is dropped when one
         * can begin, in any zone */
        answers_follow(gate->answers, store_generation(gate->store) << 32 ^ (uint64_t)(call->now / QUARTER));
        passage->answer.bytes = answers_find(gate->answers, key, key_size, &passage->answer.size);
        if (passage->answer.bytes)
            return OK;
    }
    if (passage->method->mode != MODE_WRITE && !passage->method->is_audited)
        store_read_begin(call->store);
    code = enter(passage, message->params);
    if (code || passage->is_answered)
        return code;
    code = passage->method->mode == MODE_WRITE  ? serve_in_savepoint(passage)
           : passage->method->mode == MODE_SLOW ? serve(passage) /* dispatch_look has told the audit */
           : passage->method->is_audited        ? serve_look(passage)
                                                : serve(passage);
    if (code == OK && key_size && passage->answer.size <= KEPT_MAX)
        answers_keep(gate->answers, key, key_size, passage->answer.bytes, passage->answer.size);
    return code;
}

void dispatch_begin(const struct gate *gate, struct call *call, const struct actor *actor)
{
    call->store = gate->store;
    call->clock = gate->clock;
    call->zones = gate->zones;
    call->templates = gate->templates;
    call->actor = actor;
    call->now = clock_read(gate->clock);
    call->has_today = false;
    call->run_inner = run_inner;
}

enum code dispatch_call(const struct gate *gate, struct call *call, const struct actor *actor,
                        const struct message *message, msgpack_sbuffer *out)
{
    struct passage passage = { .call = call };
    msgpack_packer packer;
    dispatch_begin(gate, call, actor);
    language_use(actor->language);
    enum code code = pass(gate, &passage, message);
    if (!message->has_id)
        return code;
    msgpack_packer_init(&packer, out, msgpack_sbuffer_write);
    call->error.code = code;
    if (code) {
        pack_failure(&packer, message->id, &call->error);
    } else {
        pack_success(&packer, message->id);
        pack_raw(&packer, passage.answer);
    }
    return code;
}

static enum code look(struct passage *passage, const struct message *message)
{
    struct call *call = passage->call;
    enum code code = find(passage, message->method, message->method_length);
    if (code == OK)
        code = rights_admit(call, passage->method);
    if (code || !passage->method->is_audited)
        return code;
    code = enter(passage, message->params);
    if (code == OK && store_trouble(call->store))
        return tell_journal(passage), OK;
    if (code == OK)
        code = store_call_begin(call->store, &call->error);
    if (code)
        return code;
    code = audit(passage);
    store_call_end(call->store, code == OK);
    return code;
}

enum code dispatch_look(const struct gate *gate, struct call *call, const struct actor *actor,
                        const struct message *message)
{
    struct passage passage = { .call = call };
    dispatch_begin(gate, call, actor);
    language_use(actor->language);
    return call->error.code = look(&passage, message);
}

bool dispatch_is_slow(const struct message *message)
{
    const struct method *method = method_find(message->method, message->method_length);
    return method && method->mode == MODE_SLOW;
}
