/* SPDX-License-Identifier: MIT */
/* Prints what both sides of the socket see: structs and tables of records, methods and events. */
#include "template.h"

#include <stdlib.h>
#include <string.h>

/* ---- structs ---- */

static const char *base_type(const struct field *field)
{
    return !field->kind         ? print("struct %s", field->record->name)
           : field->words_count ? print("enum %s", field->enum_name)
                                : field->kind->c_type;
}

static bool is_text(const struct field *field)
{
    return field->kind && field->kind->c_type && same(field->kind->c_type, "const char *");
}

/* A value is in the struct itself; what may be absent is behind a pointer, NULL when absent. */
static bool is_pointer(const struct field *field)
{
    bool has_own_absence = field->kind && (is_text(field) || same(field->kind->name, "value"));
    return !field->is_list && !has_own_absence && (!field->kind || field->is_optional);
}

static void put_member(FILE *out, const struct field *field)
{
    const char *base = base_type(field), *gap = base[strlen(base) - 1] == '*' ? "" : " ";
    const char *type = field->is_list      ? print("%s%s*", base, gap)
                       : is_pointer(field) ? print("const %s *", base)
                                           : print("%s%s", base, gap);
    put(out, "    $type$$name$; /* $source$$colon$$help$ */\n", "type", type, "name", field->name, "source",
        field->source ? field->source : "", "colon", *field->help ? ": " : "", "help", field->help);
    if (field->is_list)
        put(out, "    size_t $name$_count;\n", "name", field->name);
}

static void put_enum(FILE *out, const struct field *field)
{
    put(out, "\nenum $name$ {\n", "name", field->enum_name);
    for (int i = 0; i < field->words_count; i++)
        put(out, "    $name$_$word$,\n", "name", upper(field->enum_name), "word", upper(field->words[i]));
    put(out, "};\n");
}

static void put_struct(FILE *out, const struct record *record)
{
    put(out, "\n/* $origin$ */\nstruct $name$ {\n", "origin", origin(record->at), "name", record->name);
    for (int i = 0; i < record->count; i++)
        put_member(out, &record->fields[i]);
    if (record->count == 0)
        put(out, "    char nothing;\n");
    put(out, "};\nextern const struct record record_$name$;\n", "name", record->name);
}

static void put_enums_of(FILE *out, const struct record *record)
{
    for (int i = 0; i < record->count; i++)
        if (record->fields[i].words_count && !record->fields[i].like)
            put_enum(out, &record->fields[i]);
}

void put_structs(FILE *out, bool is_internal)
{
    for (int i = 0; i < model.records_count; i++)
        if (model.records[i]->is_internal == is_internal)
            put(out, "struct $name$;\n", "name", model.records[i]->name);
    for (int i = 0; i < model.records_count; i++)
        if (model.records[i]->is_internal == is_internal)
            put_enums_of(out, model.records[i]);
    for (int i = 0; i < model.records_count; i++)
        if (model.records[i]->is_internal == is_internal)
            put_struct(out, model.records[i]);
}

/* ---- tables of fields ---- */

static const char *initial_value(const struct field *field)
{
    if (field->kind && same(field->kind->name, "bool"))
        return same(field->initial, "yes") ? "1" : "0";
    for (int i = 0; i < field->words_count; i++)
        if (same(field->words[i], field->initial))
            return number(i);
    return field->initial;
}

static void put_words(FILE *out, const struct field *field)
{
    put(out, ", .words = (const char *const[]){ ");
    for (int i = 0; i < field->words_count; i++)
        put(out, "\"$word$\", ", "word", field->words[i]);
    put(out, "NULL }");
}

/* Only what is not 0. */
static void put_properties(FILE *out, const struct record *record, const struct field *field)
{
    if (field->kind && field->min)
        put(out, ", .min = $min$, .max = $max$", "min", field->min, "max", field->max);
    if (field->is_list)
        put(out,
            ", .is_list = true, .at_most = $most$, .count_offset = offsetof(struct $record$, $name$_count)",
            "most", field->at_most, "record", record->name, "name", field->name);
    if (is_pointer(field))
        put(out, ", .is_pointer = true");
    if (field->is_optional || field->is_caller)
        put(out, ", .is_optional = true");
    if (field->is_caller)
        put(out, ", .caller = $caller$", "caller", field->is_optional ? "CALLER_OR_ALL" : "CALLER");
    if (field->has_lines)
        put(out, ", .has_lines = true");
    if (field->is_detail)
        put(out, ", .is_detail = true");
    if (field->initial)
        put(out, ", .has_default = true, .initial = $initial$", "initial", initial_value(field));
    if (field->entity)
        put(out, ", .entity = \"$entity$\"", "entity", field->entity);
    if (field->seen_by)
        put(out, ", .seen_by = $roles$", "roles", print("0x%x", field->seen_by));
    if (!field->kind)
        put(out, ", .record = &record_$record$", "record", field->record->name);
    if (field->words_count)
        put_words(out, field);
}

