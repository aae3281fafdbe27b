/* SPDX-License-Identifier: MIT */
/* The catalogue's grammar. What a line may say is in laugc.h; what it means for the C is in write.c. */
#include "laugc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct model model;

const struct kind kinds[] = {
    {"text",     "const char *",  "TEXT",    true },
    { "slug",    "const char *",  "TEXT",    false},
    { "rule",    "const char *",  "TEXT",    false},
    { "moment",  "const char *",  "TEXT",    false},
    { "integer", "int64_t",       "INTEGER", true },
    { "minutes", "int64_t",       "INTEGER", true },
    { "bool",    "bool",          "INTEGER", false},
    { "date",    "int32_t",       "TEXT",    false},
    { "instant", "int64_t",       "INTEGER", false},
    { "local",   "int64_t",       "TEXT",    false},
    { "one",     NULL,            "TEXT",    false},
    { "value",   "struct packed", "BLOB",    false},
    { NULL,      NULL,            NULL,      false},
};

const char *const mode_words[] = { "read", "write", "slow", NULL };
/* The first five are what somebody is, the others what they are to the one concerned. */
const char *const role_words[] = { "anyone", "staff", "tool",   "courier", "auditor",
                                   "admin",  "self",  "mentor", "lead",    NULL };

/* ---- the model's lists ---- */

struct record *record_find(const char *name)
{
    for (int i = 0; i < model.records_count; i++)
        if (same(model.records[i]->name, name))
            return model.records[i];
    return NULL;
}

struct field *record_field(const struct record *record, const char *name)
{
    for (int i = 0; record && i < record->count; i++)
        if (same(record->fields[i].name, name))
            return (struct field *)&record->fields[i];
    return NULL;
}

struct entity *entity_find(const char *name)
{
    for (int i = 0; i < model.entities_count; i++)
        if (same(model.entities[i].name, name))
            return &model.entities[i];
    return NULL;
}

struct record *record_add(const char *name, const char *help)
{
    const struct record *old = record_find(name);
    struct record *record = need(calloc(1, sizeof *record));
    if (old)
        mistake(here, "record %s is already declared at %s:%d", name, old->at.file, old->at.line);
    *record = (struct record){ .at = here, .name = name, .help = help };
    model.records[one_more(&model.records_count, ENTRIES_MAX, "records")] = record;
    return record;
}

char *underscored(const char *dotted)
{
    char *text = print("%s", dotted);
    for (char *c = text; *c; c++)
        if (*c == '.')
            *c = '_';
    return text;
}

static int role_index(const char *name)
{
    int role = 0;
    while (role_words[role] && !same(role_words[role], name))
        role++;
    return role;
}

/* ---- fields ---- */

static const struct kind *kind_find(const char *name)
{
    const struct kind *kind = kinds;
    while (kind->name && !same(kind->name, name))
        kind++;
    return kind->name ? kind : NULL;
}

static void read_range(struct field *field)
{
    const char *dots = strstr(word(), "..");
    if (!dots)
        return;
    field->min = need(strndup(word(), (size_t)(dots - word())));
    field->max = dots + 2;
    if (!*field->min || !*field->max || strspn(field->min, "-0123456789") != strlen(field->min) ||
        strspn(field->max, "-0123456789") != strlen(field->max))
        mistake(here, "a range is written 1..200");
    else if (strtoll(field->min, NULL, 10) > strtoll(field->max, NULL, 10))
        mistake(here, "the range %s..%s is empty", field->min, field->max);
    next();
}

static void read_kind(struct field *field, const struct record *record)
{
    field->is_list = take_phrase("list", "of");
    if (take_phrase("one", "of")) {
        field->kind = kind_find("one");
        field->enum_name = print("%s_%s", record->name, field->name);
        while (*word() && *word() != ',')
            field->words[one_more(&field->words_count, WORDS_MAX, "words to choose from")] = take_name(
                "a word to choose", "_");
        if (field->words_count < 1)
            mistake(here, "\"one of\" needs words to choose from");
        return;
    }
    if (take("like")) {
        field->like = next();
        return;
    }
    field->record_name = next(); /* a kind, or a record that may come later */
    field->kind = kind_find(field->record_name);
    if (field->kind && same(field->kind->name, "slug") && take("of"))
        field->entity = take_name("an entity", "_");
    read_range(field);
}

static void read_seen_by(struct field *field)
{
    while (*word() && *word() != ',') {
        int role = role_index(take_choice(role_words, "role"));
        field->seen_by |= 1U << role;
    }
}

