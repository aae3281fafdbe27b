/* SPDX-License-Identifier: MIT */
#include "run.h"

#include "cell.h"
#include "confirm.h"
#include "pager.h"
#include "print.h"
#include "service.h"
#include "text.h"
#include "things.h"
#include "usage.h"
#include "words.h"

#include <string.h>
#include <unistd.h>

struct run {
    struct service service;
    const struct method *method;
    void *params;
    struct line line;
    struct arena arena;
};

static bool is_given(const struct run *run, const char *name)
{
    const struct field *field = field_find(run->method->params, name, strlen(name));
    return field && run->line.given >> (field - run->method->params->fields) & 1;
}

/* Whoever did not ask for a page gets all of them, in pages as large as they may be. */
static bool wants_all(const struct run *run)
{
    return run->method->mode != MODE_WRITE && !is_given(run, "limit") && !is_given(run, "after");
}

static void widen_page(struct run *run)
{
    const struct field *limit = field_find(run->method->params, "limit", 5);
    if (wants_all(run) && limit && limit->kind == KIND_INTEGER)
        *(int64_t *)field_add(limit, run->params, &run->arena) = limit->max;
}

/* A page that was too large for one answer is asked for again, smaller; false where that is not the trouble.
 */
static bool narrow_page(struct run *run)
{
    const struct field *limit = field_find(run->method->params, "limit", 5);
    int64_t *value = limit && wants_all(run) && field_find(run->method->params, "after", 5) &&
                             field_count(limit, run->params)
                         ? (int64_t *)(uintptr_t)field_at(limit, run->params, 0)
                         : NULL;
    if (!value || *value < 2 || strcmp(laug_error(run->service.laug)->code, "too_large") != 0)
        return false;
    *value /= 4;
    *value += *value == 0;
    return true;
}

/* Sets `after` to the `next` of the answer; false where this was the last page. */
static bool turn_page(struct run *run, struct cursor answer)
{
    const struct field *after = field_find(run->method->params, "after", 5);
    struct cursor next;
    const char *text;
    uint32_t length;
    if (!wants_all(run) || !after || !cell_find(answer, "next", &next) || !cursor_text(&next, &text, &length))
        return false;
    *(const char **)field_add(after, run->params, &run->arena) = arena_copy(&run->arena, text, length);
    return true;
}

/* What eyes would miss: that nothing was written, that it was done though there is nothing to show, that
 * there is more. */
static void print_remark(const struct run *run, const struct options *options, bool has_next)
{
    bool is_write = run->method->mode == MODE_WRITE;
    if (is_write && options->is_dry_run)
        fprintf(stderr, "%s\n", _("This was a trial: nothing was changed."));
    else if (is_write && run->method->result->fields_count == 0 && options->style == STYLE_TABLE)
        printf("%s\n", _("Done."));
    if (has_next && options->style == STYLE_TABLE)
        fprintf(stderr, "%s\n", _("There is more: --after shows what comes next."));
}

/* The methods of `calls`, where the method takes several calls as one; NULL where it does not. */
static const struct method **inner_methods(struct run *run, size_t *count)
{
    const struct field *calls = field_find(run->method->params, "calls", 5);
    const struct field *name = calls && calls->record ? field_find(calls->record, "method", 6) : NULL;
    if (!name || name->kind != KIND_TEXT)
        return NULL;
    *count = field_count(calls, run->params);
    const struct method **inner = arena_take(&run->arena, (*count + 1) * sizeof *inner);
    for (size_t i = 0; i < *count; i++) {
        const char *text = *(const char *const *)field_at(name, field_at(calls, run->params, i), 0);
        inner[i] = method_find(text, strlen(text));
    }
    return inner;
}

/* What was wrong, and of an id that is not there the one that may have been meant. */
static int explain(struct run *run, enum laug_status status)
{
    const struct laug_error error = *laug_error(run->service.laug);
    int exit_status = service_explain(&run->service, status, run->method);
    if (status == LAUG_REFUSED && strcmp(error.code, "not_found") == 0)
        things_hint(&run->service, run->method, run->params, error.field);
    return exit_status;
}

static int call_and_print(struct run *run, const struct options *options)
{
    struct printer printer;
    bool has_more = true, has_next = false;
    print_begin(&printer, run->method->result, options->style);
    printer.view = view_find(run->method->name);
    printer.service = &run->service;
    printer.screen.height = 0; /* who asks for a thing by its name gets all of it */
    printer.inner = inner_methods(run, &printer.inner_count);
    while (has_more) {
        struct laug_reply reply = { 0 };
        struct cursor answer, next;
        enum laug_status status = service_call(&run->service, run->method, run->params, &reply, &answer);
        if (status == LAUG_REFUSED && narrow_page(run))
            continue;
        if (status != LAUG_OK) {
            print_abandon(&printer);
            return explain(run, status);
        }
        has_more = turn_page(run, answer);
        has_next = !has_more && cell_find(answer, "next", &next);
        if (run->method->result->fields_count || options->style == STYLE_JSON)
            print_page(&printer, answer, has_more);
        laug_reply_free(&reply);
    }
    print_end(&printer);
    print_remark(run, options, has_next);
    return 0;
}

/* ---- before it ---- */

/* What was not typed in full is said in full before anything is written; of a look only to eyes. */
static void tell_days(const struct run *run)
{
    struct arena arena = { 0 };
    if (run->method->mode == MODE_WRITE || isatty(STDERR_FILENO))
        for (const struct typed *typed = run->line.typed; typed; typed = typed->next)
            if (!typed->when.is_full)
                fprintf(stderr, "%s: %s\n", words_field(&arena, run->method, typed->field),
                        when_say(&typed->place, &arena));
    arena_free(&arena);
}

/* Gives the exit status. */
static int settle_days(struct run *run)
{
    struct when_now now, *known = NULL;
    struct error error = { 0 };
    if (words_need_now(&run->line)) {
        int status = service_now(&run->service, &now);
        if (status)
            return status;
        known = &now;
    }
    if (words_settle(&run->line, known, &error)) {
        int status = service_refuse(run->method, &error);
        things_hint(&run->service, run->method, run->params, error.field);
        return status;
    }
    tell_days(run);
    return 0;
}

static int run_line(struct run *run)
{
    run->service = service_open(run->line.options);
    int status = settle_days(run);
    if (status == 0 && run->method->is_final && !run->line.options->is_dry_run)
        status = confirm_final(&run->service, run->method, run->params);
    if (status == 0) {
        widen_page(run);
        if (run->method->mode != MODE_WRITE)
            pager_begin();
        status = call_and_print(run, run->line.options);
    }
    service_close(&run->service);
    return status;
}

int run_method(const struct method *method, char **words, int count, struct options *options)
{
    struct run run = { .method = method };
    struct error error = { 0 };
    int status;
    run.params = arena_take(&run.arena, method->params->size);
    run.line =
        (struct line){ .method = method, .params = run.params, .options = options, .arena = &run.arena };
    if (words_read(&run.line, words, count, &error))
        status = service_refuse(method, &error);
    else
        status = options->wants_help ? usage_method(method) : run_line(&run);
    arena_free(&run.arena);
    return status;
}
