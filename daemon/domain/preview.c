/* SPDX-License-Identifier: MIT */
/*
 * What will go to whom. The invariant: nothing of it is worked out here. The service's own jobs run on a copy
 * of the database with a clock of its own, and letters are claimed there as the courier claims them; so what
 * is shown is what will be sent, to the letter, as long as nothing changes.
 */
#include "company.h"
#include "day.h"
#include "job.h"
#include "log.h"
#include "message.h"
#include "outbox.h"
#include "pack.h"
#include "reminder.h"
#include "store.h"

#include <string.h>

enum {
    SECONDS_AT_MOST = 10,
    DAYS_AHEAD = 366,
    TEXT_AT_MOST = 600 * 1024, /* bytes in the answer, which is to fit into a frame */
    MAP_SIZE = 500,            /* and what stands beside each text, about */
    LETTERS_AT_ONCE = 100,
    EVENTS_AT_ONCE = 100
};

struct preview {
    const struct reminder_preview_params *params;
    struct reminder_preview_result *result;
    struct call *call; /* that asked: what is found lives in its arena */
    struct call trial; /* on the copy */
    struct clock clock;
    struct coming_reminder *items;
    struct coming_letter *letters;
    int64_t from, until, seq; /* the first and last instant; the last event seen */
    size_t text;              /* bytes of all texts found */
};

static bool is_full(const struct preview *preview)
{
    size_t limit = (size_t)preview->params->limit;
    return preview->result->items_count >= limit || preview->result->letters_count >= limit ||
           preview->text >= TEXT_AT_MOST;
}

/* ---- reminders as they come ---- */

static bool is_asked_for(const struct preview *preview, const struct reminder_open_row *row)
{
    const struct reminder_preview_params *params = preview->params;
    if (params->person && (!row->person || strcmp(params->person, row->person) != 0))
        return false;
    return !params->rule || (row->rule && strcmp(params->rule, row->rule) == 0);
}

static int64_t *keep(struct call *call, int64_t value)
{
    int64_t *kept = arena_take(&call->arena, sizeof *kept);
    return *kept = value, kept;
}

static enum code add_channels(struct call *trial, const struct reminder_open_row *row,
                              struct coming_reminder *item)
{
    struct outbox_row_row mail = { 0 };
    enum coming_reminder_channels *channels = arena_take(&trial->arena, 3 * sizeof *channels);
    item->channels = channels;
    if (!row->webhook)
        channels[item->channels_count++] = COMING_REMINDER_CHANNELS_INBOX;
    if (!row->mail)
        return OK;
    channels[item->channels_count++] = row->webhook ? COMING_REMINDER_CHANNELS_WEBHOOK
                                                    : COMING_REMINDER_CHANNELS_MAIL;
    if (sql_outbox_row(trial, &(struct outbox_row_params){ .id = row->mail }, &mail))
        return trial->error.code;
    enum outgoing_kind *kind = arena_take(&trial->arena, sizeof *kind);
    *kind = mail.kind;
    item->mail = kind;
    item->mail_at = keep(trial, row->webhook ? trial->now : mail.next_at);
    item->message = row->mail;
    return OK;
}

/* The jobs run as the service; what is shown is for who asks. */
static enum code find_whether_for_caller(struct preview *preview, const struct reminder_open_row *row,
                                         bool *is_for_caller)
{
    struct call *trial = &preview->trial;
    const struct actor *service = trial->actor;
    trial->actor = preview->call->actor;
    enum code code = reminder_is_for_caller(trial, row, is_for_caller);
    trial->actor = service;
    return code;
}

/* In the language of whoever gets it. */
static enum code say(struct preview *preview, const struct reminder_open_row *row,
                     struct coming_reminder *item)
{
    struct call *trial = &preview->trial;
    struct outbox_addressee_row to = { 0 };
    struct message_text text = { 0 };
    enum language before = language_in_use();
    if (sql_outbox_addressee(trial, &(struct outbox_addressee_params){ row->person, row->webhook }, &to))
        return trial->error.code;
    language_use(outbox_language(&to));
    enum code code = message_render(trial, row, &text);
    language_use(before);
    bool is_for_caller = true;
    if (code == OK)
        code = find_whether_for_caller(preview, row, &is_for_caller);
    if (!is_for_caller)
        text = (struct message_text){ .subject = reminder_of_others(), .body = reminder_of_others() };
    item->name = to.name;
    item->title = text.subject;
    item->text = message_lines(trial, &text);
    return code;
}