static void put_field(FILE *out, const struct record *record, const struct field *field)
{
    put(out, "    { .name = \"$name$\", .kind = KIND_$kind$, .offset = offsetof(struct $record$, $name$)",
        "name", field->name, "kind", field->kind ? upper(field->kind->name) : "RECORD", "record",
        record->name);
    put_properties(out, record, field);
    put(out, ",\n      .source = $source$, .help = $help$ },\n", "source",
        quoted(field->source ? field->source : ""), "help", quoted(field->help));
}

/* Whether some field of it, or of a record inside it, is not for everyone. */
static bool has_hidden(const struct record *record)
{
    for (int i = 0; i < record->count; i++)
        if (record->fields[i].seen_by || (record->fields[i].record && has_hidden(record->fields[i].record)))
            return true;
    return false;
}

static void put_record(FILE *out, const struct record *record)
{
    const struct field *about = record->about ? record_field(record, record->about) : NULL;
    put(out, "\nstatic const struct field fields_of_$name$[] = {\n", "name", record->name);
    for (int i = 0; i < record->count; i++)
        put_field(out, record, &record->fields[i]);
    if (record->count == 0)
        put(out, "    { .name = NULL }\n");
    static const char template[] =
        "};\nconst struct record record_$name$ = { \"$name$\", $help$,\n"
        "    fields_of_$name$, $count$, sizeof(struct $name$), $about$, $hidden$ };\n";
    put(out, template, "name", record->name, "help", quoted(record->help), "count", number(record->count),
        "about", field_of(record, about), "hidden", truth(has_hidden(record)));
}

void put_records(FILE *out, bool is_internal)
{
    for (int i = 0; i < model.records_count; i++)
        if (model.records[i]->is_internal == is_internal)
            put_record(out, model.records[i]);
}

/* ---- methods and events ---- */

static void put_access(FILE *out, const struct access *access, const struct record *record)
{
    put(out, "(const struct clause[]){ ");
    for (int i = 0; i < access->count; i++) {
        const struct clause *clause = &access->clauses[i];
        const struct field *field = clause->parameter ? record_field(record, clause->parameter) : NULL;
        put(out, "{ ROLE_$role$, $field$ }, ", "role", upper(role_words[clause->role]), "field",
            field_of(record, field));
    }
    put(out, "}, $count$", "count", number(access->count));
}

static const char *place_of(const struct method *method)
{
    return method ? print("&methods[%d]", (int)(method - model.methods)) : "NULL";
}

static void put_method(FILE *out, const struct method *method)
{
    put(out, "    { \"$name$\", $help$, \"$domain$\",\n      MODE_$mode$, ", "name", method->name, "help",
        quoted(method->help), "domain", method->domain, "mode", upper(method->mode));
    put_access(out, &method->access, method->takes);
    put(out,
        ", $audited$, $cached$, $alone$, $held$, $final$,\n      $takes$, $returns$, $undone$, $shown$ },\n",
        "audited", truth(method->is_audited), "cached", truth(method->is_cached), "alone",
        truth(method->is_alone), "held", truth(method->needs_held_clock), "final", truth(method->is_final),
        "undone", place_of(method->undone_by), "shown", place_of(method->shown_by), "takes",
        record_or_nothing(method->takes), "returns", record_or_nothing(method->returns));
}

static void put_event(FILE *out, const struct event *event)
{
    put(out, "const struct event_kind event_$under$ = { \"$name$\", $help$, ", "under",
        underscored(event->name), "name", event->name, "help", quoted(event->help));
    put_access(out, &event->access, event->fields);
    put(out, ", &record_$under$_event };\n", "under", underscored(event->name));
}

static void put_methods(FILE *out)
{
    put(out, "\nconst struct method methods[] = {\n");
    for (int i = 0; i < model.methods_count; i++)
        put_method(out, &model.methods[i]);
    put(out, "};\n\n");
    for (int i = 0; i < model.events_count; i++)
        put_event(out, &model.events[i]);
    put(out, "\nconst struct event_kind *const events[] = { ");
    for (int i = 0; i < model.events_count; i++)
        put(out, "&event_$name$, ", "name", underscored(model.events[i].name));
    put(out, "NULL };\n");
}

