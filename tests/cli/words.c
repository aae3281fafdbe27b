/* SPDX-License-Identifier: MIT */
/* From words to parameters, by methods of the real catalogue. */
#include "words.h"

#include "catalogue.h"
#include "describe.h"
#include "frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct outcome {
    struct arena arena;
    struct options options;
    struct error error;
    const struct method *method;
    void *params;
    uint64_t given;
    enum code code;
};

/* Thursday 4 March 2027, 8:00 in UTC */
static const struct when_now now = { .at = 1804147200, .local = 1804150800 };

/* Reads a line whose words part at single blanks; ~ in a word stands for a blank. */
static struct outcome read_line(const char *text)
{
    struct outcome outcome = { .code = OK };
    static char *words[64];
    int count = 1, taken = 0;
    words[0] = (char *)(uintptr_t) "laug";
    char *copy = arena_copy(&outcome.arena, text, strlen(text));
    for (char *word; (word = strsep(&copy, " ")) != NULL; words[count++] = word)
        for (char *c = word; *c; c++)
            *c = *c == '~' ? ' ' : *c;
    outcome.method = words_method(words + 1, count - 1, &taken);
    if (!outcome.method) {
        outcome.code = UNKNOWN_METHOD;
        return outcome;
    }
    outcome.params = arena_take(&outcome.arena, outcome.method->params->size);
    struct line line = { outcome.method, outcome.params, &outcome.options, &outcome.arena, 0, NULL };
    outcome.code = words_read(&line, words + 1 + taken, count - 1 - taken, &outcome.error);
    if (outcome.code == OK && !outcome.options.wants_help)
        outcome.code = words_settle(&line, &now, &outcome.error);
    outcome.given = line.given;
    return outcome;
}

static void expect_refusal(const char *text, const char *field, const char *part)
{
    struct outcome line = read_line(text);
    if (line.code == OK)
        fail_msg("\"%s\" was taken", text);
    assert_string_equal(line.error.field, field);
    if (!strstr(line.error.text, part))
        fail_msg("\"%s\" is told \"%s\", which has no \"%s\"", text, line.error.text, part);
    arena_free(&line.arena);
}

/* A list of words is parted at its commas, also where the catalogue calls them texts. */
static void short_texts_part_at_commas(void **state)
{
    (void)state;
    struct outcome line = read_line(
        "reminder rule add week --title A,~b --about turn --leads -14d,-2wd --leads 0d");
    assert_int_equal(line.code, OK);
    const struct field *leads = field_find(line.method->params, "leads", 5);
    const struct field *title = field_find(line.method->params, "title", 5);
    assert_int_equal(field_count(leads, line.params), 3);
    assert_string_equal(*(const char *const *)field_at(leads, line.params, 1), "-2wd");
    assert_string_equal(*(const char *const *)field_at(title, line.params, 0), "A, b");
    arena_free(&line.arena);
}

static void the_longest_method_is_meant(void **state)
{
    static char *const words[] = { "service", "what-if", "what" };
    int taken = 0;
    (void)state;
    assert_string_equal(words_method(words, 3, &taken)->name, "service.what_if");
    assert_int_equal(taken, 2);
    assert_null(words_method(words, 1, &taken));
    assert_null(words_method(words + 1, 2, &taken));
    assert_null(words_method(words, 0, &taken));
}

static void a_topic_is_whole_words(void **state)
{
    static char *const company[] = { "company" }, *const part[] = { "compan" },
                       *const method[] = { "company", "show" };
    const struct method *first;
    (void)state;
    assert_int_equal(words_topic(company, 1, &first), 2);
    assert_string_equal(first->name, "company.change");
    assert_int_equal(words_topic(part, 1, &first), 0);
    assert_int_equal(words_topic(method, 2, &first), 0);
    assert_int_equal(words_topic(company, 0, &first), 0);
}

static void a_word_as_long_as_you_like_is_no_method(void **state)
{
    char word[4096];
    char *const words[] = { word, word };
    const struct method *first;
    int taken;
    (void)state;
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = 0;
    assert_null(words_method(words, 2, &taken));
    assert_int_equal(words_topic(words, 2, &first), 0);
}

static void values_of_all_kinds(void **state)
{
    (void)state;
    struct outcome line = read_line(
        "person add anna --name Anna~Holm --teams press,paint --teams quality --hired-on "
        "2027-03-01 --language danish --json");
    assert_int_equal(line.code, OK);
    const struct person_add_params *params = line.params;
    assert_string_equal(params->id, "anna");
    assert_string_equal(params->name, "Anna Holm");
    assert_int_equal(params->teams_count, 3);
    assert_string_equal(params->teams[2], "quality");
    assert_int_equal(*params->hired_on, 20878);
    assert_int_equal(*params->language, PERSON_LANGUAGE_DANISH);
    assert_null(params->email);
    assert_int_equal(line.options.style, STYLE_JSON);
    arena_free(&line.arena);
}