static void read_options(struct field *field)
{
    while (take(",")) {
        if (take("optional"))
            field->is_optional = true;
        else if (take("default"))
            field->initial = next();
        else if (take_phrase("many", "lines"))
            field->has_lines = true;
        else if (take_phrase("at", "most"))
            field->at_most = take_number();
        else if (take_phrase("seen", "by"))
            read_seen_by(field);
        else if (take("detail"))
            field->is_detail = true;
        else {
            mistake(here, "expected optional, default V, at most N, many lines, detail or seen by ROLE");
            return;
        }
    }
}

/* Fields become members of structs. */
static bool is_word_of_c(const char *name)
{
    static const char words[] =
        " auto bool break case char const continue default do double else enum extern float for "
        "goto if inline int long register restrict return short signed sizeof static struct switch "
        "typedef typeof union unsigned void volatile while asm ";
    return *name && strstr(words, print(" %s ", name));
}

struct field *field_read(struct record *record, bool is_inline)
{
    const char *name = word();
    const struct place place = { here.file, here.line, line_column() + 1 };
    const struct field *old = record_field(record, name);
    if (old)
        mistake(here, "field %s is already declared on line %d", name, old->at.line);
    if (is_word_of_c(name))
        mistake(here, "%s is a word of C: choose another name", name);
    take_name("a field", "_");
    struct field *field = &record->fields[one_more(&record->count, FIELDS_MAX, "fields in this record")];
    int start = line_column();
    *field = (struct field){ .at = place, .name = name, .help = "", .at_most = "1000" };
    read_kind(field, record);
    if (is_inline)
        return field;
    read_options(field);
    line_end();
    field->source = line_since(start);
    return field;
}

/* ---- entries ---- */

static void read_access(struct access *access)
{
    if (!take("by"))
        mistake(here, "expected \"by\" and who may");
    do {
        struct clause *clause = &access->clauses[one_more(&access->count, CLAUSES_MAX, "clauses")];
        clause->role = role_index(take_choice(role_words, "role"));
        if (take("of"))
            clause->parameter = take_name("a parameter", "_");
        if ((clause->role >= FIRST_RELATION) != (clause->parameter != NULL))
            mistake(here, clause->parameter ? "only self, mentor and lead are \"of\" somebody"
                                            : "say of whom, for instance \"self of person\"");
    } while (take("or"));
}

static void read_error(const char *help)
{
    struct failure *failure = &model.failures[one_more(&model.failures_count, NAMES_MAX, "errors")];
    failure->word = take_name("an error", "_");
    failure->help = help;
    if (!take("exit"))
        mistake(here, "expected \"exit\" and a number");
    failure->exit = take_number();
    if (!take("by"))
        mistake(here, "expected \"by caller\" or \"by service\"");
    static const char *const blamed[] = { "caller", "service", NULL };
    failure->blames_caller = same(take_choice(blamed, "side"), "caller");
    line_end();
}

static void read_entity(void)
{
    const struct entity *old = entity_find(word());
    if (old)
        mistake(here, "entity %s is already declared at %s:%d", old->name, old->at.file, old->at.line);
    struct entity *entity = &model.entities[one_more(&model.entities_count, NAMES_MAX, "entities")];
    *entity = (struct entity){ .at = here, .name = take_name("an entity", "_") };
    entity->is_private = take("private");
    line_end();
}

static struct record *read_record(const char *help)
{
    struct record *record = record_add(take_name("a record", "_"), help);
    if (take("about"))
        record->about = take_name("a field", "_");
    line_end();
    return record;
}

static struct method *read_method(const char *help, const char *domain)
{
    const char *name = word();
    for (int i = 0; i < model.methods_count; i++) {
        const struct method *old = &model.methods[i];
        if (!same(old->name, name))
            continue;
        mistake(here, "method %s is already declared at %s:%d", name, old->at.file, old->at.line);
        name = print("%s_again", name); /* its records are no mistake of their own */
    }
    if (*name && !strchr(name, '.'))
        mistake(here, "a method is called thing.verb");
    take_name("a method", "_.");
    if (!*help)
        mistake(here, "method %s has no help: say above it what it does", name);
    struct method *method = &model.methods[one_more(&model.methods_count, ENTRIES_MAX, "methods")];
    *method = (struct method){ .at = here, .name = name, .help = help, .domain = domain };
    method->mode = take_choice(mode_words, "mode");
    read_access(&method->access);
    while (take(",")) {
        if (take("audited"))
            method->is_audited = true;
        else if (take("cached"))
            method->is_cached = true;
        else if (take("plain"))
            method->is_plain = true;
        else if (take("alone"))
            method->is_alone = true;
        else if (take_phrase("held", "clock"))
            method->needs_held_clock = true;
        else if (take("final"))
            method->is_final = true;
        else if (take_phrase("undone", "by")) {
            method->undone_at = (struct place){ here.file, here.line, line_column() + 1 };
            method->undone_name = take_name("a method", "_.");
        } else
            mistake(here, "expected audited, cached, plain, alone, held clock, final or undone by METHOD");
    }
    if ((method->is_final || method->undone_name) && !same(method->mode, "write"))
        mistake(here, "only a write can be final or undone");
    if (method->is_final && method->undone_name)
        mistake(here, "what can be undone is not final");
    if (method->is_cached && (method->is_audited || !same(method->mode, "read")))
        mistake(here, "only a read that is not audited can be cached");
    line_end();
    return method;
}

