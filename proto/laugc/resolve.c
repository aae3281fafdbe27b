/* SPDX-License-Identifier: MIT */
/* What the names in the catalogue stand for, once all of it is read, and whether it makes sense together. */
#include "laugc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void resolve_like(struct field *field)
{
    const char *dot = strchr(field->like, '.');
    struct record *record = dot ? record_find(need(strndup(field->like, (size_t)(dot - field->like)))) : NULL;
    const struct field *other = record ? record_field(record, dot + 1) : NULL;
    if (!other || other->like) {
        mistake(field->at,
                other ? "field %s: %s is itself like another; name that one"
                      : "field %s: no field is called \"%s\"",
                field->name, field->like);
        return;
    }
    field->kind = other->kind;
    field->record_name = other->record_name;
    field->entity = field->entity ? field->entity : other->entity;
    field->min = other->min;
    field->max = other->max;
    field->enum_name = other->enum_name;
    memcpy(field->words, other->words, sizeof field->words);
    field->words_count = other->words_count;
    field->has_lines = other->has_lines;
    if (field->source && other->words_count) { /* readers of the protocol want the words, not the reference */
        const char *rest = strchr(field->source, ',');
        field->source = print("%.*s%s", (int)strcspn(other->source, ","), other->source, rest ? rest : "");
    }
}

/* What a field's kind, a method's takes and an entity's name may be meant to be. */
static const char *const *shape_names(bool with_kinds)
{
    static const char *names[ENTRIES_MAX + 32];
    int count = 0;
    for (const struct kind *kind = kinds; with_kinds && kind->name; kind++)
        names[count++] = kind->name;
    for (int i = 0; i < model.records_count; i++)
        if (!model.records[i]->is_internal)
            names[count++] = model.records[i]->name;
    names[count] = NULL;
    return names;
}

static const char *const *entity_names(void)
{
    static const char *names[NAMES_MAX + 1];
    for (int i = 0; i < model.entities_count; i++)
        names[i] = model.entities[i].name;
    names[model.entities_count] = NULL;
    return names;
}

static bool is_value_of(const struct field *field, const char *text)
{
    for (int i = 0; i < field->words_count; i++)
        if (same(field->words[i], text))
            return true;
    if (same(field->kind->name, "bool"))
        return same(text, "yes") || same(text, "no");
    long long number = strtoll(text, NULL, 10);
    return !field->words_count && strspn(text, "-0123456789") == strlen(text) &&
           (!field->min ||
            (number >= strtoll(field->min, NULL, 10) && number <= strtoll(field->max, NULL, 10)));
}

/* `default caller` is no value: the gate puts the caller's own person there. */
static void resolve_caller(struct field *field)
{
    field->is_caller = true;
    field->initial = NULL;
    if (field->is_list || !field->entity || !same(field->entity, "person"))
        mistake(field->at, "field %s: only a slug of person can be the caller by default", field->name);
}

static void check_initial(const struct field *field)
{
    if (field->is_optional)
        mistake(field->at, "field %s: what has a default is never absent", field->name);
    else if (field->is_list || !field->kind || !strstr("integer minutes bool one", field->kind->name))
        mistake(field->at, "field %s: only integer, minutes, bool and one of have a default", field->name);
    else if (!is_value_of(field, field->initial))
        mistake(field->at, "field %s: its default \"%s\" is no value of it", field->name, field->initial);
}

static void resolve_shape(struct field *field)
{
    if (field->like)
        resolve_like(field);
    if (field->kind || !field->record_name)
        return;
    field->record = record_find(field->record_name);
    if (!field->record)
        mistake(field->at, "field %s: no kind or record is called \"%s\"%s", field->name, field->record_name,
                did_you_mean(field->record_name, shape_names(true)));
}

