/* SPDX-License-Identifier: MIT */
/*
 * Completion asks this program, and this program asks the catalogue and, for ids, the service. Each line is a
 * word that could stand here, then a tab and what it means: ids with the names of what they stand for, which
 * are found by a word of the name as well. Whatever goes wrong, it says nothing and waits for nobody.
 */
#include "catalogue.h"
#include "cell.h"
#include "commands.h"
#include "describe.h"
#include "service.h"
#include "text.h"
#include "things.h"
#include "usage.h"
#include "words.h"

#include <inttypes.h>
#include <string.h>

enum { PATIENCE_MILLISECONDS = 1000 };

struct completing {
    const struct options *options;
    struct arena arena;
    const char *head; /* what stands before the part that is completed: "--team=", "anna," */
    const char *part;
};

static void offer_anyway(struct completing *completing, const char *word, const char *meaning)
{
    printf("%s%s", completing->head, word);
    if (*meaning)
        printf("\t%s", meaning);
    putchar('\n');
}

static void offer(struct completing *completing, const char *word, const char *meaning)
{
    if (strncmp(word, completing->part, strlen(completing->part)) == 0)
        offer_anyway(completing, word, meaning);
}

/* Help is one line here, and an empty text must not be translated: gettext answers it with its header. */
static const char *meaning_of(struct completing *completing, const char *help)
{
    return *help ? describe_brief(text_translate(help), &completing->arena) : "";
}

/* ---- words that lead to a method ---- */

static void offer_words(struct completing *completing, char *const *words, int count)
{
    char name[128] = "", last[64] = "";
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        int more = snprintf(name + length, sizeof name - length, "%s.", words[i]);
        length += more > 0 ? (size_t)more : 0;
        if (length >= sizeof name)
            return;
    }
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    for (int i = 0; i < METHODS_COUNT; i++) {
        if (strncmp(methods[i].name, name, length) != 0)
            continue;
        const char *rest = methods[i].name + length;
        size_t size = strcspn(rest, ".");
        if (strlen(last) == size && strncmp(last, rest, size) == 0)
            continue;
        snprintf(last, sizeof last, "%.*s", (int)size, rest);
        const char *help = rest[size] == 0 ? methods[i].help
                                           : usage_of_domain(methods[i].name, length + size);
        offer(completing, describe_hyphened(&completing->arena, last),
              meaning_of(completing, help ? help : ""));
    }
}

static bool is_thing(const char *name)
{
    const struct method *first;
    char *word = (char *)name; /* words_topic writes to none of them */
    return words_topic(&word, 1, &first) > 0;
}

static void offer_first_words(struct completing *completing)
{
    offer_words(completing, NULL, 0);
    for (const struct command *command = commands; command->name; command++)
        if (command->help && !is_thing(command->name))
            offer(completing, command->name, text_translate(command->help));
    offer(completing, "help", "");
}

/* ---- values ---- */

/* Whoever knows only a name finds the id by a word of it. */
static void offer_ids(struct completing *completing, const char *entity)
{
    const struct thing *things;
    struct service service = service_open(completing->options);
    laug_set_timeout(service.laug, PATIENCE_MILLISECONDS);
    size_t count = things_list(&service, entity, &completing->arena, &things);
    service_close(&service);
    for (size_t i = 0; i < count; i++)
        if (things_begin(&completing->arena, things[i].name, completing->part))
            offer_anyway(completing, things[i].id, things[i].name);
        else
            offer(completing, things[i].id, things[i].name);
}

/* ---- days ---- */

static const struct field a_day = { .name = "day", .kind = KIND_DATE };

/* What a word for a day means now; "" where the service does not say what time it is. */
static const char *day_meaning(struct completing *completing, const struct when_now *now, const char *word)
{
    struct when when;
    struct when_place place;
    struct error ignored;
    if (!now || when_read(&a_day, word, strlen(word), &when, &completing->arena, &ignored) ||
        when_settle(&a_day, &when, now, &place, &completing->arena, &ignored))
        return "";
    return when_say(&place, &completing->arena);
}