static void the_bare_word_may_stand_anywhere(void **state)
{
    static const char *const lines[] = { "team add --name Press press", "team add press --name=Press",
                                         "team add --name=Press -- press",
                                         "team add --id press --name Press" };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct outcome line = read_line(lines[i]);
        assert_int_equal(line.code, OK);
        assert_string_equal(((const struct team_add_params *)line.params)->id, "press");
        assert_string_equal(((const struct team_add_params *)line.params)->name, "Press");
        arena_free(&line.arena);
    }
}

static void flags_and_defaults(void **state)
{
    (void)state;
    struct outcome line = read_line("person list --here");
    assert_int_equal(line.code, OK);
    assert_true(((const struct person_list_params *)line.params)->here);
    assert_int_equal(((const struct person_list_params *)line.params)->limit, 100);
    assert_int_equal(line.given, UINT64_C(1) << (field_find(line.method->params, "here", 4) -
                                                 line.method->params->fields));
    arena_free(&line.arena);
    line = read_line("person list --here=no --limit 7");
    assert_int_equal(line.code, OK);
    assert_false(((const struct person_list_params *)line.params)->here);
    assert_int_equal(((const struct person_list_params *)line.params)->limit, 7);
    arena_free(&line.arena);
}

/* A free text may have commas; only what cannot is parted at them. */
static void texts_keep_their_commas(void **state)
{
    (void)state;
    struct outcome line = read_line("team add press --name Press,~paint,~polish");
    assert_int_equal(line.code, OK);
    assert_string_equal(((const struct team_add_params *)line.params)->name, "Press, paint, polish");
    arena_free(&line.arena);
}

/* A day of several words is one, also where nobody quoted it; what no longer belongs to it is a word of its
 * own. */
static void days_need_no_quotes(void **state)
{
    static const char *const lines[] = { "absence add bo --from next friday --to 1 april",
                                         "absence add --from next friday bo --to=1 april",
                                         "absence add --to +28d --from=12. marts 2027 bo",
                                         "absence add --from next~friday --to 1/4 -- bo" };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct outcome line = read_line(lines[i]);
        if (line.code != OK)
            fail_msg("%s: %s %s", lines[i], line.error.field, line.error.text);
        const struct absence_add_params *params = line.params;
        assert_string_equal(params->person, "bo");
        assert_int_equal(params->from, 20889);
        assert_int_equal(params->to, 20909);
        arena_free(&line.arena);
    }
    expect_refusal("absence add bo --from next moonday --to 1 april", "from", "next");
    expect_refusal("absence add bo --from 31/2 --to 1/4", "from", "31 February");
    expect_refusal("absence add bo --from monday 9:00 --to 1/4", "", "one word too many");
}

/* Who is meant where nobody is named is the service's to say. */
static void nobody_types_their_own_name(void **state)
{
    (void)state;
    struct outcome line = read_line("absence add --from monday --to friday");
    assert_int_equal(line.code, OK);
    assert_null(((const struct absence_add_params *)line.params)->person);
    arena_free(&line.arena);
    line = read_line("absence add bo --from monday --to friday");
    assert_string_equal(((const struct absence_add_params *)line.params)->person, "bo");
    arena_free(&line.arena);
}

