/* SPDX-License-Identifier: MIT */
#include "usage.h"

#include "catalogue.h"
#include "commands.h"
#include "describe.h"
#include "pager.h"
#include "screen.h"
#include "text.h"
#include "words.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_WIDTH = 100, WIDEST_NAME = 30, NARROWEST_HELP = 24 };

struct page {
    struct screen screen;
    struct arena arena;
    int width;
};

static void page_begin(struct page *page)
{
    pager_begin();
    *page = (struct page){ .screen = screen_of(stdout) };
    page->width = page->screen.width && page->screen.width < MOST_WIDTH ? page->screen.width : MOST_WIDTH;
}

static int page_end(struct page *page)
{
    arena_free(&page->arena);
    return 0;
}

static void print_heading(const struct page *page, const char *heading)
{
    printf("\n%s%s%s\n", look_on(&page->screen, LOOK_HEADING), heading, look_off(&page->screen));
}

/* A name and what it means beside it; under it where the name is a wide one. */
static void print_entry(struct page *page, const char *name, int widest, const char *text)
{
    int width = text_columns(name);
    bool has_room = page->width - widest - 4 >= NARROWEST_HELP, is_beside = has_room && width <= widest;
    int column = has_room ? 2 + widest + 2 : 6;
    printf("  %s%s%s", look_on(&page->screen, LOOK_ID), name, look_off(&page->screen));
    if (!*text || !is_beside)
        putchar('\n');
    if (!*text)
        return;
    printf("%*s", is_beside ? widest - width + 2 : column, "");
    text = text_fold(&page->arena, text,
                     page->width - column > NARROWEST_HELP ? page->width - column : NARROWEST_HELP, true);
    for (const char *end;; text = end + 1) {
        end = strchrnul(text, '\n');
        printf("%.*s\n%*s", (int)(end - text), text, *end ? column : 0, "");
        if (!*end)
            return;
    }
}

/* An empty text must not be translated: gettext answers it with the header of the catalogue. */
static const char *translated(const char *text)
{
    return *text ? text_translate(text) : text;
}

static const char *brief_of(struct page *page, const char *help)
{
    return describe_brief(translated(help), &page->arena);
}

/* ---- laug --help ---- */

const char *usage_of_domain(const char *name, size_t length)
{
    for (const struct domain *domain = domains; domain->name; domain++)
        if (strncmp(domain->name, name, length) == 0 && !domain->name[length])
            return domain->help;
    return NULL;
}

/* "add, change, list": what a thing that is no domain of its own can do. */
static const char *verbs_of(struct page *page, int first, size_t length)
{
    const char *text = "";
    for (int i = first; i < METHODS_COUNT && strncmp(methods[i].name, methods[first].name, length + 1) == 0;
         i++)
        text = arena_print(&page->arena, "%s%s%s", text, *text ? ", " : "",
                           describe_hyphened(&page->arena, methods[i].name + length + 1));
    return text;
}

/* "Teams: who works together." is about teams where it stands beside that word already. */
static const char *without_name(const char *brief)
{
    const char *colon = strstr(brief, ": ");
    return colon && colon - brief < 24 ? colon + 2 : brief;
}

/* Beside a word stands no whole sentence, so no full stop either. */
static const char *without_stop(struct page *page, const char *brief)
{
    size_t length = strlen(brief);
    bool has_one = length && brief[length - 1] == '.' && memchr(brief, '.', length - 1) == NULL;
    return has_one ? arena_copy(&page->arena, brief, length - 1) : brief;
}

static void print_things(struct page *page)
{
    for (int i = 0; i < METHODS_COUNT;) {
        size_t length = strcspn(methods[i].name, ".");
        const char *help = usage_of_domain(methods[i].name, length);
        const char *name = arena_copy(&page->arena, methods[i].name, length);
        print_entry(page, describe_hyphened(&page->arena, name), 12,
                    help ? without_stop(page, without_name(brief_of(page, help)))
                         : verbs_of(page, i, length));
        int first = i;
        while (i < METHODS_COUNT && strncmp(methods[i].name, methods[first].name, length + 1) == 0)
            i++;
    }
}

static void print_global_options(struct page *page)
{
    print_entry(page, "--json", 18, _("the whole answer as JSON"));
    print_entry(page, "--plain", 18, _("for scripts: tabs between the values, no header"));
    print_entry(page, "--dry-run", 18, _("try a change, show what would come of it, and undo it"));
    print_entry(page, "--yes", 18, _("do not ask before what cannot be undone"));
    print_entry(page, "--no-pager", 18, _("print long answers as they come, without $PAGER"));
    print_entry(page, "--request-id ID", 18,
                _("a change repeated with the same id within 24 hours is done once"));
    print_entry(page, "--socket PATH", 18, _("where the service listens"));
    print_entry(page, "--language NAME", 18, _("english or danish"));
    print_entry(page, "--help", 18, _("explain any of the words before it"));
}