/* The next days, or all of the month whose number was typed. */
static void offer_dates(struct completing *completing, const struct when_now *now)
{
    enum { AHEAD = 14, MONTH_TYPED = 8 };
    char text[DAY_TEXT_SIZE];
    int32_t first = day_of_seconds(now->local), count = AHEAD;
    if (strlen(completing->part) >= MONTH_TYPED &&
        day_parse(arena_print(&completing->arena, "%.8s01", completing->part), 10, &first))
        count = 31;
    for (int32_t day = first; day < first + count; day++)
        offer(completing, day_print(day, text), day_meaning(completing, now, text));
}

/* Words of the reader's language; those of the other one once something is typed. */
static void offer_days(struct completing *completing)
{
    static const char *const words[][2] = {
        {"today",      "idag"   },
        { "tomorrow",  "imorgen"},
        { "monday",    "mandag" },
        { "tuesday",   "tirsdag"},
        { "wednesday", "onsdag" },
        { "thursday",  "torsdag"},
        { "friday",    "fredag" },
        { "saturday",  "lørdag"},
        { "sunday",    "søndag"}
    };
    int own = completing->options->language == DANISH;
    struct when_now now;
    struct service service = service_open(completing->options);
    laug_set_timeout(service.laug, PATIENCE_MILLISECONDS);
    bool is_known = service_time(&service, &now) == LAUG_OK;
    service_close(&service);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (int language = 0; language < 2; language++)
            if (language == own || *completing->part)
                offer(completing, words[i][language],
                      day_meaning(completing, is_known ? &now : NULL, words[i][language]));
    if (is_known)
        offer_dates(completing, &now);
}

/* ---- all kinds ---- */

/* A member of a rotation is a person or a team, and so is who takes over a turn. */
static bool is_member(const struct field *field)
{
    static const char *const names[] = { "member", "members", "to" };
    for (size_t i = 0; field->kind == KIND_SLUG && !field->entity && i < sizeof names / sizeof *names; i++)
        if (strcmp(field->name, names[i]) == 0)
            return true;
    return false;
}

static void offer_values(struct completing *completing, const struct method *method,
                         const struct field *field)
{
    const char *comma = field->is_list ? strrchr(completing->part, ',') : NULL;
    const char *entity = things_of(method, field);
    if (comma) {
        completing->head = arena_print(&completing->arena, "%s%.*s", completing->head,
                                       (int)(comma + 1 - completing->part), completing->part);
        completing->part = comma + 1;
    }
    for (int i = 0; field->kind == KIND_ONE && field->words[i]; i++)
        offer(completing, field->words[i], "");
    if (field->kind == KIND_BOOL) {
        offer(completing, "yes", "");
        offer(completing, "no", "");
    }
    if (entity)
        offer_ids(completing, entity);
    if (is_member(field)) {
        offer_ids(completing, "person");
        offer_ids(completing, "team");
    }
    if (when_is_for(field))
        offer_days(completing);
}

/* ---- behind a method ---- */

/* The field that the option names, its value stripped off; NULL where it is none. */
static const struct field *field_of(struct completing *completing, const struct method *method,
                                    const char *option)
{
    if (strncmp(option, "--", 2) != 0)
        return NULL;
    char *name = arena_copy(&completing->arena, option + 2, strcspn(option + 2, "="));
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    return field_find(method->params, name, strlen(name));
}

static void offer_options(struct completing *completing, const struct method *method, uint64_t given)
{
    for (size_t i = 0; i < method->params->fields_count; i++) {
        const struct field *field = &method->params->fields[i];
        if (field == describe_bare(method) || (given >> i & 1 && !field->is_list))
            continue;
        offer(completing,
              arena_print(&completing->arena, "--%s", describe_hyphened(&completing->arena, field->name)),
              meaning_of(completing, field->help));
    }
    for (const struct option *option = global_options; option->name; option++)
        if (!field_find(method->params, option->name, strlen(option->name)))
            offer(completing, arena_print(&completing->arena, "--%s", option->name), "");
}