static void resolve_field(struct field *field)
{
    resolve_shape(field);
    if (field->kind && field->kind->has_range && !field->min && field->source)
        mistake(field->at, "field %s: say its range, for instance 1..200", field->name);
    if (field->min && (field->record || (field->kind && !field->kind->has_range)))
        mistake(field->at, "field %s: only text, integer and minutes have a range", field->name);
    if (field->entity && !entity_find(field->entity))
        mistake(field->at, "field %s: no entity is called \"%s\"%s", field->name, field->entity,
                did_you_mean(field->entity, entity_names()));
    if (field->initial && same(field->initial, "caller"))
        resolve_caller(field);
    else if (field->initial)
        check_initial(field);
}

/* The gate asks the relations of whom a record is about; without them it only says so in the audit. */
static void check_about(const struct record *record)
{
    const struct field *about = record->about ? record_field(record, record->about) : NULL;
    if (record->about && (!about || !about->kind || !same(about->kind->name, "slug") || about->is_list)) {
        mistake(record->at, "record %s: it has no field %s that is a slug", record->name, record->about);
        return;
    }
    for (int i = 0; i < record->count; i++)
        if (record->fields[i].seen_by >> FIRST_RELATION && !(about && about->entity))
            mistake(record->fields[i].at,
                    "field %s is seen by those close to somebody: `record %s about FIELD`, a slug of an "
                    "entity, says of whom",
                    record->fields[i].name, record->name);
}

void record_resolve(struct record *record)
{
    for (int i = 0; i < record->count; i++)
        resolve_field(&record->fields[i]);
    check_about(record);
}

/* The daemon takes the cursor of a page from the first field of its last row. */
static void check_pages(const struct record *record)
{
    const struct field *items = record_field(record, "items"), *next = record_field(record, "next");
    if (!items || !next || !items->is_list || !items->record)
        return;
    const struct field *first = &items->record->fields[0];
    if (!first->kind || !same(first->kind->name, "slug") || first->is_list)
        mistake(next->at, "pages need a slug as the first field of %s: the last one is `next`",
                items->record->name);
}

static void resolve_part(const struct method *method, const char *name, struct record **record)
{
    if (name && !(*record = record_find(name)))
        mistake(method->at, "method %s: no record is called \"%s\"%s", method->name, name,
                did_you_mean(name, shape_names(false)));
}

static void resolve_access(struct place at, const struct access *access, const struct record *record)
{
    for (int i = 0; i < access->count; i++) {
        const char *parameter = access->clauses[i].parameter;
        const struct field *field = parameter ? record_field(record, parameter) : NULL;
        if (parameter && (!field || !field->entity || field->is_list))
            mistake(at, "\"%s of %s\" needs a parameter %s that is a slug of something",
                    role_words[access->clauses[i].role], parameter, parameter);
    }
}

/* Nobody calls a record, so in one there is no caller. */
static void check_callers(const struct record *record)
{
    for (int i = 0; i < model.methods_count; i++)
        if (model.methods[i].takes == record)
            return;
    for (int i = 0; i < record->count; i++)
        if (record->fields[i].is_caller)
            mistake(record->fields[i].at, "field %s: only what a method takes can be the caller by default",
                    record->fields[i].name);
}

static bool has_relation(int role, const char *entity)
{
    for (int i = 0; i < model.statements_count; i++)
        if (same(model.statements[i].name, print("access_%s_%s", role_words[role], entity)))
            return true;
    return false;
}

static void check_relations(struct place at, const struct access *access, const struct record *record)
{
    for (int i = 0; i < access->count; i++) {
        const struct clause *clause = &access->clauses[i];
        const struct field *field = clause->parameter ? record_field(record, clause->parameter) : NULL;
        if (field && !has_relation(clause->role, field->entity))
            mistake(at, "\"%s of %s\" needs a statement access_%s_%s that decides it",
                    role_words[clause->role], clause->parameter, role_words[clause->role], field->entity);
    }
}

void relations_check(void)
{
    for (int i = 0; i < model.methods_count; i++)
        check_relations(model.methods[i].at, &model.methods[i].access, model.methods[i].takes);
    for (int i = 0; i < model.events_count; i++)
        check_relations(model.events[i].at, &model.events[i].access, model.events[i].fields);
}

/* ---- what undoes what ---- */

