/* SPDX-License-Identifier: MIT */
/* What a field may hold, tried at its edges; the same checks stand before a handler and behind it. */
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), _fail(__FILE__, __LINE__))

static struct error error;

static struct sample good(void)
{
    return (struct sample){ .text = "abc", .number = 1, .minutes = 1, .colour = RED };
}

static void expect_good(const struct sample *sample)
{
    if (record_check(&sample_record, sample, &error) != OK)
        fail_msg("%s: %s", error.field, error.text);
}

static void expect_bad(const struct sample *sample, const char *field)
{
    assert_int_equal(record_check(&sample_record, sample, &error), INVALID);
    assert_string_equal(error.field, field);
}

static void text_counts_characters_not_bytes(void **state)
{
    (void)state;
    struct sample sample = good();
    expect_good(&sample);
    sample.text = "a";
    expect_bad(&sample, "text");
    sample.text = "ab";
    expect_good(&sample);
    sample.text = "abcde";
    expect_good(&sample);
    sample.text = "abcdef";
    expect_bad(&sample, "text");
    sample.text = "æøåÆØ"; /* ten bytes, five characters */
    expect_good(&sample);
    sample.text = "\xf0\x9f\x8e\x93\xf0\x9f\x8e\x93"; /* eight bytes, two characters */
    expect_good(&sample);
    sample.text = "æ";
    expect_bad(&sample, "text");
}

/* A name of nothing but invisible characters would make a message without a text. */
static void text_has_something_to_read(void **state)
{
    (void)state;
    static const char *const nothing[] = { "  ", "\u200b\u202e", "\u00a0\u3000", " \u2029 ", "\u2066\u2069" };
    struct sample sample = good();
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        sample.text = nothing[i];
        expect_bad(&sample, "text");
    }
    sample.text = "\u202e.";
    expect_good(&sample);
}

/* The limits of UTF-8, by RFC 3629, section 4. */
static void text_length_follows_the_standard(void **state)
{
    (void)state;
    static const char *const right[] = { "\x7e",         "\xc2\xa0",         "\xdf\xbf",
                                         "\xe0\xa0\x80", "\xed\x9f\xbf",     "\xee\x80\x80",
                                         "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };
    static const char *const wrong[] = { "\x80",
                                         "\xbf",
                                         "\xc0\x80",
                                         "\xc1\xbf",
                                         "\xc2",
                                         "\xc2\x41",
                                         "\xe0\x9f\xbf",
                                         "\xe0\xa0",
                                         "\xed\xa0\x80",
                                         "\xed\xbf\xbf",
                                         "\xf0\x8f\xbf\xbf",
                                         "\xf4\x90\x80\x80",
                                         "\xf5\x80\x80\x80",
                                         "\xff",
                                         "\xfe",
                                         "\xf0\x90\x80",
                                         "\x01",
                                         "\x1f",
                                         "\x7f",
                                         "\xc2\x80",
                                         "\xc2\x9f",
                                         "\t",
                                         "\r",
                                         "a\xe2\x82" };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_int_equal(text_length(right[i], false), 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(text_length(wrong[i], true), -1);
    assert_int_equal(text_length("a\nb", true), 3);
    assert_int_equal(text_length("a\nb", false), -1);
    assert_int_equal(text_length("a\r\nb", true), -1);
    assert_int_equal(text_length("", false), 0);
}

static void slugs_are_what_a_person_can_type(void **state)
{
    (void)state;
    static const char *const right[] = { "a", "7", "anna", "anna-2", "a.b_c-d", "press-2027" };
    static const char *const wrong[] = { "",          "-a",   ".a",  "_a",  "Anna",
                                         "anna holm", "ænna", "a/b", "a\n", "a'b" };
    char edge[66];
    memset(edge, 'a', sizeof edge);
    edge[64] = 0;
    assert_true(slug_is_valid(edge));
    edge[64] = 'a';
    edge[65] = 0;
    assert_false(slug_is_valid(edge));
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_true(slug_is_valid(right[i]));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(slug_is_valid(wrong[i]));
    struct sample sample = good();
    sample.id = "Anna";
    expect_bad(&sample, "id");
}

static void rules_have_a_rules_letters(void **state)
{
    (void)state;
    struct sample sample = good();
    char long_rule[502];
    sample.rule = "FREQ=MONTHLY;BYDAY=-1FR";
    expect_good(&sample);
    sample.rule = "";
    expect_bad(&sample, "rule");
    sample.rule = "FREQ=MONTHLY BYDAY";
    expect_bad(&sample, "rule");
    sample.rule = "freq=monthly";
    expect_bad(&sample, "rule");
    memset(long_rule, 'A', sizeof long_rule - 1);
    long_rule[501] = 0;
    sample.rule = long_rule;
    expect_bad(&sample, "rule");
    long_rule[500] = 0;
    expect_good(&sample);
}

static void numbers_stay_in_their_range(void **state)
{
    (void)state;
    struct sample sample = good();
    sample.number = -10;
    expect_good(&sample);
    sample.number = -11;
    expect_bad(&sample, "number");
    sample = good();
    sample.minutes = 600;
    expect_good(&sample);
    sample.minutes = 601;
    expect_bad(&sample, "minutes");
    sample.minutes = 0;
    expect_bad(&sample, "minutes");
    sample = good();
    const int64_t ten = 10, nine = 9;
    sample.maybe = &nine;
    expect_good(&sample);
    sample.maybe = &ten;
    expect_bad(&sample, "maybe");
}

static void lists_are_checked_item_by_item(void **state)
{
    (void)state;
    struct sample sample = good();
    const char *texts[] = { "a", "b", "c", "d", "e", "f" };
    sample.texts = texts;
    sample.texts_count = 5;
    expect_good(&sample);
    sample.texts_count = 6;
    expect_bad(&sample, "texts");
    sample.texts_count = 3;
    texts[2] = "too long";
    expect_bad(&sample, "texts");
    texts[2] = NULL;
    expect_bad(&sample, "texts");
}

static void inner_records_name_their_own_field(void **state)
{
    (void)state;
    struct sample sample = good();
    const int64_t ten = 10;
    struct inner inners[] = {
        {"x",  NULL},
        { "y", NULL}
    };
    const struct inner one = { "far too long", NULL };
    sample.inners = inners;
    sample.inners_count = 2;
    expect_good(&sample);
    inners[1].count = &ten;
    expect_bad(&sample, "count");
    inners[1].count = NULL;
    inners[1].word = NULL;
    expect_bad(&sample, "word");
    sample = good();
    sample.inner = &one;
    expect_bad(&sample, "word");
}

/* A required text that a handler forgot is found here, before the encoder would follow the NULL. */
static void finds_what_a_handler_forgot(void **state)
{
    (void)state;
    struct sample sample = good();
    sample.text = NULL;
    expect_bad(&sample, "text");
    assert_true(*error.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_counts_characters_not_bytes),
        cmocka_unit_test(text_has_something_to_read),
        cmocka_unit_test(text_length_follows_the_standard),
        cmocka_unit_test(slugs_are_what_a_person_can_type),
        cmocka_unit_test(rules_have_a_rules_letters),
        cmocka_unit_test(numbers_stay_in_their_range),
        cmocka_unit_test(lists_are_checked_item_by_item),
        cmocka_unit_test(inner_records_name_their_own_field),
        cmocka_unit_test(finds_what_a_handler_forgot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