/* Which fields the words have named; *open is the one that waits for its value. */
static uint64_t given_by(struct completing *completing, const struct method *method, char *const *words,
                         int count, const struct field **open)
{
    const struct field *bare = describe_bare(method);
    uint64_t given = 0;
    *open = NULL;
    for (int i = 0; i < count; i++) {
        if (*open && strcmp(words[i], "=") == 0)
            continue;
        bool is_option = strncmp(words[i], "--", 2) == 0;
        const struct field *field = *open ? *open : is_option ? field_of(completing, method, words[i]) : bare;
        bool waits = !*open && is_option && field && field->kind != KIND_BOOL && !strchr(words[i], '=');
        if (field && !waits)
            given |= UINT64_C(1) << (field - method->params->fields);
        *open = waits ? field : NULL;
    }
    return given;
}

static void complete_method(struct completing *completing, const struct method *method, char *const *words,
                            int count)
{
    const struct field *open, *bare = describe_bare(method);
    uint64_t given = given_by(completing, method, words, count, &open);
    if (open && strcmp(completing->part, "=") == 0) /* bash takes --team=press for three words */
        completing->part = "";
    const char *equals = strchr(completing->part, '=');
    const struct field *named = field_of(completing, method, completing->part);
    if (open)
        offer_values(completing, method, open);
    else if (equals && named) {
        completing->head = arena_copy(&completing->arena, completing->part,
                                      (size_t)(equals + 1 - completing->part));
        completing->part = equals + 1;
        offer_values(completing, method, named);
    } else if (*completing->part == '-' || !bare || given >> (bare - method->params->fields) & 1)
        offer_options(completing, method, given);
    else
        offer_values(completing, method, bare);
}

/* Skips global options in front, with their values. */
static int skip_globals(char *const *words, int count)
{
    int i = 0;
    while (i < count && words[i][0] == '-') {
        bool takes_value = false;
        for (const struct option *option = global_options; option->name; option++)
            takes_value |= option->has_arg && strcmp(words[i] + strspn(words[i], "-"), option->name) == 0;
        i += takes_value ? 2 : 1;
    }
    return i < count ? i : count;
}

/* The program beside us takes what `calendar.list` takes, and says what becomes of it. */
static void complete_calendar(struct completing *completing, char *const *words, int count)
{
    const struct method *list = method_find("calendar.list", strlen("calendar.list"));
    complete_method(completing, list, words, count);
    if (*completing->part != '-')
        return;
    offer(completing, "--all", _("everybody's"));
    offer(completing, "--out", _("write it to a file"));
    offer(completing, "--follow", _("keep the file up to date"));
}

static void complete_words(struct completing *completing, char *const *words, int count)
{
    static const char *const shells[] = { "bash", "zsh", "fish" };
    int taken;
    const struct method *method = words_method(words, count, &taken);
    if (method)
        complete_method(completing, method, words + taken, count - taken);
    else if (count == 0 && *completing->part == '-')
        for (const struct option *option = global_options; option->name; option++)
            offer(completing, arena_print(&completing->arena, "--%s", option->name), "");
    else if (count == 0)
        offer_first_words(completing);
    else if (strcmp(words[0], "completion") == 0)
        for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
            offer(completing, shells[i], "");
    else if (strcmp(words[0], "undo") == 0) {
        offer(completing, "--list", _("show what you can undo"));
        offer(completing, "--yes", _("do not ask before what cannot be undone"));
    } else if (strcmp(words[0], "help") == 0)
        offer_words(completing, words + 1, count - 1);
    else if (strcmp(words[0], "calendar") == 0 && (count > 1 || *completing->part == '-'))
        complete_calendar(completing, words + 1, count - 1);
    else
        offer_words(completing, words, count);
}

int command_complete(char **words, int count, struct options *options)
{
    struct completing completing = { .options = options, .head = "" };
    int first = count > 0 && strcmp(words[0], "--") == 0 ? 1 : 0;
    completing.part = count > first ? words[count - 1] : "";
    int known = count > first ? count - first - 1 : 0;
    int skipped = skip_globals(words + first, known);
    complete_words(&completing, words + first + skipped, known - skipped);
    arena_free(&completing.arena);
    return 0;
}
