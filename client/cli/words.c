/* SPDX-License-Identifier: MIT */
#include "words.h"

#include "catalogue.h"
#include "describe.h"
#include "json.h"
#include "suggest.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 128, FIRST_FIELD = 1024, BARE_WORD = 1, WORD_MOST = 32, WORDS_OF_DAY = 8 };

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
    struct line *line;
    struct arena *arena;
    struct error *error;
};

/* Placed once it is known what time it is; what was typed in full needs no second look. */
static enum code read_when(struct reading *reading, const struct field *field, const char *text,
                           size_t length)
{
    struct typed *typed = arena_take(reading->arena, sizeof *typed), **last = &reading->line->typed;
    *typed = (struct typed){ .field = field };
    if (when_read(field, text, length, &typed->when, reading->arena, reading->error))
        return reading->error->code;
    field_add(field, reading->line->params, reading->arena);
    typed->index = field_count(field, reading->line->params);
    typed->index -= typed->index > 0;
    while (*last)
        last = &(*last)->next;
    *last = typed;
    return OK;
}

static enum code read_one(struct reading *reading, const struct field *field, const char *text, size_t length)
{
    if (when_is_for(field))
        return read_when(reading, field, text, length);
    void *value = field_add(field, reading->line->params, reading->arena);
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
    uint64_t bit = UINT64_C(1) << (field - reading->line->method->params->fields);
    if (!field->is_list && reading->line->given & bit)
        return fail(reading->error, INVALID, field->name, _("is given twice"));
    reading->line->given |= bit;
    if (words_is_json(field))
        return json_read(field, text, reading->line->params, reading->arena, reading->error);
    if (field->is_list)
        return read_list(reading, field, text);
    return read_one(reading, field, text ? text : "yes", text ? strlen(text) : 3);
}

static enum code refuse_bare(const struct reading *reading, const char *word)
{
    const struct method *method = reading->line->method;
    for (size_t i = 0; i < method->params->fields_count && !describe_bare(method); i++) {
        const struct field *field = &method->params->fields[i];
        if (field->entity && !(reading->line->given & UINT64_C(1) << i))
            return fail(reading->error, INVALID, NULL, _("\"%s\" stands alone; did you mean --%s %s?"), word,
                        describe_hyphened(reading->arena, field->name), word);
    }
    return fail(reading->error, INVALID, NULL, _("\"%s\" is one word too many"), word);
}

static enum code read_bare(struct reading *reading, const char *word)
{
    const struct field *bare = describe_bare(reading->line->method);
    bool is_taken = bare && reading->line->given & UINT64_C(1)
                                                       << (bare - reading->line->method->params->fields);
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
        return read_field(reading, &reading->line->method->params->fields[option - FIRST_FIELD], optarg);
    if (option == ':')
        return fail(reading->error, INVALID, NULL, _("%s needs a value"), words[optind - 1]);
    if (option == '?')
        return refuse_option(words[optind - 1], table, reading->arena, reading->error);
    if (!options_take(options, option, optarg))
        return fail(reading->error, INVALID, NULL, _("the language is english or danish"));
    return OK;
}

/* ---- days of several words ---- */

/* The field of a day or time that this option names; *value is what stands behind its =, or "". */
static const struct field *when_of_option(const struct line *line, const char *word, const char **value)
{
    if (strncmp(word, "--", 2) != 0)
        return NULL;
    char *name = arena_copy(line->arena, word + 2, strcspn(word + 2, "="));
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    const struct field *field = field_find(line->method->params, name, strlen(name));
    *value = strchrnul(word, '=');
    *value += **value == '=';
    return field && when_is_for(field) ? field : NULL;
}

/* How many of the words, at most `count`, make a day when they follow `text`; 0 where it needs none. */
static int words_of_day(const struct line *line, const struct field *field, const char *text, char **words,
                        int count, const char **joined)
{
    int found = 0;
    for (int used = 0; used < count && used < WORDS_OF_DAY && words[used][0] != '-'; used++) {
        struct when when;
        struct error ignored;
        text = arena_print(line->arena, "%s%s%s", text, *text ? " " : "", words[used]);
        if (when_read(field, text, strlen(text), &when, line->arena, &ignored) == OK) {
            found = used + 1;
            *joined = text;
        }
    }
    return found;
}

/* `--from next friday` is one day, also where nobody put it into quotes: makes one word of them. */
static int join_days(const struct line *line, char **words, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        const char *value, *joined = NULL;
        const struct field *field = when_of_option(line, words[i], &value);
        words[kept++] = words[i];
        if (strcmp(words[i], "--") == 0) {
            for (i++; i < count; i++)
                words[kept++] = words[i];
            break;
        }
        int used = field ? words_of_day(line, field, value, words + i + 1, count - i - 1, &joined) : 0;
        if (used == 0)
            continue;
        if (*value)
            words[kept - 1] = arena_print(line->arena, "--%s=%s", describe_hyphened(line->arena, field->name),
                                          joined);
        else
            words[kept++] = (char *)(uintptr_t)joined;
        i += used;
    }
    return kept;
}

enum code words_read(struct line *line, char **words, int count, struct error *error)
{
    struct reading reading = { line, line->arena, error };
    struct option *table = build_options(line->method, line->arena);
    /* getopt_long begins behind words[0], wherever that is */
    int option;
    count = join_days(line, words, count);
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(count + 1, words - 1, "-:", table, NULL)) != -1)
        if (take_option(&reading, option, table, words - 1, line->options))
            return line->options->wants_help ? OK : error->code;
    for (; optind < count + 1; optind++) /* behind a bare -- */
        if (read_bare(&reading, words[optind - 1]))
            return error->code;
    return line->options->wants_help
               ? OK
               : record_complete(line->method->params, line->given, line->params, error);
}

bool words_need_now(const struct line *line)
{
    for (const struct typed *typed = line->typed; typed; typed = typed->next)
        if (when_needs_now(&typed->when))
            return true;
    return false;
}

enum code words_settle(struct line *line, const struct when_now *now, struct error *error)
{
    for (struct typed *typed = line->typed; typed; typed = typed->next) {
        if (when_settle(typed->field, &typed->when, now, &typed->place, line->arena, error))
            return error->code;
        void *value = (void *)(uintptr_t)field_at(typed->field, line->params, typed->index);
        when_store(typed->field, &typed->place, value, line->arena);
    }
    return record_check(line->method->params, line->params, error);
}
