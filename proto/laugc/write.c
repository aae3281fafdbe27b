/* SPDX-License-Identifier: MIT */
/* Prints the model as C. Each shape of code is written once, as a template in which $word$ is filled in. */
#include "laugc.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- text ---- */

/* fill("… $name$ …", "name", value, …, NULL) */
static char *fill(const char *template, const char *const *pairs)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = need(open_memstream(&text, &size));
    for (const char *c = template; *c; c++) {
        const char *end = *c == '$' ? strchr(c + 1, '$') : NULL;
        if (!end) {
            fputc(*c, out);
            continue;
        }
        const char *const *pair = pairs;
        while (*pair && (strlen(*pair) != (size_t)(end - c - 1) || strncmp(*pair, c + 1, strlen(*pair)) != 0))
            pair += 2;
        if (!*pair)
            abort(); /* a template of this file names what it was not given */
        fputs(pair[1], out);
        c = end;
    }
    fclose(out);
    return text;
}
#define FILL(template, ...) fill(template, (const char *const[]){ __VA_ARGS__, NULL })

static char *join(char *text, const char *more)
{
    char *joined = print("%s%s", text, more);
    free(text);
    return joined;
}

static char *upper(const char *text)
{
    char *copy = print("%s", text);
    for (char *c = copy; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return copy;
}

static char *quoted(const char *text)
{
    char *quote = NULL;
    size_t size = 0;
    FILE *out = need(open_memstream(&quote, &size));
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '\n')
            fputs(text[1] ? "\\n\"\n    \"" : "\\n", out);
        else
            fprintf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    }
    fputc('"', out);
    fclose(out);
    return quote;
}

static char *number(int value)
{
    return print("%d", value);
}

/* proto/person.laug:12, without the folders of the machine that builds. */
static char *origin(struct place place)
{
    const char *start = place.file, *slash = strrchr(place.file, '/');
    while (slash && slash > place.file && slash[-1] != '/')
        slash--;
    start = slash ? slash : start;
    return print("%s:%d", start, place.line);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char *path = print("%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (!out ||
        fprintf(out, "/* Made by laugc from the catalogue. Change the catalogue, not this. */\n%s", text) <
            0 ||
        fclose(out)) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
}

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

static char *write_member(const struct field *field)
{
    const char *base = base_type(field), *gap = base[strlen(base) - 1] == '*' ? "" : " ";
    const char *type = field->is_list      ? print("%s%s*", base, gap)
                       : is_pointer(field) ? print("const %s *", base)
                                           : print("%s%s", base, gap);
    const char *help = field->help && *field->help ? print(": %s", field->help) : "";
    return print("    %s%s; /* %s%s */\n%s", type, field->name,
                 field->source && *field->source ? field->source : "", help,
                 field->is_list ? print("    size_t %s_count;\n", field->name) : "");
}

static char *write_enum(const struct field *field)
{
    char *words = print("%s", "");
    for (int i = 0; i < field->words_count; i++)
        words = join(words, print("    %s_%s,\n", upper(field->enum_name), upper(field->words[i])));
    return print("\nenum %s {\n%s};\n", field->enum_name, words);
}

static char *write_struct(const struct record *record)
{
    char *members = print("%s", "");
    for (int i = 0; i < record->count; i++)
        members = join(members, write_member(&record->fields[i]));
    return FILL("\n/* $origin$ */\nstruct $name$ {\n$members$};\nextern const struct record record_$name$;\n",
                "origin", origin(record->at), "name", record->name, "members",
                *members ? members : "    char nothing;\n");
}

