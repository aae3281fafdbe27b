/* SPDX-License-Identifier: MIT */
/*
 * Binds records to statements and reads rows into records, by the catalogue's tables. As kept in a column:
 * days, local times and words as text, instants and yes or no as integers, a list of plain values as a JSON
 * array. Records are neither bound nor read: laugc refuses a statement that would.
 */
#include "connection.h"
#include "day.h"
#include "log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sqlite3_stmt *prepare(struct store *store, const struct statement *statement)
{
    size_t slot = (uintptr_t)statement / sizeof(void *) * 2654435761U % PREPARED_SLOTS;
    while (store->prepared[slot].statement && store->prepared[slot].statement != statement)
        slot = (slot + 1) % PREPARED_SLOTS;
    if (!store->prepared[slot].statement) {
        store->prepared[slot].statement = statement;
        if (sqlite3_prepare_v3(store->db, statement->sql, -1, SQLITE_PREPARE_PERSISTENT,
                               &store->prepared[slot].compiled, NULL) != SQLITE_OK) {
            log_write(LOG_LEVEL_ERROR, "a statement does not compile", "STATEMENT", statement->name, "REASON",
                      sqlite3_errmsg(store->db), NULL);
            abort();
        }
    }
    return store->prepared[slot].compiled;
}

/* ---- SQLite's codes: translated here and nowhere else; SQL never reaches a user ---- */

/* "UNIQUE constraint failed: person.login" names the column, which is called as the parameter. */
static const char *constrained_field(struct store *store, const struct record *takes)
{
    const char *text = sqlite3_errmsg(store->db), *column = strrchr(text, '.');
    const struct field *field = column && takes ? field_find(takes, column + 1, strlen(column + 1)) : NULL;
    return field ? field->name : NULL;
}

