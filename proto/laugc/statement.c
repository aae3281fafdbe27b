/* SPDX-License-Identifier: MIT */
/* The statements: their headers, and SQLite's own word on each against the migrated schema. */
#include "laugc.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *schema;

/* What the daemon's own SQL functions are called; here they only have to exist. */
static void stand_in(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    (void)values;
    sqlite3_result_null(context);
}

static void open_schema(void)
{
    static const char *const functions[] = { "call_now", "call_actor" };
    if (schema)
        return;
    if (sqlite3_open(":memory:", &schema))
        abort();
    /* as the daemon opens it, so that what it would refuse is refused here */
    sqlite3_db_config(schema, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(schema, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(schema, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(schema, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        sqlite3_create_function(schema, functions[i], 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, stand_in, NULL,
                                NULL);
}

/* Where in a file `at` is, which points into `text`, which begins on `line` of it. */
static struct place place_in(const char *file, int line, const char *text, const char *at)
{
    struct place place = { file, line, 1 };
    for (const char *c = text; c < at; c++) {
        place.line += *c == '\n';
        place.column = *c == '\n' ? 1 : place.column + 1;
    }
    return place;
}

/* Runs a migration statement by statement, so that a mistake is told on its line. */
void schema_read(const char *file)
{
    const char *text = read_file(file), *rest = text;
    const char *slash = strrchr(file, '/');
    open_schema();
    here = (struct place){ file, 1, 1 };
    int index = one_more(&model.migrations_count, ENTRIES_MAX, "files of the schema");
    model.migration_names[index] = slash ? slash + 1 : file;
    model.migrations[index] = text;
    while (*rest) {
        sqlite3_stmt *compiled = NULL;
        const char *start = rest;
        int status = sqlite3_prepare_v2(schema, rest, -1, &compiled, &rest);
        if (status == SQLITE_OK && compiled && sqlite3_step(compiled) == SQLITE_ERROR)
            status = SQLITE_ERROR;
        if (status != SQLITE_OK) {
            int offset = sqlite3_error_offset(schema);
            start += offset > 0 ? (size_t)offset : strspn(start, " \t\r\n");
            mistake(place_in(file, 1, text, start), "%s", sqlite3_errmsg(schema));
            return;
        }
        sqlite3_finalize(compiled);
    }
}

void schema_check(void)
{
    open_schema();
    for (int i = 0; i < model.entities_count; i++) {
        sqlite3_stmt *compiled = NULL;
        const char *sql = print("SELECT id FROM %s WHERE id = ?", model.entities[i].name);
        if (sqlite3_prepare_v2(schema, sql, -1, &compiled, NULL))
            mistake(model.entities[i].at, "entity %s: %s", model.entities[i].name, sqlite3_errmsg(schema));
        sqlite3_finalize(compiled);
    }
}

/* ---- headers ---- */

/* A word of an inline header may end in ?, which makes its field optional. */
static void strip_question(struct field *field)
{
    const char **last = field->like ? &field->like : field->entity ? &field->entity : &field->record_name;
    size_t length = *last ? strlen(*last) : 0;
    if (length == 0 || (*last)[length - 1] != '?')
        return;
    field->is_optional = true;
    *last = need(strndup(*last, length - 1));
    if (last == &field->record_name)
        for (const struct kind *kind = kinds; kind->name; kind++)
            if (same(kind->name, *last))
                field->kind = kind;
}

static struct record *read_shape(const struct statement *statement, const char *suffix)
{
    const char *name = word();
    struct record *known = record_find(name);
    bool is_field = *word_after() && !same(word_after(), "gives");
    if (known && !is_field) {
        next();
        return known;
    }
    struct record *record = record_add(print("%s_%s", statement->name, suffix), "");
    record->is_internal = true;
    do
        strip_question(field_read(record, true));
    while (take(","));
    record_resolve(record);
    return record;
}

static const struct method *method_of(const char *statement)
{
    for (int i = 0; i < model.methods_count; i++)
        if (same(underscored(model.methods[i].name), statement))
            return &model.methods[i];
    return NULL;
}

/* The list of records that a method's result pages through. */
static struct field *list_field(struct record *record)
{
    struct field *field = record_field(record, "items");
    return field && field->is_list && !field->kind ? field : NULL;
}

static void use_method(struct statement *statement, const struct method *method)
{
    statement->is_method = true;
    statement->takes = method->takes;
    statement->result = method->returns;
    statement->list = method->returns ? list_field(method->returns) : NULL;
    statement->gives = statement->list ? record_find(statement->list->record_name) : method->returns;
}

static struct record *list_record(struct record *row)
{
    struct record *list = record_find(print("%s_list", row->name));
    if (list)
        return list;
    list = record_add(print("%s_list", row->name), "");
    list->is_internal = true;
    list->count = 1;
    list->fields[0] = (struct field){ .at = here,
                                      .name = "items",
                                      .help = "",
                                      .source = "",
                                      .is_list = true,
                                      .record_name = row->name,
                                      .record = row,
                                      .at_most = "1000000" };
    return list;
}

static void read_header(struct statement *statement)
{
    const struct method *method = method_of(statement->name);
    if (method)
        use_method(statement, method);
    if (take("takes"))
        statement->takes = read_shape(statement, "params");
    if (take("gives")) {
        bool is_list = take_phrase("list", "of");
        statement->gives = read_shape(statement, "row");
        statement->result = is_list ? list_record(statement->gives) : statement->gives;
        statement->list = is_list ? &statement->result->fields[0] : NULL;
        statement->is_method = false;
    }
    line_end();
}

static struct statement *statement_add(const char *file, int number, const char *line)
{
    line_open(file, number, line);
    struct statement *statement =
        &model.statements[one_more(&model.statements_count, STATEMENTS_MAX, "statements")];
    next(), next(); /* -- name: */
    for (int i = 0; i < model.statements_count - 1; i++)
        if (same(model.statements[i].name, word()))
            mistake(here, "statement %s is already declared at %s:%d", word(), model.statements[i].at.file,
                    model.statements[i].at.line);
    *statement = (struct statement){ .at = here, .name = take_name("a statement", "_"), .sql = "" };
    read_header(statement);
    line_close();
    return statement;
}

void statements_read(const char *file)
{
    char *text = read_file(file);
    struct statement *statement = NULL;
    int number = 0;
    for (char *line; (line = strsep(&text, "\n")) != NULL;) {
        number++;
        if (strncmp(line, "-- name:", 8) == 0)
            statement = statement_add(file, number, line);
        else if (strncmp(line, "-- scans:", 9) == 0 && statement)
            statement->scans = true;
        if (statement) /* comments stay, as blank lines, so that lines can be counted */
            statement->sql = print("%s%s\n", statement->sql, strncmp(line, "--", 2) == 0 ? "" : line);
    }
}

/* ---- what SQLite says ---- */

enum { BIND_NOW = 250, BIND_TODAY = 251, BIND_ACTOR = 252 };

static int implicit_bind(const char *name)
{
    return same(name, "now")     ? BIND_NOW
           : same(name, "today") ? BIND_TODAY
           : same(name, "actor") ? BIND_ACTOR
                                 : -1;
}

static struct place line_of(const struct statement *statement, const char *at)
{
    return at ? place_in(statement->at.file, statement->at.line, statement->sql, at) : statement->at;
}

static void names_of(const struct record *record, const char **names)
{
    int count = 0;
    for (; record && count < record->count; count++)
        names[count] = record->fields[count].name;
    names[count] = NULL;
}

static char *check_binds(const struct statement *statement, sqlite3_stmt *compiled)
{
    char *binds = print("%s", "");
    const char *names[FIELDS_MAX + 1];
    names_of(statement->takes, names);
    for (int i = 1; i <= sqlite3_bind_parameter_count(compiled); i++) {
        const char *name = sqlite3_bind_parameter_name(compiled, i);
        const struct field *field = name ? record_field(statement->takes, name + 1) : NULL;
        int index = field ? (int)(field - statement->takes->fields) : name ? implicit_bind(name + 1) : -1;
        if (index < 0)
            mistake(line_of(statement, name ? strstr(statement->sql, name) : NULL),
                    "statement %s: %s is no parameter of it%s", statement->name, name ? name : "?",
                    name ? did_you_mean(name + 1, names) : "");
        if (field && !field->kind)
            mistake(line_of(statement, strstr(statement->sql, name)),
                    "statement %s: %s is a record, which has no column", statement->name, name);
        binds = print("%s%d, ", binds, index < 0 ? 0 : index);
    }
    return binds;
}

static void check_column(const struct statement *statement, sqlite3_stmt *compiled, int i,
                         const struct field *field)
{
    const char *declared = sqlite3_column_decltype(compiled, i);
    const char *expected = field->is_list ? "TEXT" : field->kind ? field->kind->column : "";
    if (!field->kind)
        mistake(statement->at, "statement %s: %s is a record, which has no column", statement->name,
                field->name);
    else if (declared && !same(declared, expected))
        mistake(statement->at, "statement %s: column %s is %s, but %s is kept as %s", statement->name,
                sqlite3_column_name(compiled, i), declared, field->kind->name, expected);
}

static char *check_fills(const struct statement *statement, sqlite3_stmt *compiled)
{
    char *fills = print("%s", "");
    const char *names[FIELDS_MAX + 1];
    bool is_filled[FIELDS_MAX] = { false };
    int count = sqlite3_column_count(compiled);
    names_of(statement->gives, names);
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_column_name(compiled, i);
        const struct field *field = record_field(statement->gives, name);
        if (!field) {
            mistake(statement->at, "statement %s: column %s has no field to go to%s", statement->name, name,
                    did_you_mean(name, names));
            continue;
        }
        check_column(statement, compiled, i, field);
        is_filled[field - statement->gives->fields] = true;
        fills = print("%s%d, ", fills, (int)(field - statement->gives->fields));
    }
    for (int i = 0; count && statement->gives && i < statement->gives->count; i++) {
        const struct field *field = &statement->gives->fields[i];
        if (!is_filled[i] && !field->is_optional && !field->is_list)
            mistake(statement->at, "statement %s: no column fills %s of %s", statement->name, field->name,
                    statement->gives->name);
    }
    if (count == 0 && statement->gives && !statement->is_method)
        mistake(statement->at, "statement %s gives no columns", statement->name);
    return fills;
}

static bool is_in_schema(const char *name, size_t length)
{
    sqlite3_stmt *found = NULL;
    if (sqlite3_prepare_v2(schema, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", -1,
                           &found, NULL))
        abort();
    sqlite3_bind_text(found, 1, name, (int)length, SQLITE_STATIC);
    bool is = sqlite3_step(found) == SQLITE_ROW;
    sqlite3_finalize(found);
    return is;
}

static bool word_is(const char *bytes, size_t length, const char *word)
{
    return strlen(word) == length && strncmp(bytes, word, length) == 0;
}

/* True where `name` is a table of the schema, or what the statement calls one: `person p`, `person AS p`. */
static bool is_table(const struct statement *statement, const char *name)
{
    static const char blanks[] = " \t\n", ends[] = " \t\n,;()";
    bool is_after_table = false;
    for (const char *at = statement->sql; *at;) {
        size_t length = strcspn(at, ends);
        if (is_after_table && word_is(at, length, name))
            return true;
        if (length && !(is_after_table && word_is(at, length, "AS")))
            is_after_table = is_in_schema(at, length);
        at += length + strspn(at + length, blanks);
        if (*at && strchr(",;()", *at)) {
            is_after_table = false;
            at++;
        }
    }
    return is_in_schema(name, strlen(name));
}

/* A statement that reads a whole table gets slow as the company grows: it is an oversight, or says why. */
static void check_scan(const struct statement *statement)
{
    sqlite3_stmt *plan = NULL;
    if (statement->scans ||
        sqlite3_prepare_v2(schema, print("EXPLAIN QUERY PLAN %s", statement->sql), -1, &plan, NULL))
        return;
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        if (strncmp(detail, "SCAN ", 5) != 0 || strstr(detail, "VIRTUAL TABLE"))
            continue;
        if (is_table(statement, need(strndup(detail + 5, strcspn(detail + 5, " ")))))
            mistake(statement->at,
                    "statement %s reads a whole table (%s): give it an index, or say -- scans: why",
                    statement->name, detail);
    }
    sqlite3_finalize(plan);
}

static void check(struct statement *statement)
{
    sqlite3_stmt *compiled = NULL;
    const char *tail = NULL;
    if (sqlite3_prepare_v2(schema, statement->sql, -1, &compiled, &tail)) {
        int offset = sqlite3_error_offset(schema);
        mistake(line_of(statement, offset < 0 ? NULL : statement->sql + offset), "statement %s: %s",
                statement->name, sqlite3_errmsg(schema));
        return;
    }
    if (!compiled || tail[strspn(tail, " \t\n;")]) {
        mistake(statement->at, "statement %s: must be one statement", statement->name);
        return;
    }
    statement->binds = check_binds(statement, compiled);
    statement->fills = check_fills(statement, compiled);
    sqlite3_finalize(compiled);
    check_scan(statement);
}

void statements_check(void)
{
    for (int i = 0; i < model.statements_count; i++)
        check(&model.statements[i]);
}
