/* SPDX-License-Identifier: MIT */
/* How a method is written on a command line. The whole texts are in reference.c. */
#include "describe.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct field *describe_bare(const struct method *method)
{
    for (size_t i = 0; i < method->params->fields_count; i++) {
        const struct field *field = &method->params->fields[i];
        bool is_word = field->kind == KIND_SLUG || field->kind == KIND_TEXT;
        if (is_word && !field->is_list && (!field->is_optional || field->caller == CALLER))
            return field;
    }
    return NULL;
}

const char *describe_hyphened(struct arena *arena, const char *name)
{
    char *copy = arena_copy(arena, name, strlen(name));
    for (char *c = copy; *c; c++)
        *c = *c == '_' ? '-' : *c == '.' ? ' ' : *c;
    return copy;
}

static const char *upper(const char *word, struct arena *arena)
{
    char *copy = arena_copy(arena, word, strlen(word));
    for (char *c = copy; *c; c++)
        *c = *c == '_' ? '-' : (char)toupper((unsigned char)*c);
    return copy;
}

static const char *join_words(const struct field *field, struct arena *arena)
{
    const char *text = field->words[0];
    for (int i = 1; field->words[i]; i++)
        text = arena_print(arena, "%s|%s", text, field->words[i]);
    return strlen(text) <= 24 ? text : "WORD";
}

const char *describe_placeholder(const struct field *field, struct arena *arena)
{
    switch (field->kind) {
    case KIND_SLUG: return upper(field->entity ? field->entity : field->is_list ? "ID" : field->name, arena);
    case KIND_TEXT: return upper(field->name, arena);
    case KIND_RULE: return "RULE";
    case KIND_INTEGER: return "NUMBER";
    case KIND_MINUTES: return "MINUTES";
    case KIND_BOOL: return "yes|no";
    case KIND_DATE: return "DATE";
    case KIND_INSTANT: return "INSTANT";
    case KIND_LOCAL:
    case KIND_MOMENT: return "TIME";
    case KIND_ONE: return join_words(field, arena);
    case KIND_VALUE:
    case KIND_RECORD: return "JSON";
    }
    return "VALUE";
}

/* ---- usage ---- */

static const char *describe_option(const struct field *field, struct arena *arena)
{
    const char *name = describe_hyphened(arena, field->name);
    if (field->kind == KIND_BOOL)
        return arena_print(arena, "--%s", name);
    return arena_print(arena, "--%s %s%s", name, describe_placeholder(field, arena),
                       field->is_list && field->kind != KIND_RECORD && field->kind != KIND_VALUE ? ",..."
                                                                                                 : "");
}

const char *describe_usage(const struct method *method, struct arena *arena)
{
    const struct field *bare = describe_bare(method);
    const char *text = arena_print(arena, "laug %s", describe_hyphened(arena, method->name));
    if (bare)
        text = arena_print(arena, bare->is_optional ? "%s [%s]" : "%s %s", text,
                           describe_placeholder(bare, arena));
    for (size_t i = 0; i < method->params->fields_count; i++) {
        const struct field *field = &method->params->fields[i];
        bool may_be_left_out = field->is_optional || field->is_list || field->has_default;
        if (field != bare)
            text = arena_print(arena, may_be_left_out ? "%s [%s]" : "%s %s", text,
                               describe_option(field, arena));
    }
    return text;
}

/* ---- examples ---- */

struct sample {
    const char *name, *value;
};

static const char *find_sample(const struct sample *samples, const char *name, size_t length)
{
    for (; samples->name; samples++)
        if (strncmp(samples->name, name, length) == 0 && !samples->name[length])
            return samples->value;
    return NULL;
}

/* Ids, by the entity. */
static const struct sample id_samples[] = {
    {"person",         "anna"              },
    { "team",          "quality"           },
    { "rotation",      "showcase"          },
    { "turn",          "showcase-12"       },
    { "closure",       "summer-2027"       },
    { "absence",       "away-12"           },
    { "sabbatical",    "sabbatical-5"      },
    { "reminder",      "turn-2q6yqc9he3hm6"},
    { "reminder_rule", "showcase-warning"  },
    { "membership",    "anna"              },
    { "use_case",      "quotes"            },
    { "member",        "quality"           },
    { "rule",          "showcase-warning"  },
    { "webhook",       "team-chat"         },
    { "webhooks",      "team-chat"         },
    { NULL,            NULL                },
};

/* Names and titles, by the thing that has them. */
static const struct sample name_samples[] = {
    {"team",     "Quality"                   },
    { "company", "\"Hjarbaek Machine Works\""},
    { NULL,      NULL                        }
};
static const struct sample title_samples[] = {
    {"closure",  "\"Summer holiday\""    },
    { "person",  "\"Welder\""            },
    { "rule",    "\"Showcase in a week\""},
    { "webhook", "\"Team chat\""         },
    { NULL,      NULL                    }
};

