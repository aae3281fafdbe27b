/* SPDX-License-Identifier: MIT */
/* The catalogue, as it is given over the wire. */
#include "statements.h"

static struct field_description *describe_fields(struct call *call, const struct record *record,
                                                 size_t *count)
{
    struct field_description *fields = arena_take(&call->arena, (record->fields_count + 1) * sizeof *fields);
    for (size_t i = 0; i < record->fields_count; i++) {
        const struct field *field = &record->fields[i];
        fields[i] = (struct field_description){ field->name, field->source, field->help };
    }
    *count = record->fields_count;
    return fields;
}

static void describe_method(struct call *call, const struct method *method,
                            struct method_description *description)
{
    *description = (struct method_description){
        .name = method->name,
        .help = method->help,
        .mode = (enum method_description_mode)method->mode,
        .access = clauses_print(method->clauses, method->clauses_count, &call->arena),
        .final = method->is_final,
        .undone_by = method->undone_by ? method->undone_by->name : NULL,
    };
    description->takes = describe_fields(call, method->params, &description->takes_count);
    description->returns = describe_fields(call, method->result, &description->returns_count);
}

enum code service_describe(struct call *call, struct service_describe_result *result)
{
    size_t count = 0;
    result->methods = arena_take(&call->arena, METHODS_COUNT * sizeof *result->methods);
    for (; result->methods_count < METHODS_COUNT; result->methods_count++)
        describe_method(call, &methods[result->methods_count], &result->methods[result->methods_count]);
    while (events[count])
        count++;
    result->events = arena_take(&call->arena, (count + 1) * sizeof *result->events);
    for (; result->events_count < count; result->events_count++) {
        const struct event_kind *event = events[result->events_count];
        struct event_description *description = &result->events[result->events_count];
        *description = (struct event_description){ .name = event->name,
                                                   .help = event->help,
                                                   .access = clauses_print(
                                                       event->clauses, event->clauses_count, &call->arena) };
        description->fields = describe_fields(call, event->fields, &description->fields_count);
    }
    return OK;
}