int usage_all(void)
{
    struct page page;
    page_begin(&page);
    text_print(stdout, &page.arena, _("laug: a company's rotations, sabbatical weeks and reminders"), 0,
               page.width);
    printf("\n%s\n  laug\n", _("Usage:"));
    text_print(stdout, &page.arena,
               arena_print(&page.arena, "laug %s", _("THING VERB [VALUE] [--OPTION VALUE]...")), 2,
               page.width);
    putchar('\n');
    text_print(stdout, &page.arena,
               _("Without words it tells what is yours: your turns, your days away, your reminders."), 0,
               page.width);
    print_heading(&page, _("Things"));
    print_things(&page);
    print_heading(&page, _("Beside them"));
    for (const struct command *command = commands; command->name; command++)
        if (command->help)
            print_entry(&page, command->name, 12, text_translate(command->help));
    print_heading(&page, _("Options"));
    print_global_options(&page);
    print_heading(&page, _("Example"));
    printf("  laug rotation --help\n");
    return page_end(&page);
}

/* ---- laug rotation --help ---- */

int usage_topic(char *const *words, int count)
{
    struct page page;
    const struct method *first;
    int found = words_topic(words, count, &first), widest = 0;
    page_begin(&page);
    size_t length = 0;
    for (int i = 0; i < count; i++)
        length += strlen(words[i]) + 1;
    const char *help = usage_of_domain(first->name, length - 1);
    if (help) {
        text_print(stdout, &page.arena, translated(help), 0, page.width);
        putchar('\n');
    }
    for (int i = 0; i < found; i++) {
        int width = text_columns(describe_hyphened(&page.arena, first[i].name + length));
        widest = width > widest ? width : widest;
    }
    const char *topic = describe_hyphened(&page.arena, arena_copy(&page.arena, first->name, length - 1));
    printf("%s\n", _("Usage:"));
    text_print(stdout, &page.arena,
               arena_print(&page.arena, "laug %s %s", topic, _("VERB [VALUE] [--OPTION VALUE]...")), 2,
               page.width);
    putchar('\n');
    for (int i = 0; i < found; i++)
        print_entry(&page, describe_hyphened(&page.arena, first[i].name + length), widest,
                    brief_of(&page, first[i].help));
    printf("\n%s laug %s %s --help\n", _("More:"), topic,
           describe_hyphened(&page.arena, first->name + length));
    return page_end(&page);
}

/* ---- laug rotation preview --help ---- */

/* "(required)", "(1 to 500; 100 if not given)": what the name and the help do not say. */
static const char *details_of(struct page *page, const struct method *method, const struct field *field)
{
    struct arena *arena = &page->arena;
    bool is_number = field->kind == KIND_INTEGER || field->kind == KIND_MINUTES;
    const char *text = "";
    if (is_number && field->max < INT64_C(1000000000))
        text = arena_print(arena, _("%" PRId64 " to %" PRId64), field->min, field->max);
    if (field->kind == KIND_ONE && strcmp(describe_placeholder(field, arena), "WORD") == 0)
        for (int i = 0; field->words[i]; i++)
            text = arena_print(arena, "%s%s%s", text, i ? ", " : "", field->words[i]);
    const char *between = *text ? "; " : "";
    if (field->has_default && is_number)
        text = arena_print(arena, _("%s%s%" PRId64 " if not given"), text, between, field->initial);
    else if (field->has_default && field->kind == KIND_ONE)
        text = arena_print(arena, _("%s%s%s if not given"), text, between, field->words[field->initial]);
    else if (field->caller)
        text = arena_print(arena, "%s%s%s", text, between,
                           field->caller == CALLER ? _("you if not given")
                                                   : _("if not given: you, or everybody where you may"));
    else if (!field->has_default && !field->is_optional && !field->is_list && field != describe_bare(method))
        text = arena_print(arena, "%s%s%s", text, between, _("required"));
    return *text ? arena_print(arena, "(%s)", text) : "";
}

static const char *option_of(struct page *page, const struct method *method, const struct field *field)
{
    const char *placeholder = describe_placeholder(field, &page->arena);
    if (field == describe_bare(method))
        return placeholder;
    const char *name = describe_hyphened(&page->arena, field->name);
    if (field->kind == KIND_BOOL)
        return arena_print(&page->arena, field->is_optional ? "--%s[=no]" : "--%s", name);
    return arena_print(&page->arena, "--%s %s%s", name, placeholder,
                       field->is_list && !words_is_json(field) ? ",..." : "");
}

/* What a change writes under a name is what its answer has under that name: it is explained once, there or
 * here. */
static const struct field *answered_as(const struct method *method, const struct field *field)
{
    return method->mode == MODE_WRITE && !*field->help && !field->entity
               ? field_find(method->result, field->name, strlen(field->name))
               : NULL;
}