static void json_is_read_as_the_catalogue_says(void **state)
{
    (void)state;
    struct outcome line = read_line(
        "service batch --calls "
        "[{\"method\":\"team.list\",\"params\":{\"limit\":-3,\"x\":[true,null,\"å\"]}},{\"method\":\"a\"}]");
    assert_int_equal(line.code, OK);
    const struct service_batch_params *params = line.params;
    assert_int_equal(params->calls_count, 2);
    assert_string_equal(params->calls[0].method, "team.list");
    assert_int_equal(params->calls[0].params.size,
                     frame_value_length(params->calls[0].params.bytes, params->calls[0].params.size));
    assert_memory_equal(params->calls[0].params.bytes, "\x82\xa5limit\xfd\xa1x\x93\xc3\xc0\xa2å",
                        params->calls[0].params.size);
    assert_null(params->calls[1].params.bytes);
    arena_free(&line.arena);
    line = read_line("service batch --calls {\"method\":\"team.list\"}");
    assert_int_equal(line.code, OK);
    assert_int_equal(((const struct service_batch_params *)line.params)->calls_count, 1);
    arena_free(&line.arena);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    expect_refusal("team add press", "name", "required");
    expect_refusal("team add", "id", "required");
    expect_refusal("team add Press --name x", "id", "id is");
    expect_refusal("team add press --name x --name y", "name", "twice");
    expect_refusal("team add press press2 --name x", "", "one word too many");
    expect_refusal("team add press --name", "", "--name needs a value");
    expect_refusal("person list anna", "", "did you mean --team anna?");
    expect_refusal("person list --limti 3", "", "did you mean --limit?");
    expect_refusal("person list --limit three", "limit", "whole number");
    expect_refusal("person list --limit 0", "limit", "1 to 500");
    expect_refusal("person list --limit 99999999999999999999", "limit", "whole number");
    expect_refusal("person list --here=perhaps", "here", "yes or no");
    expect_refusal("person add bo --name Bo --hired-on 2027-02-29", "hired_on", "29 February 2027");
    expect_refusal("person add bo --name Bo --language klingon", "language", "english");
    expect_refusal("person add bo --name Bo\x1b[2J", "name", "plain");
    expect_refusal("person add bo --name Bo\xff", "name", "plain");
    expect_refusal("company change --weekdays monday,,friday", "weekdays", "one of");
    expect_refusal("service batch --calls [{\"method\":1}]", "method", "text");
    expect_refusal("service batch --calls [{\"methud\":\"a\"}]", "methud", "no such");
    expect_refusal("service batch --calls [{\"method\":\"a\",\"method\":\"b\"}]", "calls", "JSON");
    expect_refusal("service batch --calls [{]", "calls", "line 1, column");
    expect_refusal("service batch --calls [1.5]", "", "map");
    expect_refusal("service batch --calls [{\"method\":\"a\",\"params\":{\"x\":1.5}}]", "params",
                   "whole numbers");
    expect_refusal("service batch --calls @/does/not/exist", "", "/does/not/exist");
    expect_refusal("team list --language klingon", "", "english or danish");
}

static void help_is_heard_among_other_words(void **state)
{
    (void)state;
    struct outcome line = read_line("team add --help");
    assert_int_equal(line.code, OK);
    assert_true(line.options.wants_help);
    arena_free(&line.arena);
}

/* What `person add --language` means is the person's language, not that of the answer. */
static void a_parameter_goes_before_a_global_option(void **state)
{
    (void)state;
    struct outcome line = read_line("person add bo --name Bo --language danish");
    assert_int_equal(line.code, OK);
    assert_int_equal(line.options.language, ENGLISH);
    arena_free(&line.arena);
    line = read_line("team list --language danish");
    assert_int_equal(line.code, OK);
    assert_int_equal(line.options.language, DANISH);
    arena_free(&line.arena);
}

/* As a shell would: quotes go, and a blank between them becomes ~. */
static void take_quotes(char *text)
{
    char *to = text;
    bool is_quoted = false;
    for (const char *from = text; *from; from++) {
        bool is_quote = *from == '"' || *from == '\'';
        is_quoted ^= is_quote;
        if (!is_quote)
            *to++ = *from == ' ' && is_quoted ? '~' : *from;
    }
    *to = 0;
}

/* Every method can be written, and its example reads as it stands; but for those with a file, which is not
 * here. */
static void every_example_reads(void **state)
{
    (void)state;
    for (int i = 0; i < METHODS_COUNT; i++) {
        struct arena arena = { 0 };
        const char *example = describe_example(&methods[i], &arena);
        char *words = arena_copy(&arena, example, strlen(example));
        take_quotes(words);
        struct outcome line = strstr(words, " @") ? (struct outcome){ .method = &methods[i] }
                                                  : read_line(words + strlen("laug "));
        if (line.code != OK)
            fail_msg("%s: %s: %s", example, line.error.field, line.error.text);
        assert_ptr_equal(line.method, &methods[i]);
        arena_free(&line.arena);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_method_is_meant),
        cmocka_unit_test(short_texts_part_at_commas),
        cmocka_unit_test(a_topic_is_whole_words),
        cmocka_unit_test(a_word_as_long_as_you_like_is_no_method),
        cmocka_unit_test(values_of_all_kinds),
        cmocka_unit_test(the_bare_word_may_stand_anywhere),
        cmocka_unit_test(flags_and_defaults),
        cmocka_unit_test(texts_keep_their_commas),
        cmocka_unit_test(days_need_no_quotes),
        cmocka_unit_test(nobody_types_their_own_name),
        cmocka_unit_test(json_is_read_as_the_catalogue_says),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(help_is_heard_among_other_words),
        cmocka_unit_test(a_parameter_goes_before_a_global_option),
        cmocka_unit_test(every_example_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