static enum code add_reminder(struct preview *preview, const char *id)
{
    struct call *trial = &preview->trial;
    struct reminder_open_row row = { 0 };
    if (sql_reminder_open(trial, &(struct reminder_open_params){ .id = id }, &row))
        return trial->error.code;
    if (trial->now < preview->from || !is_asked_for(preview, &row) || is_full(preview))
        return OK;
    struct coming_reminder *item = &preview->items[preview->result->items_count];
    *item = (struct coming_reminder){ .at = trial->now,
                                      .person = row.person,
                                      .webhook = row.webhook,
                                      .rule = row.rule ? row.rule : row.message,
                                      .subject = row.subject,
                                      .lead = row.lead,
                                      .reminder = row.id };
    if (row.wanted_at < trial->now)
        item->wanted_at = keep(trial, row.wanted_at);
    if (add_channels(trial, &row, item) || say(preview, &row, item))
        return trial->error.code;
    preview->result->items_count++;
    preview->text += strlen(item->text) + MAP_SIZE;
    return OK;
}

/* ---- letters as they are claimed ---- */

/* A letter with something in it that is not for who asks shows none of it. */
static enum code hide(struct preview *preview, const struct reminder_open_row_list *reminders,
                      struct coming_letter *letter)
{
    for (size_t i = 0; i < reminders->items_count; i++) {
        bool is_for_caller;
        if (find_whether_for_caller(preview, &reminders->items[i], &is_for_caller))
            return preview->trial.error.code;
        if (!is_for_caller)
            letter->subject = letter->text = reminder_of_others();
    }
    return OK;
}

/* Of one rule only: the letters that have something of it. */
static bool is_wanted(const struct preview *preview, const struct outbox_row_row *row,
                      const struct reminder_open_row_list *reminders)
{
    const struct reminder_preview_params *params = preview->params;
    if (params->person && (!row->person || strcmp(params->person, row->person) != 0))
        return false;
    if (!params->rule)
        return true;
    for (size_t i = 0; i < reminders->items_count; i++)
        if (is_asked_for(preview, &reminders->items[i]))
            return true;
    return false;
}

static enum code add_letter(struct preview *preview, const struct letter *letter)
{
    struct call *trial = &preview->trial;
    struct outbox_row_row row = { 0 };
    struct reminder_open_row_list reminders = { 0 };
    struct reminder_count_in_mail_row total = { 0 };
    if (sql_outbox_row(trial, &(struct outbox_row_params){ .id = letter->id }, &row) ||
        sql_reminder_in_mail(trial, &(struct reminder_in_mail_params){ .mail = letter->id }, &reminders) ||
        sql_reminder_count_in_mail(trial, &(struct reminder_count_in_mail_params){ .mail = letter->id },
                                   &total))
        return trial->error.code;
    bool is_new_post = row.webhook && row.made_at >= preview->call->now; /* which no event tells of */
    for (size_t i = 0; is_new_post && i < reminders.items_count; i++)
        if (add_reminder(preview, reminders.items[i].id))
            return trial->error.code;
    if (trial->now < preview->from || !is_wanted(preview, &row, &reminders) || is_full(preview))
        return OK;
    preview->text += strlen(letter->text) + MAP_SIZE;
    preview->letters[preview->result->letters_count++] = (struct coming_letter){
        .at = trial->now,
        .id = letter->id,
        .person = row.person,
        .webhook = row.webhook,
        .name = letter->to_name,
        .kind = row.kind,
        .reminders = total.count,
        .subject = letter->subject,
        .text = letter->text,
    };
    return hide(preview, &reminders, &preview->letters[preview->result->letters_count - 1]);
}

/* As the courier does, with a mail server that takes everything. */
static enum code claim_all(struct preview *preview)
{
    struct call *trial = &preview->trial;
    const struct outbox_claim_params params = { .limit = LETTERS_AT_ONCE };
    for (;;) {
        struct outbox_claim_result claimed = { 0 };
        if (outbox_claim(trial, &params, &claimed))
            return trial->error.code;
        for (size_t i = 0; i < claimed.items_count; i++) {
            const struct outbox_settle_params sent = { .id = claimed.items[i].id,
                                                       .outcome = OUTBOX_SETTLE_PARAMS_OUTCOME_SENT };
            if (add_letter(preview, &claimed.items[i]) || outbox_settle(trial, &sent))
                return trial->error.code;
        }
        if (claimed.items_count == 0)
            return OK;
    }
}

/* ---- the time to come ---- */