static struct record *read_event(const char *help)
{
    struct event *event = &model.events[one_more(&model.events_count, ENTRIES_MAX, "events")];
    *event = (struct event){ .at = here, .name = take_name("an event", "_."), .help = help };
    read_access(&event->access);
    line_end();
    event->fields = record_add(print("%s_event", underscored(event->name)), help);
    return event->fields;
}

static struct record *read_part(struct method *method, bool is_result)
{
    if (!method) {
        mistake(here, "\"takes\" and \"returns\" belong to a method");
        return NULL;
    }
    if (*word()) {
        *(is_result ? &method->returns_name : &method->takes_name) = next();
        line_end();
        return NULL;
    }
    const char *part = is_result ? "result" : "params";
    struct record *record = record_add(print("%s_%s", underscored(method->name), part), "");
    *(is_result ? &method->returns : &method->takes) = record;
    return record;
}

/* ---- a file ---- */

struct reading {
    const char *domain;
    char *help; /* the comment gathered so far */
    bool has_entries;
    struct record *record; /* that fields belong to now */
    struct method *method;
    struct field *field; /* the last one: a comment under it goes on with its help */
};

static void read_comment(struct reading *reading)
{
    const char *text = line_comment();
    if (!text) { /* a blank line ends a comment; the first one of a file is the domain's own help */
        if (!reading->has_entries && *reading->help) {
            int index = one_more(&model.domains_count, NAMES_MAX, "domains");
            model.domains[index] = (struct domain){ reading->domain, reading->help };
            reading->has_entries = true;
        }
        reading->help = print("%s", "");
        reading->field = NULL;
    } else if (reading->field) {
        reading->field->help = print("%s%s%s", reading->field->help, *reading->field->help ? " " : "", text);
    } else {
        reading->help = print("%s%s%s", reading->help, *reading->help ? "\n" : "", text);
    }
}

static void read_entry(struct reading *reading)
{
    struct record *record = reading->record;
    struct method *method = reading->method;
    reading->record = NULL;
    reading->field = NULL;
    reading->method = NULL;
    int column = line_column(); /* entries begin at the margin, their parts two further in, fields deeper or
                                   under records */
    bool is_part = method && column == 2 && (same(word(), "takes") || same(word(), "returns"));
    if (is_part) {
        bool is_result = same(next(), "returns");
        reading->record = read_part(method, is_result);
        reading->method = method;
    } else if (column > 0 && record) {
        reading->field = field_read(record, false);
        reading->field->help = line_comment() ? line_comment() : "";
        reading->record = record;
        reading->method = method;
    } else if (take("error"))
        read_error(reading->help);
    else if (take("entity"))
        read_entity();
    else if (take("record"))
        reading->record = read_record(reading->help);
    else if (take("event"))
        reading->record = read_event(reading->help);
    else if (take("method"))
        reading->method = read_method(reading->help, reading->domain);
    else {
        static const char *const entries[] = { "error", "entity", "record", "event", "method", NULL };
        mistake(here, "\"%s\" begins no entry%s", word(), did_you_mean(word(), entries));
    }
    reading->help = print("%s", "");
    reading->has_entries = true;
}

static const char *domain_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    return need(strndup(base, strcspn(base, ".")));
}

void catalogue_read(const char *file)
{
    struct reading reading = { .domain = domain_of(file), .help = print("%s", "") };
    char *text = read_file(file);
    int number = 0;
    for (char *line; (line = strsep(&text, "\n")) != NULL;) {
        line_open(file, ++number, line);
        if (line_is_empty())
            read_comment(&reading);
        else
            read_entry(&reading);
    }
    line_close();
}