static char *write_structs(bool is_internal)
{
    char *text = print("%s", "");
    for (int i = 0; i < model.records_count; i++)
        if (model.records[i]->is_internal == is_internal)
            text = join(text, print("struct %s;\n", model.records[i]->name));
    for (int i = 0; i < model.records_count; i++)
        for (int j = 0; model.records[i]->is_internal == is_internal && j < model.records[i]->count; j++) {
            const struct field *field = &model.records[i]->fields[j];
            if (field->words_count && !field->like)
                text = join(text, write_enum(field));
        }
    for (int i = 0; i < model.records_count; i++)
        if (model.records[i]->is_internal == is_internal)
            text = join(text, write_struct(model.records[i]));
    return text;
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

static char *write_words(const struct field *field)
{
    char *words = print("%s", "");
    for (int i = 0; i < field->words_count; i++)
        words = join(words, print("\"%s\", ", field->words[i]));
    return print(", .words = (const char *const[]){ %sNULL }", words);
}

static char *write_field(const struct record *record, const struct field *field)
{
    char *more = print("%s", "");
    if (field->kind && field->min)
        more = join(more, print(", .min = %s, .max = %s", field->min, field->max));
    if (field->is_list)
        more = join(more,
                    print(", .is_list = true, .at_most = %s, .count_offset = offsetof(struct %s, %s_count)",
                          field->at_most, record->name, field->name));
    if (is_pointer(field))
        more = join(more, print(", .is_pointer = true"));
    if (field->is_optional)
        more = join(more, print(", .is_optional = true"));
    if (field->has_lines)
        more = join(more, print(", .has_lines = true"));
    if (field->is_detail)
        more = join(more, print(", .is_detail = true"));
    if (field->initial)
        more = join(more, print(", .has_default = true, .initial = %s", initial_value(field)));
    if (field->entity)
        more = join(more, print(", .entity = \"%s\"", field->entity));
    if (field->seen_by)
        more = join(more, print(", .seen_by = 0x%x", field->seen_by));
    if (!field->kind)
        more = join(more, print(", .record = &record_%s", field->record->name));
    if (field->words_count)
        more = join(more, write_words(field));
    return FILL(
        "    { .name = \"$name$\", .kind = KIND_$kind$, .offset = offsetof(struct $record$, $name$)$more$,\n"
        "      .source = $source$, .help = $help$ },\n",
        "name", field->name, "kind", field->kind ? upper(field->kind->name) : "RECORD", "record",
        record->name, "more", more, "source", quoted(field->source ? field->source : ""), "help",
        quoted(field->help ? field->help : ""));
}

/* Whether some field of it, or of a record inside it, is not for everyone. */
static bool has_hidden(const struct record *record)
{
    for (int i = 0; i < record->count; i++)
        if (record->fields[i].seen_by || (record->fields[i].record && has_hidden(record->fields[i].record)))
            return true;
    return false;
}

static char *write_record(const struct record *record)
{
    char *fields = print("%s", "");
    const struct field *about = record->about ? record_field(record, record->about) : NULL;
    unsigned seen = 0;
    for (int i = 0; i < record->count; i++) {
        fields = join(fields, write_field(record, &record->fields[i]));
        seen |= record->fields[i].seen_by;
    }
    if (seen && !about)
        mistake(record->at, "record %s: \"seen by\" needs `about FIELD`, the one it is about", record->name);
    return FILL("\nstatic const struct field fields_of_$name$[] = {\n$fields$};\n"
                "const struct record record_$name$ = { \"$name$\", $help$,\n"
                "    fields_of_$name$, $count$, sizeof(struct $name$), $about$, $hidden$ };\n",
                "name", record->name, "help", quoted(record->help), "fields",
                *fields ? fields : "    { .name = NULL }\n", "count", number(record->count), "about",
                about ? print("&fields_of_%s[%d]", record->name, (int)(about - record->fields)) : "NULL",
                "hidden", has_hidden(record) ? "true" : "false");
}

static char *write_records(bool is_internal)
{
    char *text = print("%s", "");
    for (int i = 0; i < model.records_count; i++)
        if (model.records[i]->is_internal == is_internal)
            text = join(text, write_record(model.records[i]));
    return text;
}

/* ---- methods and events ---- */

static char *write_access(const struct access *access, const struct record *record)
{
    char *text = print("%s", "");
    for (int i = 0; i < access->count; i++) {
        const struct clause *clause = &access->clauses[i];
        const struct field *field = clause->parameter ? record_field(record, clause->parameter) : NULL;
        text = join(
            text,
            print("{ ROLE_%s, %s }, ", upper(role_words[clause->role]),
                  field ? print("&fields_of_%s[%d]", record->name, (int)(field - record->fields)) : "NULL"));
    }
    return print("(const struct clause[]){ %s}, %d", text, access->count);
}

static const char *record_or_nothing(const struct record *record)
{
    return record ? print("&record_%s", record->name) : "&record_nothing";
}

static char *write_method(const struct method *method)
{
    return FILL("    { \"$name$\", $help$, \"$domain$\",\n      MODE_$mode$, $access$, $audited$, $cached$, "
                "$alone$, $held$,\n"
                "      $takes$, $returns$ },\n",
                "name", method->name, "help", quoted(method->help), "domain", method->domain, "mode",
                upper(method->mode), "access", write_access(&method->access, method->takes), "audited",
                method->is_audited ? "true" : "false", "cached", method->is_cached ? "true" : "false",
                "alone", method->is_alone ? "true" : "false", "held",
                method->needs_held_clock ? "true" : "false", "takes", record_or_nothing(method->takes),
                "returns", record_or_nothing(method->returns));
}

static char *write_event(const struct event *event)
{
    return FILL(
        "const struct event_kind event_$under$ = { \"$name$\", $help$, $access$, &record_$under$_event };\n",
        "under", underscored(event->name), "name", event->name, "help", quoted(event->help), "access",
        write_access(&event->access, event->fields));
}

static void write_catalogue_c(const char *folder)
{
    char *methods = print("%s", ""), *events = print("%s", ""), *event_list = print("%s", "");
    char *domains = print("%s", ""), *failures = print("%s", ""), *entities = print("%s", "");
    for (int i = 0; i < model.methods_count; i++)
        methods = join(methods, write_method(&model.methods[i]));
    for (int i = 0; i < model.events_count; i++) {
        events = join(events, write_event(&model.events[i]));
        event_list = join(event_list, print("&event_%s, ", underscored(model.events[i].name)));
    }
    for (int i = 0; i < model.domains_count; i++)
        domains = join(domains,
                       print("    { \"%s\", %s },\n", model.domains[i].name, quoted(model.domains[i].help)));
    for (int i = 0; i < model.failures_count; i++)
        failures = join(failures,
                        print("    { \"%s\", %s, %s, %s },\n", model.failures[i].word, model.failures[i].exit,
                              model.failures[i].blames_caller ? "1" : "0", quoted(model.failures[i].help)));
    for (int i = 0; i < model.entities_count; i++)
        entities = join(entities, print("    { \"%s\", %s },\n", model.entities[i].name,
                                        model.entities[i].is_private ? "true" : "false"));
    write_file(folder, "catalogue.c",
               FILL("#include \"catalogue.h\"\n\n#include <stddef.h>\n\n"
                    "const struct code_row codes[] = {\n    { \"ok\", 0, 0, \"\" },\n$failures$};\n"
                    "$records$\nconst struct method methods[] = {\n$methods$};\n\n$events$\n"
                    "const struct event_kind *const events[] = { $event_list$NULL };\n\n"
                    "const struct domain domains[] = {\n$domains$    { NULL, NULL },\n};\n\n"
                    "const struct entity entities[] = {\n$entities$    { NULL, false },\n};\n",
                    "failures", failures, "records", write_records(false), "methods", methods, "events",
                    events, "event_list", event_list, "domains", domains, "entities", entities));
}

static void write_codes_h(const char *folder)
{
    char *codes = print("%s", "");
    for (int i = 0; i < model.failures_count; i++)
        codes = join(codes, print("    %s,\n", upper(model.failures[i].word)));
    write_file(folder, "codes.h",
               FILL("#ifndef CODES_H\n#define CODES_H\n\nenum code {\n    OK,\n$codes$    CODES_COUNT\n};\n\n"
                    "extern const struct code_row {\n    const char *word;\n    int exit_status;\n"
                    "    _Bool blames_caller;\n    const char *help;\n} codes[];\n\n#endif\n",
                    "codes", codes));
}

static void write_catalogue_h(const char *folder)
{
    char *events = print("%s", "");
    for (int i = 0; i < model.events_count; i++)
        events = join(events,
                      print("extern const struct event_kind event_%s;\n", underscored(model.events[i].name)));
    write_file(
        folder, "catalogue.h",
        FILL("#ifndef CATALOGUE_H\n#define CATALOGUE_H\n\n#include \"method.h\"\n\n$structs$\n$events$\n"
             "enum { METHODS_COUNT = $count$ };\n\n#endif\n",
             "structs", write_structs(false), "events", events, "count", number(model.methods_count)));
}

/* ---- the daemon's side ---- */

static char *write_signature(const char *name, const struct record *takes, const struct record *result)
{
    return print("enum code %s(struct call *call%s%s)", name,
                 takes ? print(", const struct %s *params", takes->name) : "",
                 result ? print(", struct %s *result", result->name) : "");
}

static char *write_prototypes(void)
{
    char *text = print("%s", "");
    for (int i = 0; i < model.methods_count; i++)
        if (!model.methods[i].is_plain)
            text = join(text, print("/* %s */\nMUST_CHECK %s;\n", origin(model.methods[i].at),
                                    write_signature(underscored(model.methods[i].name),
                                                    model.methods[i].takes, model.methods[i].returns)));
    for (int i = 0; i < model.statements_count; i++)
        text = join(text, print("/* %s */\nMUST_CHECK %s;\n", origin(model.statements[i].at),
                                write_signature(print("sql_%s", model.statements[i].name),
                                                model.statements[i].takes, model.statements[i].result)));
    for (int i = 0; i < model.events_count; i++)
        text = join(text, print("/* %s */\nMUST_CHECK %s;\n", origin(model.events[i].at),
                                write_signature(print("tell_%s", underscored(model.events[i].name)),
                                                model.events[i].fields, NULL)));
    return text;
}

static void write_statements_h(const char *folder)
{
    write_file(folder, "domain/statements.h",
               FILL("#ifndef STATEMENTS_H\n#define STATEMENTS_H\n\n#include \"catalogue.h\"\n#include "
                    "\"statement.h\"\n\n"
                    "$structs$\n$prototypes$\n#endif\n",
                    "structs", write_structs(true), "prototypes", write_prototypes()));
}

static char *write_statement(const struct statement *statement)
{
    return FILL("\nstatic const struct statement statement_$name$ = {\n    \"$name$\", $sql$,\n"
                "    $takes$, $gives$, $result$, $list$,\n"
                "    (const uint8_t[]){ $binds$255 }, (const uint8_t[]){ $fills$255 }\n};\n"
                "$signature$\n{\n    return store_run(call, &statement_$name$, $params$, $given$);\n}\n",
                "name", statement->name, "sql", quoted(statement->sql), "takes",
                record_or_nothing(statement->takes), "gives", record_or_nothing(statement->gives), "list",
                number(statement->list ? (int)(statement->list - statement->result->fields) : -1), "binds",
                statement->binds, "fills", statement->fills, "signature",
                write_signature(print("sql_%s", statement->name), statement->takes, statement->result),
                "params", statement->takes ? "params" : "NULL", "given",
                statement->result ? "result" : "NULL", "result", record_or_nothing(statement->result));
}

static char *write_tell(const struct event *event)
{
    return print("\n%s\n{\n    return event_tell(call, &event_%s, params);\n}\n",
                 write_signature(print("tell_%s", underscored(event->name)), event->fields, NULL),
                 underscored(event->name));
}

static char *write_entity(const struct entity *entity)
{
    return FILL("static const struct statement exists_$name$ = { \"exists_$name$\",\n"
                "    \"SELECT 1 FROM $name$ WHERE id = :id\", &record_nothing, &record_nothing, "
                "&record_nothing, -1,\n"
                "    (const uint8_t[]){ 255 }, (const uint8_t[]){ 255 } };\n",
                "name", entity->name);
}

/* access_lead_team answers `lead of FIELD` where FIELD is a slug of team. */
static char *write_relation(const struct statement *statement)
{
    for (int role = 0; role_words[role]; role++) {
        const char *prefix = print("access_%s_", role_words[role]);
        if (strncmp(statement->name, prefix, strlen(prefix)) == 0)
            return print("    { ROLE_%s, \"%s\", &statement_%s },\n", upper(role_words[role]),
                         statement->name + strlen(prefix), statement->name);
    }
    return "";
}

static char *write_access_tables(void)
{
    char *relations = print("%s", ""), *checks = print("%s", ""), *list = print("%s", "");
    for (int i = 0; i < model.statements_count; i++)
        relations = join(relations, write_relation(&model.statements[i]));
    for (int i = 0; i < model.entities_count; i++) {
        checks = join(checks, write_entity(&model.entities[i]));
        list = join(list, print("&exists_%s, ", model.entities[i].name));
    }
    return FILL("\nconst struct relation relations[] = {\n$relations$    { 0, NULL, NULL },\n};\n\n$checks$\n"
                "const struct statement *const entity_statements[] = { $list$NULL };\n",
                "relations", relations, "checks", checks, "list", list);
}

static void write_statements_c(const char *folder)
{
    char *text = print("%s", ""), *list = print("%s", "");
    for (int i = 0; i < model.statements_count; i++) {
        text = join(text, write_statement(&model.statements[i]));
        list = join(list, print("&statement_%s, ", model.statements[i].name));
    }
    for (int i = 0; i < model.events_count; i++)
        text = join(text, write_tell(&model.events[i]));
    write_file(folder, "domain/statements.c",
               FILL("#include \"statements.h\"\n\n#include <stddef.h>\n$records$$text$\n"
                    "const struct statement *const statements[] = { $list$NULL };\n$access$",
                    "records", write_records(true), "text", text, "list", list, "access",
                    write_access_tables()));
}

static char *write_handler(const struct method *method)
{
    const char *name = underscored(method->name);
    return FILL(
        "\nstatic enum code call_$name$(struct call *call, const void *params, void *result)\n{\n$unused$"
        "    /* $origin$ */\n    return $prefix$$name$(call$params$$result$);\n}\n",
        "name", name, "origin", origin(method->at), "prefix", method->is_plain ? "sql_" : "", "unused",
        print("%s%s", method->takes ? "" : "    (void)params;\n",
              method->returns ? "" : "    (void)result;\n"),
        "params", method->takes ? ", params" : "", "result", method->returns ? ", result" : "");
}

static void write_handlers_c(const char *folder)
{
    char *text = print("%s", ""), *list = print("%s", "");
    for (int i = 0; i < model.methods_count; i++) {
        const struct method *method = &model.methods[i];
        text = join(text, write_handler(method));
        list = join(list, print("    call_%s,\n", underscored(method->name)));
    }
    write_file(folder, "domain/handlers.c",
               FILL("#include \"statements.h\"\n$text$\nconst handler handlers[] = {\n$list$};\n", "text",
                    text, "list", list));
}

static void write_schema_c(const char *folder)
{
    char *text = print("%s", "");
    for (int i = 0; i < model.migrations_count; i++)
        text = join(text,
                    print("    { \"%s\", %s },\n", model.migration_names[i], quoted(model.migrations[i])));
    write_file(
        folder, "store/schema.c",
        FILL(
            "#include \"migrate.h\"\n\n#include <stddef.h>\n\nconst struct migration migrations[] = {\n$text$"
            "    { NULL, NULL },\n};\n",
            "text", text));
}

/* Nothing compiles this: it is what gettext's tools read to find the sentences of the catalogue. */
static void write_strings_c(const char *folder)
{
    char *text = print("%s", "");
    for (int i = 0; i < model.domains_count; i++)
        text = join(text, print("_(%s)\n", quoted(model.domains[i].help)));
    for (int i = 0; i < model.methods_count; i++)
        text = join(text, print("_(%s)\n", quoted(model.methods[i].help)));
    for (int i = 0; i < model.records_count; i++)
        for (int j = 0; !model.records[i]->is_internal && j < model.records[i]->count; j++)
            if (*model.records[i]->fields[j].help)
                text = join(text, print("_(%s)\n", quoted(model.records[i]->fields[j].help)));
    for (int i = 0; i < model.failures_count; i++)
        text = join(text, print("_(%s)\n", quoted(model.failures[i].help)));
    write_file(folder, "strings.c", text);
}

void write_all(const char *folder)
{
    write_codes_h(folder);
    write_catalogue_h(folder);
    write_catalogue_c(folder);
    write_statements_h(folder);
    write_statements_c(folder);
    write_handlers_c(folder);
    write_schema_c(folder);
    write_strings_c(folder);
}