struct method *method_named(const char *name)
{
    for (int i = 0; i < model.methods_count; i++)
        if (same(model.methods[i].name, name))
            return &model.methods[i];
    return NULL;
}

static const char *const *write_names(void)
{
    static const char *names[ENTRIES_MAX + 1];
    int count = 0;
    for (int i = 0; i < model.methods_count; i++)
        if (same(model.methods[i].mode, "write"))
            names[count++] = model.methods[i].name;
    names[count] = NULL;
    return names;
}

static bool has_like(const struct record *record, const struct field *field)
{
    const struct field *other = record_field(record, field->name);
    return other && other->kind == field->kind && other->record == field->record &&
           other->is_list == field->is_list;
}

static bool is_required(const struct field *field)
{
    return !field->is_optional && !field->is_caller && !field->initial && !field->is_list;
}

/* Every parameter that `other` cannot do without is in one of the records, by its name. */
static void check_found(const struct method *method, const struct method *other, const struct record *first,
                        const struct record *second)
{
    for (int i = 0; other->takes && i < other->takes->count; i++) {
        const struct field *field = &other->takes->fields[i];
        if (is_required(field) && !has_like(first, field) && !has_like(second, field))
            mistake(method->undone_at,
                    "method %s: %s needs %s, which is not found in what is taken or returned", method->name,
                    other->name, field->name);
    }
}

/* Whether undoing it takes something away by naming it alone, and `show` tells of it all that was told when
 * it was done. */
static bool tells_what_goes(const struct method *method)
{
    const struct method *show = method->shown_by, *undo = method->undone_by;
    if (!show || !method->returns || show->returns != method->returns || !show->takes || !undo->takes ||
        undo->takes->count != show->takes->count)
        return false;
    for (int i = 0; i < show->takes->count; i++)
        if (!has_like(undo->takes, &show->takes->fields[i]))
            return false;
    return true;
}

static void resolve_undo(struct method *method)
{
    if (!method->undone_name)
        return;
    method->undone_by = method_named(method->undone_name);
    if (!method->undone_by || !same(method->undone_by->mode, "write")) {
        mistake(method->undone_at, "method %s: no write is called \"%s\"%s", method->name,
                method->undone_name, did_you_mean(method->undone_name, write_names()));
        return;
    }
    const char *show = print("%.*s.show", (int)(strrchr(method->name, '.') - method->name), method->name);
    method->shown_by = method_named(show);
    if (method->undone_by != method) {
        check_found(method, method->undone_by, method->takes, method->returns);
        method->shown_by = tells_what_goes(method) ? method->shown_by : NULL;
        return;
    }
    if (!method->shown_by || !method->shown_by->returns)
        mistake(method->undone_at,
                "method %s: undone by itself, it needs a method %s that tells the values before",
                method->name, show);
    else
        check_found(method, method->shown_by, method->takes, NULL);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct method *)a)->name, ((const struct method *)b)->name);
}

void catalogue_resolve(void)
{
    line_close();
    for (int i = 0; i < model.records_count; i++)
        record_resolve(model.records[i]);
    qsort(model.methods, (size_t)model.methods_count, sizeof *model.methods, by_name);
    for (int i = 0; i < model.methods_count; i++) {
        struct method *method = &model.methods[i];
        resolve_part(method, method->takes_name, &method->takes);
        resolve_part(method, method->returns_name, &method->returns);
        check_pages(method->returns);
        resolve_access(method->at, &method->access, method->takes);
    }
    for (int i = 0; i < model.methods_count; i++)
        resolve_undo(&model.methods[i]);
    for (int i = 0; i < model.records_count; i++)
        check_callers(model.records[i]);
    for (int i = 0; i < model.events_count; i++) {
        const struct event *event = &model.events[i];
        resolve_access(event->at, &event->access, event->fields);
        if (event->fields->count > EVENT_FIELDS_MAX) /* it is sent as a fixmap, with seq, at and kind */
            mistake(event->at, "event %s has more than %d fields", event->name, EVENT_FIELDS_MAX);
    }
}