static enum code hear(struct preview *preview, const struct event_row *event)
{
    struct call *trial = &preview->trial;
    struct reminder_due_event due = { 0 };
    if (strcmp(event->kind, event_outbox_ready.name) == 0)
        return claim_all(preview);
    if (strcmp(event->kind, event_reminder_due.name) != 0)
        return OK;
    if (record_unpack(event_reminder_due.fields, event->fields, &due, NULL, &trial->arena, &trial->error))
        return trial->error.code;
    return add_reminder(preview, due.reminder);
}

static enum code hear_all(struct preview *preview)
{
    const struct event_row *rows;
    size_t count = 0;
    do {
        if (event_after(&preview->trial, preview->seq, EVENTS_AT_ONCE, &rows, &count))
            return preview->trial.error.code;
        for (size_t i = 0; i < count; i++) {
            preview->seq = rows[i].seq;
            if (hear(preview, &rows[i]))
                return preview->trial.error.code;
        }
    } while (count == EVENTS_AT_ONCE);
    return OK;
}

/* The next job, and what it tells. */
static enum code step(struct preview *preview)
{
    struct call *trial = &preview->trial;
    int64_t done;
    if (store_call_begin(trial->store, &trial->error))
        return trial->error.code;
    enum code code = job_run_due(trial, preview->until, 1, &done);
    if (code == OK)
        code = hear_all(preview);
    store_call_end(trial->store, code == OK);
    return code ? code : store_commit(trial->store, &trial->error);
}

/* What is on its way arrives, and what waits goes out, before anything else. */
static enum code begin(struct preview *preview)
{
    struct call *trial = &preview->trial;
    struct preview_on_its_way_row_list mails = { 0 };
    if (store_call_begin(trial->store, &trial->error))
        return trial->error.code;
    enum code code = sql_preview_on_its_way(trial, &mails);
    for (size_t i = 0; code == OK && i < mails.items_count; i++)
        code = outbox_settle(trial,
                             &(struct outbox_settle_params){ .id = mails.items[i].id,
                                                             .outcome = OUTBOX_SETTLE_PARAMS_OUTCOME_SENT });
    if (code == OK)
        code = claim_all(preview);
    store_call_end(trial->store, code == OK);
    return code;
}

static enum code live_through(struct preview *preview)
{
    struct call *trial = &preview->trial;
    int64_t ends = clock_milliseconds() + SECONDS_AT_MOST * 1000;
    for (;;) {
        int64_t due_at;
        if (job_next(trial, &due_at))
            return trial->error.code;
        if (due_at > preview->until)
            return preview->result->until = preview->until, OK;
        if (store_is_stopped(preview->call->store))
            return fail(&trial->error, UNAVAILABLE, NULL, _("the service is ending"));
        preview->result->until = trial->now;
        if (clock_milliseconds() > ends || is_full(preview))
            return OK;
        if (step(preview))
            return trial->error.code;
    }
}

static enum code live_on_copy(struct preview *preview)
{
    struct call *call = preview->call;
    struct event_bounds_row feed = { 0 };
    preview->trial = (struct call){ .store = preview->trial.store,
                                    .arena = call->arena,
                                    .clock = &preview->clock,
                                    .zones = call->zones,
                                    .templates = call->templates,
                                    .actor = &actor_service,
                                    .now = call->now };
    clock_hold(&preview->clock, call->now);
    log_silence(true);
    enum code code = sql_event_bounds(&preview->trial, &feed);
    preview->seq = feed.last ? *feed.last : 0;
    if (code == OK)
        code = begin(preview);
    if (code == OK)
        code = live_through(preview);
    log_silence(false);
    call->arena = preview->trial.arena;
    call->error = preview->trial.error;
    return code;
}

enum code reminder_preview(struct call *call, const struct reminder_preview_params *params,
                           struct reminder_preview_result *result)
{
    struct preview preview = { .params = params, .result = result, .call = call };
    const struct zone *zone;
    size_t room = (size_t)params->limit;
    if (params->until > call_today(call) + DAYS_AHEAD)
        return call_fail(call, INVALID, "until", _("a year ahead is the most"));
    if (company_zone(call, &zone))
        return call->error.code;
    preview.until = zone_instant(zone, (int64_t)(params->until + 1) * DAY_SECONDS) - 1;
    if (params->from)
        preview.from = zone_instant(zone, (int64_t)*params->from * DAY_SECONDS);
    preview.items = arena_take(&call->arena, (room + 1) * sizeof *preview.items);
    preview.letters = arena_take(&call->arena, (room + 1) * sizeof *preview.letters);
    if (store_open_copy(call->store, &preview.trial.store, &call->error))
        return call->error.code;
    result->items = preview.items;
    result->letters = preview.letters;
    enum code code = live_on_copy(&preview);
    store_close(preview.trial.store);
    return code;
}