/* Everything else, by the name of the field. */
static const struct sample value_samples[] = {
    {"name",       "\"Anna Holm\""                           },
    { "title",     "\"Monthly showcase\""                    },
    { "email",     "anna@example.com"                        },
    { "login",     "anna"                                    },
    { "zone",      "Europe/Copenhagen"                       },
    { "rule",      "'FREQ=MONTHLY;BYDAY=1TH'"                },
    { "from",      "2027-07-05"                              },
    { "to",        "2027-07-09"                              },
    { "until",     "2027-12-31"                              },
    { "on",        "2027-06-07"                              },
    { "starts_on", "2027-09-06"                              },
    { "starts",    "2027-01-07T09:00"                        },
    { "project",   "\"A robot that reads drawings\""         },
    { "tried",     "\"Reading drawings by machine\""         },
    { "lesson",    "\"Start with one kind of drawing\""      },
    { "reason",    "\"Two of you are away that week\""       },
    { "calls",     "@calls.json"                             },
    { "items",     "@items.json"                             },
    { "members",   "quality,sales"                           },
    { "method",    "person.list"                             },
    { "about",     "turn"                                    },
    { "leads",     "-14d,-2wd"                               },
    { "url",       "https://hooks.slack.com/services/T0/B0/x"},
    { NULL,        NULL                                      },
};

/* "rotation" of rotation.add, "rule" of reminder.rule.add. */
static const char *thing_of(const struct method *method, size_t *length)
{
    const char *verb = strrchr(method->name, '.'), *thing = verb;
    while (thing > method->name && thing[-1] != '.')
        thing--;
    *length = (size_t)(verb - thing);
    return thing;
}

static const char *sample_of_kind(const struct method *method, const struct field *field, struct arena *arena)
{
    int64_t number = field->kind == KIND_MINUTES ? 30 : 12;
    size_t length;
    const char *thing = thing_of(method, &length);
    switch (field->kind) {
    case KIND_INTEGER:
    case KIND_MINUTES:
        number = number < field->min ? field->min : number > field->max ? field->max : number;
        return arena_print(arena, "%" PRId64, number);
    case KIND_SLUG:
        return field->entity ? arena_print(arena, "%s-1", field->entity)
                             : arena_print(arena, "%.*s-1", (int)length, thing);
    case KIND_DATE: return "2027-07-05";
    case KIND_INSTANT: return "2027-02-01T08:00:00Z";
    case KIND_LOCAL:
    case KIND_MOMENT: return "2027-02-01T09:00";
    case KIND_ONE: return field->words[0];
    case KIND_RULE: return "'FREQ=WEEKLY;BYDAY=MO'";
    case KIND_VALUE:
    case KIND_RECORD: return "@file.json";
    default: return "\"...\"";
    }
}

static const char *sample_of(const struct method *method, const struct field *field, struct arena *arena)
{
    size_t length;
    const char *thing = thing_of(method, &length);
    const char *sample = field->entity ? find_sample(id_samples, field->entity, strlen(field->entity)) : NULL;
    if (!sample && field->kind == KIND_SLUG)
        sample = strcmp(field->name, "id") == 0 ? find_sample(id_samples, thing, length)
                                                : find_sample(id_samples, field->name, strlen(field->name));
    if (!sample && strcmp(field->name, "name") == 0)
        sample = find_sample(name_samples, thing, length);
    if (!sample && strcmp(field->name, "title") == 0)
        sample = find_sample(title_samples, thing, length);
    bool has_time = field->kind == KIND_INSTANT || field->kind == KIND_LOCAL || field->kind == KIND_MOMENT;
    if (!sample && !(has_time && strcmp(field->name, "starts") != 0))
        sample = find_sample(value_samples, field->name, strlen(field->name));
    return sample ? sample : sample_of_kind(method, field, arena);
}

/* Whether an example is the better for it: what must be there, and what the call says nothing without. */
static bool belongs_in_example(const struct field *field)
{
    static const char *const wanted[] = { "calls", "items", "members", "leads" };
    for (size_t i = 0; field->is_list && i < sizeof wanted / sizeof *wanted; i++)
        if (strcmp(field->name, wanted[i]) == 0)
            return true;
    if (strcmp(field->name, "about") == 0)
        return true;
    return !field->is_optional && !field->is_list && !field->has_default;
}

static const char *add_to_example(const char *text, const struct method *method, const struct field *field,
                                  struct arena *arena)
{
    const char *name = describe_hyphened(arena, field->name);
    return field->kind == KIND_BOOL
               ? arena_print(arena, "%s --%s", text, name)
               : arena_print(arena, "%s --%s %s", text, name, sample_of(method, field, arena));
}

/* Where nothing more is required: what a change could change, or which ones a list could show. */
static const struct field *find_interesting(const struct method *method)
{
    bool is_change = strcmp(strrchr(method->name, '.'), ".change") == 0;
    const struct field *fields = method->params->fields;
    for (size_t i = 0; i < method->params->fields_count; i++)
        if (&fields[i] != describe_bare(method) && (is_change || fields[i].entity))
            return &fields[i];
    return NULL;
}

const char *describe_example(const struct method *method, struct arena *arena)
{
    const struct field *bare = describe_bare(method), *more = find_interesting(method);
    const char *text = arena_print(arena, "laug %s", describe_hyphened(arena, method->name));
    bool is_short = true;
    if (bare && !bare->is_optional)
        text = arena_print(arena, "%s %s", text, sample_of(method, bare, arena));
    for (size_t i = 0; i < method->params->fields_count; i++) {
        const struct field *field = &method->params->fields[i];
        if (field == bare || !belongs_in_example(field))
            continue;
        text = add_to_example(text, method, field, arena);
        is_short = false;
    }
    return is_short && more && (!bare || !more->entity) ? add_to_example(text, method, more, arena) : text;
}

/* ---- help texts ---- */

const char *describe_brief(const char *help, struct arena *arena)
{
    const char *end = strstr(help, "\n\n");
    char *brief = arena_copy(arena, help, end ? (size_t)(end - help) : strlen(help));
    for (char *c = brief; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    return brief;
}