static void put_names(FILE *out)
{
    put(out, "\nconst struct domain domains[] = {\n");
    for (int i = 0; i < model.domains_count; i++)
        put(out, "    { \"$name$\", $help$ },\n", "name", model.domains[i].name, "help",
            quoted(model.domains[i].help));
    put(out, "    { NULL, NULL },\n};\n\nconst struct entity entities[] = {\n");
    for (int i = 0; i < model.entities_count; i++)
        put(out, "    { \"$name$\", $private$ },\n", "name", model.entities[i].name, "private",
            truth(model.entities[i].is_private));
    put(out, "    { NULL, false },\n};\n");
}

static void put_codes(FILE *out)
{
    put(out, "const struct code_row codes[] = {\n    { \"ok\", 0, 0, \"\" },\n");
    for (int i = 0; i < model.failures_count; i++) {
        const struct failure *failure = &model.failures[i];
        put(out, "    { \"$word$\", $exit$, $blames$, $help$ },\n", "word", failure->word, "exit",
            failure->exit, "blames", failure->blames_caller ? "1" : "0", "help", quoted(failure->help));
    }
    put(out, "};\n");
}

/* ---- the files ---- */

static void write_codes_h(const char *folder)
{
    FILE *out = open_file(folder, "codes.h");
    put(out, "#ifndef CODES_H\n#define CODES_H\n\nenum code {\n    OK,\n");
    for (int i = 0; i < model.failures_count; i++)
        put(out, "    $word$,\n", "word", upper(model.failures[i].word));
    put(out, "    CODES_COUNT\n};\n\n"
             "extern const struct code_row {\n    const char *word;\n    int exit_status;\n"
             "    _Bool blames_caller;\n    const char *help;\n} codes[];\n\n#endif\n");
    close_file(out, "codes.h");
}

static void write_catalogue_h(const char *folder)
{
    FILE *out = open_file(folder, "catalogue.h");
    put(out, "#ifndef CATALOGUE_H\n#define CATALOGUE_H\n\n#include \"method.h\"\n\n");
    put_structs(out, false);
    put(out, "\n");
    for (int i = 0; i < model.events_count; i++)
        put(out, "extern const struct event_kind event_$name$;\n", "name", underscored(model.events[i].name));
    put(out, "\nenum { METHODS_COUNT = $count$ };\n\n#endif\n", "count", number(model.methods_count));
    close_file(out, "catalogue.h");
}

static void write_catalogue_c(const char *folder)
{
    FILE *out = open_file(folder, "catalogue.c");
    put(out, "#include \"catalogue.h\"\n\n#include <stddef.h>\n\n");
    put_codes(out);
    put_records(out, false);
    put_methods(out);
    put_names(out);
    close_file(out, "catalogue.c");
}

static void put_string(FILE *out, const char *text)
{
    if (*text)
        put(out, "_($text$)\n", "text", quoted(text));
}

/* How the command line shows names and words: without underscores, in a context of their own. */
static void put_label(FILE *out, const char *name)
{
    char *shown = strdup(name);
    for (char *c = shown; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    put(out, "label_(\"label\", $text$)\n", "text", quoted(shown));
    free(shown);
}

static void put_labels(FILE *out, const struct record *record)
{
    for (int i = 0; !record->is_internal && i < record->count; i++) {
        put_label(out, record->fields[i].name);
        for (int j = 0; j < record->fields[i].words_count; j++)
            put_label(out, record->fields[i].words[j]);
    }
}

/* Nothing compiles this: it is what gettext's tools read to find the sentences of the catalogue. */
static void write_strings_c(const char *folder)
{
    FILE *out = open_file(folder, "strings.c");
    for (int i = 0; i < model.domains_count; i++)
        put_string(out, model.domains[i].help);
    for (int i = 0; i < model.methods_count; i++)
        put_string(out, model.methods[i].help);
    for (int i = 0; i < model.records_count; i++)
        for (int j = 0; !model.records[i]->is_internal && j < model.records[i]->count; j++)
            put_string(out, model.records[i]->fields[j].help);
    for (int i = 0; i < model.failures_count; i++)
        put_string(out, model.failures[i].help);
    for (int i = 0; i < model.records_count; i++)
        put_labels(out, model.records[i]);
    close_file(out, "strings.c");
}

void write_catalogue(const char *folder)
{
    write_codes_h(folder);
    write_catalogue_h(folder);
    write_catalogue_c(folder);
    write_strings_c(folder);
}
