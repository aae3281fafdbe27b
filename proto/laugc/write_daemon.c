/* SPDX-License-Identifier: MIT */
/* Prints what only the daemon sees: statements with their functions, handlers, who is what to whom, the
 * schema. */
#include "template.h"

#include <string.h>

static char *signature(const char *name, const struct record *takes, const struct record *result)
{
    return print("enum code %s(struct call *call%s%s)", name,
                 takes ? print(", const struct %s *params", takes->name) : "",
                 result ? print(", struct %s *result", result->name) : "");
}

static char *signature_of_method(const struct method *method)
{
    return signature(underscored(method->name), method->takes, method->returns);
}

static char *signature_of_statement(const struct statement *statement)
{
    return signature(print("sql_%s", statement->name), statement->takes, statement->result);
}

static char *signature_of_event(const struct event *event)
{
    return signature(print("tell_%s", underscored(event->name)), event->fields, NULL);
}

/* ---- statements.h ---- */

static void put_prototype(FILE *out, struct place place, const char *text)
{
    put(out, "/* $origin$ */\nMUST_CHECK $text$;\n", "origin", origin(place), "text", text);
}

static void write_statements_h(const char *folder)
{
    FILE *out = open_file(folder, "domain/statements.h");
    put(out, "#ifndef STATEMENTS_H\n#define STATEMENTS_H\n\n#include \"catalogue.h\"\n#include "
             "\"statement.h\"\n\n");
    put_structs(out, true);
    put(out, "\n");
    for (int i = 0; i < model.methods_count; i++)
        if (!model.methods[i].is_plain)
            put_prototype(out, model.methods[i].at, signature_of_method(&model.methods[i]));
    for (int i = 0; i < model.statements_count; i++)
        put_prototype(out, model.statements[i].at, signature_of_statement(&model.statements[i]));
    for (int i = 0; i < model.events_count; i++)
        put_prototype(out, model.events[i].at, signature_of_event(&model.events[i]));
    put(out, "\n#endif\n");
    close_file(out, "statements.h");
}

/* ---- statements.c ---- */

static void put_statement(FILE *out, const struct statement *statement)
{
    int list = statement->list ? field_index(statement->result, statement->list) : -1;
    static const char template[] =
        "\nstatic const struct statement statement_$name$ = {\n    \"$name$\", $sql$,\n"
        "    $takes$, $gives$, $result$, $list$,\n"
        "    (const uint8_t[]){ $binds$255 }, (const uint8_t[]){ $fills$255 }\n};\n";
    put(out, template, "name", statement->name, "sql", quoted(statement->sql), "takes",
        record_or_nothing(statement->takes), "gives", record_or_nothing(statement->gives), "result",
        record_or_nothing(statement->result), "list", number(list), "binds", statement->binds, "fills",
        statement->fills);
    put(out, "$signature$\n{\n    return store_run(call, &statement_$name$, $params$, $result$);\n}\n",
        "signature", signature_of_statement(statement), "name", statement->name, "params",
        statement->takes ? "params" : "NULL", "result", statement->result ? "result" : "NULL");
}

static void put_tell(FILE *out, const struct event *event)
{
    put(out, "\n$signature$\n{\n    return event_tell(call, &event_$name$, params);\n}\n", "signature",
        signature_of_event(event), "name", underscored(event->name));
}

/* access_lead_team answers `lead of FIELD` where FIELD is a slug of team. */
static void put_relation(FILE *out, const struct statement *statement)
{
    for (int role = FIRST_RELATION; role_words[role]; role++) {
        const char *prefix = print("access_%s_", role_words[role]);
        if (strncmp(statement->name, prefix, strlen(prefix)) == 0)
            put(out, "    { ROLE_$role$, \"$entity$\", &statement_$name$ },\n", "role",
                upper(role_words[role]), "entity", statement->name + strlen(prefix), "name", statement->name);
    }
}

static void put_relations(FILE *out)
{
    put(out, "\nconst struct relation relations[] = {\n");
    for (int i = 0; i < model.statements_count; i++)
        put_relation(out, &model.statements[i]);
    put(out, "    { 0, NULL, NULL },\n};\n");
}

/* Whether there is a row of this id. */
static void put_entities(FILE *out)
{
    static const char template[] = "static const struct statement exists_$name$ = { \"exists_$name$\",\n"
                                   "    \"SELECT 1 FROM $name$ WHERE id = :id\", &record_nothing, "
                                   "&record_nothing, &record_nothing, -1,\n"
                                   "    (const uint8_t[]){ 255 }, (const uint8_t[]){ 255 } };\n";
    put(out, "\n");
    for (int i = 0; i < model.entities_count; i++)
        put(out, template, "name", model.entities[i].name);
    put(out, "\nconst struct statement *const entity_statements[] = { ");
    for (int i = 0; i < model.entities_count; i++)
        put(out, "&exists_$name$, ", "name", model.entities[i].name);
    put(out, "NULL };\n");
}

static void write_statements_c(const char *folder)
{
    FILE *out = open_file(folder, "domain/statements.c");
    put(out, "#include \"statements.h\"\n\n#include <stddef.h>\n");
    put_records(out, true);
    for (int i = 0; i < model.statements_count; i++)
        put_statement(out, &model.statements[i]);
    for (int i = 0; i < model.events_count; i++)
        put_tell(out, &model.events[i]);
    put(out, "\nconst struct statement *const statements[] = { ");
    for (int i = 0; i < model.statements_count; i++)
        put(out, "&statement_$name$, ", "name", model.statements[i].name);
    put(out, "NULL };\n");
    put_relations(out);
    put_entities(out);
    close_file(out, "statements.c");
}

/* ---- handlers.c ---- */

static void put_handler(FILE *out, const struct method *method)
{
    static const char template[] =
        "\nstatic enum code call_$name$(struct call *call, const void *params, void *result)\n{\n"
        "$no_params$$no_result$    /* $origin$ */\n    return $prefix$$name$(call$params$$result$);\n}\n";
    put(out, template, "name", underscored(method->name), "no_params",
        method->takes ? "" : "    (void)params;\n", "no_result", method->returns ? "" : "    (void)result;\n",
        "origin", origin(method->at), "prefix", method->is_plain ? "sql_" : "", "params",
        method->takes ? ", params" : "", "result", method->returns ? ", result" : "");
}

static void write_handlers_c(const char *folder)
{
    FILE *out = open_file(folder, "domain/handlers.c");
    put(out, "#include \"statements.h\"\n");
    for (int i = 0; i < model.methods_count; i++)
        put_handler(out, &model.methods[i]);
    put(out, "\nconst handler handlers[] = {\n");
    for (int i = 0; i < model.methods_count; i++)
        put(out, "    call_$name$,\n", "name", underscored(model.methods[i].name));
    put(out, "};\n");
    close_file(out, "handlers.c");
}

/* ---- schema.c ---- */

static void write_schema_c(const char *folder)
{
    FILE *out = open_file(folder, "store/schema.c");
    put(out, "#include \"migrate.h\"\n\n#include <stddef.h>\n\nconst struct migration migrations[] = {\n");
    for (int i = 0; i < model.migrations_count; i++)
        put(out, "    { \"$name$\", $sql$ },\n", "name", model.migration_names[i], "sql",
            quoted(model.migrations[i]));
    put(out, "    { NULL, NULL },\n};\n");
    close_file(out, "schema.c");
}

void write_daemon(const char *folder)
{
    write_statements_h(folder);
    write_statements_c(folder);
    write_handlers_c(folder);
    write_schema_c(folder);
}