static bool is_explained(const struct method *method, const struct field *answer)
{
    const struct field *field = field_find(method->params, answer->name, strlen(answer->name));
    return field && answered_as(method, field) == answer;
}

/* Of an id that needs no explaining, where to look it up. */
static const char *help_of(struct page *page, const struct method *method, const struct field *field)
{
    const struct field *answer = answered_as(method, field);
    if (answer)
        return translated(answer->help);
    if (*field->help || !field->entity)
        return translated(field->help);
    const char *list = arena_print(&page->arena, "%s.list", field->entity);
    return method_find(list, strlen(list))
               ? arena_print(&page->arena, _("laug %s list shows them"), field->entity)
               : "";
}

static void print_fields(struct page *page, const struct method *method)
{
    const struct record *record = method->params;
    int widest = 0;
    for (size_t i = 0; i < record->fields_count; i++) {
        int width = text_columns(option_of(page, method, &record->fields[i]));
        widest = width > widest && width <= WIDEST_NAME ? width : widest;
    }
    for (size_t i = 0; i < record->fields_count; i++) {
        const struct field *field = &record->fields[i];
        const char *details = details_of(page, method, field), *help = help_of(page, method, field);
        print_entry(page, option_of(page, method, field), widest,
                    arena_print(&page->arena, "%s%s%s", help, *help && *details ? " " : "", details));
    }
}

/* The fields of an answer that are explained; those of a record inside it are called like it. */
static bool print_answer_fields(struct page *page, const struct method *method, const struct record *record,
                                const char *prefix, bool has_heading)
{
    for (size_t i = 0; i < record->fields_count; i++) {
        const struct field *field = &record->fields[i];
        if (strcmp(field->name, "next") == 0 || (record == method->result && is_explained(method, field)))
            continue;
        if (*field->help && !has_heading) {
            print_heading(page, _("Answer"));
            has_heading = true;
        }
        if (*field->help)
            print_entry(page, arena_print(&page->arena, "%s%s", prefix, field->name), 18,
                        translated(field->help));
        bool is_items = strcmp(field->name, "items") == 0;
        if (field->record && !*prefix)
            has_heading |= print_answer_fields(page, method, field->record,
                                               is_items ? "" : arena_print(&page->arena, "%s.", field->name),
                                               has_heading);
    }
    return has_heading;
}

static bool takes_json(const struct method *method)
{
    for (size_t i = 0; i < method->params->fields_count; i++)
        if (words_is_json(&method->params->fields[i]))
            return true;
    return false;
}

/* How the days are typed that it takes. */
static void print_days(struct page *page, const struct method *method)
{
    const struct record *record = method->params;
    const struct field *found = NULL;
    for (size_t i = 0; i < record->fields_count && !found; i++)
        found = when_is_for(&record->fields[i]) ? &record->fields[i] : NULL;
    if (!found)
        return;
    putchar('\n');
    text_print(stdout, &page->arena,
               arena_print(&page->arena,
                           found->kind == KIND_DATE ? _("A day is written %s.") : _("A time is written %s."),
                           when_examples(found)),
               2, page->width);
}

/* Whether it can be taken back: what somebody wants to know before. */
static void print_undo(struct page *page, const struct method *method)
{
    const char *text = method->is_final
                           ? _("It cannot be undone, so you are asked first; --yes answers for a script.")
                       : method->undone_by ? _("laug undo takes it back, for 24 hours.")
                                           : "";
    if (!*text)
        return;
    print_heading(page, _("Afterwards"));
    text_print(stdout, &page->arena, text, 2, page->width);
}

static void print_access(struct page *page, const struct method *method)
{
    print_heading(page, _("Who may"));
    const char *who = clauses_tell(method->clauses, method->clauses_count, &page->arena);
    const char *more = method->needs_held_clock ? _("; only while the clock is held for a trial") : "";
    text_print(stdout, &page->arena, arena_print(&page->arena, "%s%s", who, more), 2, page->width);
}

int usage_method(const struct method *method)
{
    struct page page;
    page_begin(&page);
    const char *help = translated(method->help);
    text_print(stdout, &page.arena, help, 0, page.width);
    printf("\n%s\n", _("Usage:"));
    text_print(stdout, &page.arena, describe_usage(method, &page.arena), 2, page.width);
    if (method->params->fields_count) {
        print_heading(&page, _("Options"));
        print_fields(&page, method);
    }
    print_days(&page, method);
    if (takes_json(method)) {
        putchar('\n');
        text_print(stdout, &page.arena,
                   _("JSON stands here itself, or in a file that is named @FILE; @- is standard input."), 2,
                   page.width);
    }
    print_answer_fields(&page, method, method->result, "", false);
    print_undo(&page, method);
    print_access(&page, method);
    print_heading(&page, _("Example"));
    printf("  %s\n", describe_example(method, &page.arena));
    return page_end(&page);
}