static enum code translate_code(struct store *store, const struct record *takes, struct error *error)
{
    int extended = sqlite3_extended_errcode(store->db);
    switch (extended) {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_ROWID:
        return fail(error, EXISTS, constrained_field(store, takes), _("is already taken"));
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return fail(error, CONFLICT, NULL, _("something else still refers to it"));
    case SQLITE_CONSTRAINT_TRIGGER: /* the schema's own rules: RAISE(ABORT, 'a sentence') */
        return fail(error, CONFLICT, NULL, "%s", text_translate(sqlite3_errmsg(store->db)));
    default: break;
    }
    switch (extended & 0xFF) {
    case SQLITE_FULL:
        return fail(error, STORAGE_FULL, NULL,
                    _("the disk is full: nothing was written; free some space and try again"));
    case SQLITE_NOMEM:
        return fail(error, BUSY, NULL,
                    _("there is not enough memory for this just now; try again in a moment"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return fail(error, BUSY, NULL, _("the database is busy; try again in a moment"));
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return fail(error, UNAVAILABLE, NULL,
                    _("the disk failed: nothing was written; the service's journal says more"));
    default:
        return fail(error, INTERNAL, NULL,
                    _("the database failed: nothing was written; the service's journal says more"));
    }
}

enum code translate(struct store *store, const struct record *takes, struct error *error)
{
    enum code code = translate_code(store, takes, error);
    if (code == UNAVAILABLE || code == INTERNAL) /* what the sentence promises: that the journal says more */
        log_write(LOG_LEVEL_ERROR, "SQLite failed", "REASON", sqlite3_errmsg(store->db), NULL);
    if (is_lost(store) && !store->lost.code)
        store->lost = *error;
    return code;
}

/* ---- binding ---- */

static const char *json_string(const char *text, struct arena *arena)
{
    char *quoted = arena_take(arena, strlen(text) * 6 + 3), *end = quoted;
    for (*end++ = '"'; *text; text++)
        if (*text == '"' || *text == '\\') {
            *end++ = '\\';
            *end++ = *text;
        } else if ((unsigned char)*text < 0x20) {
            end += snprintf(end, 7, "\\u%04x", (unsigned)*text);
        } else {
            *end++ = *text;
        }
    *end++ = '"';
    *end = 0;
    return quoted;
}

static bool is_number(const struct field *field)
{
    return field->kind == KIND_INTEGER || field->kind == KIND_MINUTES || field->kind == KIND_INSTANT;
}

static const char *list_to_json(const struct field *field, const void *params, struct arena *arena)
{
    size_t count = field_count(field, params), length = 3;
    const char **parts = arena_take(arena, (count + 1) * sizeof *parts);
    for (size_t i = 0; i < count; i++) {
        const void *value = field_at(field, params, i);
        parts[i] = field->kind == KIND_BOOL ? *(const bool *)value ? "1" : "0"
                   : is_number(field)       ? arena_print(arena, "%" PRId64, *(const int64_t *)value)
                                            : json_string(value_to_text(field, value, arena), arena);
        length += strlen(parts[i]) + 1;
    }
    char *json = arena_take(arena, length), *end = json;
    *end++ = '[';
    for (size_t i = 0; i < count; i++) {
        if (i)
            *end++ = ',';
        end = stpcpy(end, parts[i]);
    }
    *end = ']';
    return json;
}

static void bind_value(sqlite3_stmt *compiled, int i, const struct field *field, const void *value,
                       struct arena *arena)
{
    if (is_number(field)) {
        sqlite3_bind_int64(compiled, i, *(const int64_t *)value);
    } else if (field->kind == KIND_BOOL) {
        sqlite3_bind_int(compiled, i, *(const bool *)value);
    } else if (field->kind == KIND_VALUE) {
        const struct packed *packed = value;
        sqlite3_bind_blob64(compiled, i, packed->bytes, packed->size, SQLITE_STATIC);
    } else {
        sqlite3_bind_text(compiled, i, value_to_text(field, value, arena), -1, SQLITE_STATIC);
    }
}

static void bind(struct call *call, sqlite3_stmt *compiled, const struct statement *statement,
                 const void *params)
{
    for (int i = 0; statement->binds[i] != FIELDS_END; i++) {
        switch (statement->binds[i]) {
        case BIND_NOW: sqlite3_bind_int64(compiled, i + 1, call->now); continue;
        case BIND_TODAY:
            sqlite3_bind_text(compiled, i + 1,
                              day_print(call_today(call), arena_take(&call->arena, DAY_TEXT_SIZE)), -1,
                              SQLITE_STATIC);
            continue;
        case BIND_ACTOR: sqlite3_bind_text(compiled, i + 1, call->actor->person, -1, SQLITE_STATIC); continue;
        default: break;
        }
        const struct field *field = &statement->takes->fields[statement->binds[i]];
        if (field->is_list)
            sqlite3_bind_text(compiled, i + 1, list_to_json(field, params, &call->arena), -1, SQLITE_STATIC);
        else if (field_count(field, params))
            bind_value(compiled, i + 1, field, field_at(field, params, 0), &call->arena);
        else
            sqlite3_bind_null(compiled, i + 1);
    }
}

/* ---- reading ---- */

static enum code refuse_value(struct call *call, const struct field *field)
{
    return call_fail(call, INTERNAL, NULL, _("the database holds a value of %s that does not belong there"),
                     field->name);
}

static enum code read_text(struct call *call, const struct field *field, sqlite3_stmt *compiled, int column,
                           void *value)
{
    const char *text = (const char *)sqlite3_column_text(compiled, column);
    size_t length = (size_t)sqlite3_column_bytes(compiled, column);
    if (text && value_from_text(field, text, length, value, &call->arena, &call->error) == OK)
        return OK;
    return refuse_value(call, field);
}

static enum code read_value(struct call *call, const struct field *field, sqlite3_stmt *compiled, int column,
                            void *value)
{
    if (is_number(field)) {
        *(int64_t *)value = sqlite3_column_int64(compiled, column);
    } else if (field->kind == KIND_BOOL) {
        *(bool *)value = sqlite3_column_int(compiled, column) != 0;
    } else if (field->kind == KIND_VALUE) {
        size_t size = (size_t)sqlite3_column_bytes(compiled, column);
        const char *bytes = sqlite3_column_blob(compiled, column);
        *(struct packed *)value = (struct packed){ arena_copy(&call->arena, bytes, size), size };
    } else {
        return read_text(call, field, compiled, column, value);
    }
    return OK;
}

/* Most lists are a few ids: ["anna","bo"]. False, and nothing read, where it is anything but texts without a
 * backslash. */
static bool read_plain_list(struct call *call, const struct field *field, const char *json, void *row)
{
    const char *at = json + 1, *end;
    if (json[0] != '[' || is_number(field) || field->kind == KIND_BOOL || strchr(json, '\\'))
        return false;
    for (; *at == '"'; at = end[1] == ',' ? end + 2 : end + 1) {
        end = strchr(at + 1, '"');
        if (!end || value_from_text(field, at + 1, (size_t)(end - at - 1),
                                    field_add(field, row, &call->arena), &call->arena, &call->error) != OK)
            break;
    }
    if (strcmp(at, "]") == 0)
        return true;
    field_clear(field, row);
    return false;
}

/* SQLite itself takes any other JSON apart. */
static enum code read_list(struct call *call, const struct field *field, sqlite3_stmt *compiled, int column,
                           void *row)
{
    sqlite3_stmt *each = call->store->json_each;
    enum code code = OK;
    int step = SQLITE_DONE;
    const char *json = (const char *)sqlite3_column_text(compiled, column);
    if (json && read_plain_list(call, field, json, row))
        return OK;
    sqlite3_bind_value(each, 1, sqlite3_column_value(compiled, column));
    while (code == OK && (step = sqlite3_step(each)) == SQLITE_ROW)
        code = read_value(call, field, each, 0, field_add(field, row, &call->arena));
    sqlite3_reset(each);
    sqlite3_clear_bindings(each);
    return code == OK && step != SQLITE_DONE ? refuse_value(call, field) : code;
}

static enum code read_row(struct call *call, sqlite3_stmt *compiled, const struct statement *statement,
                          void *row)
{
    for (int i = 0; statement->fills[i] != FIELDS_END; i++) {
        const struct field *field = &statement->gives->fields[statement->fills[i]];
        enum code code = OK;
        if (sqlite3_column_type(compiled, i) == SQLITE_NULL)
            continue;
        if (field->is_list)
            code = read_list(call, field, compiled, i, row);
        else
            code = read_value(call, field, compiled, i, field_add(field, row, &call->arena));
        if (code)
            return code;
    }
    return OK;
}

/* ---- running ---- */

/* A page reads one row more than asked, to know whether there is a next one: its cursor is the last row's id.
 */
static void end_page(const struct statement *statement, const void *params, void *result)
{
    const struct field *list = &statement->result->fields[statement->list];
    const struct field *limit = field_find(statement->takes, "limit", 5);
    const struct field *next = field_find(statement->result, "next", 4);
    if (!limit || !next)
        return;
    size_t *count = (size_t *)(void *)((char *)result + list->count_offset);
    size_t most = (size_t) * (const int64_t *)field_at(limit, params, 0);
    if (*count <= most)
        return;
    *count = most;
    const void *last = field_at(list, result, most - 1);
    *(const char **)(void *)((char *)result + next->offset) = *(const char *const *)field_at(
        &list->record->fields[0], last, 0);
}

static enum code step_all(struct call *call, sqlite3_stmt *compiled, const struct statement *statement,
                          void *result, size_t *rows)
{
    const struct field *list = statement->list < 0 ? NULL : &statement->result->fields[statement->list];
    int step;
    while ((step = sqlite3_step(compiled)) == SQLITE_ROW) {
        void *row = list ? field_add(list, result, &call->arena) : result;
        if (result && read_row(call, compiled, statement, row))
            return call->error.code;
        ++*rows;
        if (arena_is_spent(&call->arena))
            return call_fail(call, TOO_LARGE, NULL, _("the answer is too large; ask for fewer at a time"));
    }
    return step == SQLITE_DONE ? OK : translate(call->store, statement->takes, &call->error);
}

enum code store_run(struct call *call, const struct statement *statement, const void *params, void *result)
{
    if (is_lost(call->store))
        return call->error = call->store->lost, call->error.code;
    sqlite3_stmt *compiled = prepare(call->store, statement);
    size_t rows = 0;
    assert(!sqlite3_stmt_busy(compiled));
    call->store->call = call;
    bind(call, compiled, statement, params);
    enum code code = step_all(call, compiled, statement, result, &rows);
    sqlite3_reset(compiled);
    sqlite3_clear_bindings(compiled);
    call->store->call = NULL;
    if (code)
        return code;
    if (statement->list >= 0)
        end_page(statement, params, result);
    else if (rows == 0 && statement->fills[0] != FIELDS_END)
        return call_fail(call, NOT_FOUND, NULL, _("there is none"));
    return OK;
}

bool store_asks(struct call *call, const struct statement *statement, const char *id)
{
    sqlite3_stmt *compiled = prepare(call->store, statement);
    int actor = sqlite3_bind_parameter_index(compiled, ":actor");
    sqlite3_bind_text(compiled, sqlite3_bind_parameter_index(compiled, ":id"), id, -1, SQLITE_STATIC);
    if (actor)
        sqlite3_bind_text(compiled, actor, call->actor->person, -1, SQLITE_STATIC);
    int today = sqlite3_bind_parameter_index(compiled, ":today");
    char day[DAY_TEXT_SIZE];
    if (today)
        sqlite3_bind_text(compiled, today, day_print(call_today(call), day), -1, SQLITE_STATIC);
    int step = sqlite3_step(compiled);
    if (step != SQLITE_ROW && step != SQLITE_DONE) /* no is the safe answer */
        log_write(LOG_LEVEL_ERROR, "a question to the database failed", "STATEMENT", statement->name,
                  "REASON", sqlite3_errmsg(call->store->db), NULL);
    sqlite3_reset(compiled);
    sqlite3_clear_bindings(compiled);
    return step == SQLITE_ROW;
}
