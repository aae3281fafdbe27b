/* SPDX-License-Identifier: MIT */
#include "words.h"

#include "catalogue.h"
#include "describe.h"
#include "json.h"
#include "suggest.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 128, FIRST_FIELD = 1024, BARE_WORD = 1, WORD_MOST = 32 };

/* ---- which method ---- */

/* Joins words with dots, hyphens as underscores; false where it is too long to be any. */
static bool join_words(char *const *words, int count, char name[static NAME_MAX_LENGTH])
{
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        size_t more = strlen(words[i]);
        if (length + more + 2 > NAME_MAX_LENGTH)
            return false;
        if (i)
            name[length++] = '.';
        memcpy(name + length, words[i], more);
        length += more;
    }
    name[length] = 0;
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    return true;
}

const struct method *words_method(char *const *words, int count, int *taken)
{
    char name[NAME_MAX_LENGTH];
    for (int used = count < 5 ? count : 5; used > 0; used--) {
        const struct method *method = join_words(words, used, name) ? method_find(name, strlen(name)) : NULL;
        if (method) {
            *taken = used;
            return method;
        }
    }
    return NULL;
}

int words_topic(char *const *words, int count, const struct method **first)
{
    char name[NAME_MAX_LENGTH];
    int found = 0;
    if (count == 0 || !join_words(words, count, name))
        return 0;
    size_t length = strlen(name);
    for (int i = 0; i < METHODS_COUNT; i++) {
        if (strncmp(methods[i].name, name, length) != 0 || methods[i].name[length] != '.')
            continue;
        if (found++ == 0)
            *first = &methods[i];
    }
    return found;
}

/* ---- how parameters are called ---- */

bool words_is_json(const struct field *field)
{
    return field->kind == KIND_RECORD || field->kind == KIND_VALUE;
}

const char *words_field(struct arena *arena, const struct method *method, const struct field *field)
{
    if (field != describe_bare(method))
        return arena_print(arena, "--%s", describe_hyphened(arena, field->name));
    return describe_placeholder(field, arena);
}

/* ---- their values ---- */

struct reading {
    const struct method *method;
    void *params;
    uint64_t given;
    struct arena *arena;
    struct error *error;
};

static enum code read_one(struct reading *reading, const struct field *field, const char *text, size_t length)
{
    void *value = field_add(field, reading->params, reading->arena);
    return value_from_text(field, text, length, value, reading->arena, reading->error);
}

/* A free text may have commas of its own; a list of them is given by repeating the option. What is so short
 * is a word, such as -14d. */
static bool may_hold_commas(const struct field *field)
{
    return field->kind == KIND_RULE || (field->kind == KIND_TEXT && field->max > WORD_MOST);
}

static enum code read_list(struct reading *reading, const struct field *field, const char *text)
{
    for (const char *end;; text = end + 1) {
        end = may_hold_commas(field) ? text + strlen(text) : strchrnul(text, ',');
        if (read_one(reading, field, text, (size_t)(end - text)))
            return reading->error->code;
        if (!*end)
            return OK;
    }
}

static enum code read_field(struct reading *reading, const struct field *field, const char *text)
{
    uint64_t bit = UINT64_C(1) << (field - reading->method->params->fields);
    if (!field->is_list && reading->given & bit)
        return fail(reading->error, INVALID, field->name, _("is given twice"));
    reading->given |= bit;
    if (words_is_json(field))
        return json_read(field, text, reading->params, reading->arena, reading->error);
    if (field->is_list)
        return read_list(reading, field, text);
    return read_one(reading, field, text ? text : "yes", text ? strlen(text) : 3);
}

static enum code refuse_bare(const struct reading *reading, const char *word)
{
    const struct method *method = reading->method;
    for (size_t i = 0; i < method->params->fields_count && !describe_bare(method); i++) {
        const struct field *field = &method->params->fields[i];
        if (field->entity && !(reading->given & UINT64_C(1) << i))
            return fail(reading->error, INVALID, NULL, _("\"%s\" stands alone; did you mean --%s %s?"), word,
                        describe_hyphened(reading->arena, field->name), word);
    }
    return fail(reading->error, INVALID, NULL, _("\"%s\" is one word too many"), word);
}

static enum code read_bare(struct reading *reading, const char *word)
{
    const struct field *bare = describe_bare(reading->method);
    bool is_taken = bare && reading->given & UINT64_C(1) << (bare - reading->method->params->fields);
    if (!bare || is_taken)
        return refuse_bare(reading, word);
    return read_field(reading, bare, word);
}

/* ---- options ---- */

/* The method's fields first: where both have a name, as in `person add --language`, the method's is meant. */
static struct option *build_options(const struct method *method, struct arena *arena)
{
    size_t globals = 0, count = method->params->fields_count, used = 0;
    while (global_options[globals].name)
        globals++;
    struct option *table = arena_take(arena, (count + globals + 1) * sizeof *table);
    for (; used < count; used++) {
        const struct field *field = &method->params->fields[used];
        table[used] = (struct option){ describe_hyphened(arena, field->name),
                                       field->kind == KIND_BOOL ? optional_argument : required_argument, NULL,
                                       FIRST_FIELD + (int)used };
    }
    for (size_t i = 0; i < globals; i++)
        if (!field_find(method->params, global_options[i].name, strlen(global_options[i].name)))
            table[used++] = global_options[i];
    return table;
}

static enum code refuse_option(const char *word, const struct option *table, struct arena *arena,
                               struct error *error)
{
    const char *names[96];
    size_t count = 0;
    word += strspn(word, "-");
    const char *name = arena_copy(arena, word, strcspn(word, "="));
    while (table[count].name && count < sizeof names / sizeof *names) {
        names[count] = table[count].name;
        count++;
    }
    const char *nearest = suggest(name, names, count);
    if (nearest)
        return fail(error, INVALID, NULL, _("there is no option --%s here; did you mean --%s?"), name,
                    nearest);
    return fail(error, INVALID, NULL, _("there is no option --%s here"), name);
}

static enum code take_option(struct reading *reading, int option, const struct option *table, char **words,
                             struct options *options)
{
    if (option == BARE_WORD)
        return read_bare(reading, optarg);
    if (option >= FIRST_FIELD)
        return read_field(reading, &reading->method->params->fields[option - FIRST_FIELD], optarg);
    if (option == ':')
        return fail(reading->error, INVALID, NULL, _("%s needs a value"), words[optind - 1]);
    if (option == '?')
        return refuse_option(words[optind - 1], table, reading->arena, reading->error);
    if (!options_take(options, option, optarg))
        return fail(reading->error, INVALID, NULL, _("the language is english or danish"));
    return OK;
}

enum code words_read(const struct method *method, char **words, int count, struct options *options,
                     void *params, uint64_t *given, struct arena *arena, struct error *error)
{
    struct reading reading = { method, params, 0, arena, error };
    struct option *table = build_options(method, arena);
    /* getopt_long begins behind words[0], wherever that is */
    int option;
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(count + 1, words - 1, "-:", table, NULL)) != -1)
        if (take_option(&reading, option, table, words - 1, options))
            return options->wants_help ? OK : error->code;
    for (; optind < count + 1; optind++) /* behind a bare -- */
        if (read_bare(&reading, words[optind - 1]))
            return error->code;
    *given = reading.given;
    if (options->wants_help)
        return OK;
    if (record_complete(method->params, reading.given, params, error))
        return error->code;
    return record_check(method->params, params, error);
}
