/* SPDX-License-Identifier: MIT */
#include "rights.h"

#include "store.h"

#include <string.h>

/* ---- before anything is looked up ---- */

enum code rights_admit(struct call *call, const struct method *method)
{
    for (int i = 0; i < method->clauses_count; i++) {
        enum role role = method->clauses[i].role;
        if (role == ROLE_ANYONE ||
            (role < ROLE_SELF ? actor_has(call->actor, role) : call->actor->person != NULL))
            return OK;
    }
    return call_fail(call, FORBIDDEN, NULL, _("this may be done only by: %s"),
                     clauses_tell(method->clauses, method->clauses_count, &call->arena));
}

/* ---- who is meant ---- */

/* Whether what the caller is, whatever it is to others, lets it call the method. */
static bool has_role_for(const struct call *call, const struct method *method)
{
    for (int i = 0; i < method->clauses_count; i++)
        if (method->clauses[i].role < ROLE_SELF && actor_has(call->actor, method->clauses[i].role))
            return true;
    return false;
}

enum code rights_fill_caller(struct call *call, const struct method *method, void *params)
{
    const struct record *takes = method->params;
    for (const struct field *field = takes->fields; field < takes->fields + takes->fields_count; field++) {
        bool is_meant = field->caller == CALLER ||
                        (field->caller == CALLER_OR_ALL && !has_role_for(call, method));
        if (!is_meant || field_count(field, params))
            continue;
        if (!call->actor->person)
            return call_fail(call, INVALID, field->name,
                             _("say who is meant: you are nobody of the company here yourself"));
        *(const char **)field_add(field, params, &call->arena) = call->actor->person;
    }
    return OK;
}

/* ---- ids ---- */

static const struct entity *entity_of(const struct field *field, size_t *index)
{
    for (*index = 0; entities[*index].name; ++*index)
        if (strcmp(entities[*index].name, field->entity) == 0)
            return &entities[*index];
    return NULL;
}

static enum code refuse_unknown(struct call *call, const struct field *field, const char *id)
{
    char *entity = arena_copy(&call->arena, field->entity, strlen(field->entity));
    for (char *c = entity; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return call_fail(call, NOT_FOUND, field->name, _("no %s is called \"%s\""), entity, id);
}

static enum code resolve_record(struct call *call, const struct record *record, const void *base);

/* Every id names something. A write that adds may name its own new id: that one is a plain slug in the
 * catalogue. */
static enum code resolve_field(struct call *call, const struct field *field, const void *base)
{
    size_t entity;
    bool is_id = field->entity && entity_of(field, &entity);
    for (size_t i = 0; i < field_count(field, base); i++) {
        const void *value = field_at(field, base, i);
        if (field->record && resolve_record(call, field->record, value))
            return call->error.code;
        if (is_id && !store_asks(call, entity_statements[entity], *(const char *const *)value))
            return refuse_unknown(call, field, *(const char *const *)value);
    }
    return OK;
}

static enum code resolve_record(struct call *call, const struct record *record, const void *base)
{
    for (const struct field *field = record->fields; field < record->fields + record->fields_count; field++)
        if (resolve_field(call, field, base))
            return call->error.code;
    return OK;
}

static bool is_concerned(const struct method *method, const struct field *field)
{
    for (int i = 0; i < method->clauses_count; i++)
        if (method->clauses[i].of == field)
            return true;
    return false;
}

enum code rights_resolve(struct call *call, const struct method *method, const void *params, bool concerned)
{
    const struct record *takes = method->params;
    for (const struct field *field = takes->fields; field < takes->fields + takes->fields_count; field++)
        if (is_concerned(method, field) == concerned && resolve_field(call, field, params))
            return call->error.code;
    return OK;
}

/* ---- relations ---- */

static bool relation_holds(struct call *call, enum role role, const char *entity, const char *id)
{
    const struct relation *relation = relations;
    while (relation->entity && (relation->role != role || strcmp(relation->entity, entity) != 0))
        relation++;
    return relation->entity && call->actor->person && store_asks(call, relation->statement, id);
}

static bool clause_holds(struct call *call, const struct clause *clause, const void *params)
{
    if (clause->role == ROLE_ANYONE || (clause->role < ROLE_SELF && actor_has(call->actor, clause->role)))
        return true;
    return clause->of && field_count(clause->of, params) &&
           relation_holds(call, clause->role, clause->of->entity,
                          *(const char *const *)field_at(clause->of, params, 0));
}

static bool some_clause_holds(struct call *call, const struct clause *clauses, int count, const void *params)
{
    for (int i = 0; i < count; i++)
        if (clause_holds(call, &clauses[i], params))
            return true;
    return false;
}

enum code rights_authorise(struct call *call, const struct method *method, const void *params)
{
    if (some_clause_holds(call, method->clauses, method->clauses_count, params))
        return OK;
    for (int i = 0; i < method->clauses_count; i++) {
        const struct field *field = method->clauses[i].of;
        size_t entity;
        if (field && field_count(field, params) && entity_of(field, &entity)->is_private)
            return refuse_unknown(call, field, *(const char *const *)field_at(field, params, 0));
    }
    return call_fail(call, FORBIDDEN, NULL, _("this may be done only by: %s"),
                     clauses_tell(method->clauses, method->clauses_count, &call->arena));
}

bool rights_may_hear(struct call *call, const struct event_kind *event, const void *fields)
{
    return some_clause_holds(call, event->clauses, event->clauses_count, fields);
}

/* ---- answers ---- */

void rights_redact(struct call *call, const struct record *record, void *base)
{
    unsigned roles = call->actor->roles;
    const char *about = record->about && field_count(record->about, base)
                            ? *(const char *const *)field_at(record->about, base, 0)
                            : NULL;
    bool has_relations = false;
    for (const struct field *field = record->fields;
         record->has_hidden && field < record->fields + record->fields_count; field++) {
        for (size_t i = 0; field->record && i < field_count(field, base); i++)
            rights_redact(call, field->record, (void *)(uintptr_t)field_at(field, base, i));
        if (!field->seen_by || field->seen_by & roles)
            continue;
        for (int role = ROLE_SELF; !has_relations && about && role < ROLES_COUNT; role++)
            roles |= (unsigned)relation_holds(call, (enum role)role, record->about->entity, about) << role;
        has_relations = true;
        if (!(field->seen_by & roles))
            field_clear(field, base);
    }
}
