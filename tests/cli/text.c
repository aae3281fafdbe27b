/* SPDX-License-Identifier: MIT */
/* Text for eyes: what must not pass, how wide it is, where lines break; and words that were mistyped. */
#include "text.h"
#include "rule_text.h"

#include "suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static const char *visible(const char *text)
{
    return text_visible(&arena, text, strlen(text), false);
}

static void what_steers_a_terminal_is_written_out(void **state)
{
    (void)state;
    assert_string_equal(visible("Anna Holm"), "Anna Holm");
    assert_string_equal(visible("Søren Æbeltoft 李"), "Søren Æbeltoft 李");
    assert_string_equal(visible("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
    assert_string_equal(visible("a\tb\nc\rd\x7f"), "a\\x09b\\x0ac\\x0dd\\x7f");
    assert_string_equal(visible("\xc2\x9b"
                                "31m"),
                        "\\x9b31m"); /* CSI in C1 */
    /* each alone: what ends the one would begin another */
    static const unsigned char steering[][4] = {
        {0xE2,  0x80, 0xAE},
        { 0xE2, 0x81, 0xA6},
        { 0xE2, 0x80, 0x8F}
    };
    static const char *const written[] = { "\\u202e", "\\u2066", "\\u200f" };
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(visible((const char *)steering[i]), written[i]);
    assert_string_equal(visible("\xd8\x9c"), "\\u061c");
    assert_string_equal(visible("a\u2028b\ufeff"), "a\\u2028b\\ufeff");
    assert_string_equal(visible("\U000e0041"), "\\ue0041");
    assert_string_equal(text_visible(&arena, "a\nb\x1b", 4, true), "a\nb\\x1b");
    assert_string_equal(text_visible(&arena, "a\0b", 3, false), "a\\x00b");
}

static void what_is_no_utf8_is_written_out(void **state)
{
    (void)state;
    assert_string_equal(visible("\xff\xc3"), "\\xff\\xc3");
    assert_string_equal(visible("\xc0\xaf"), "\\xc0\\xaf");          /* over-long */
    assert_string_equal(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80"); /* a surrogate */
    assert_string_equal(visible("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
    assert_string_equal(visible("\xe2\x82"), "\\xe2\\x82");
}

static void columns_are_those_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(text_columns(""), 0);
    assert_int_equal(text_columns("Søren"), 5);
    assert_int_equal(text_columns("李明"), 4);
    assert_int_equal(text_columns("e\u0301"), 1);
    assert_int_equal(text_columns("ab\nabcd\na"), 4);
}

static void lines_break_at_blanks(void **state)
{
    (void)state;
    assert_string_equal(text_fold(&arena, "one two three four", 9, false), "one two\nthree\nfour");
    assert_string_equal(text_fold(&arena, "one two", 7, false), "one two");
    assert_string_equal(text_fold(&arena, "abcdefghij", 4, false), "abcd\nefgh\nij");
    assert_string_equal(text_fold(&arena, "æøå æøå", 3, false), "æøå\næøå");
    assert_string_equal(text_fold(&arena, "one two", 0, false), "one two");
    assert_string_equal(text_fold(&arena, "", 10, true), "");
    assert_string_equal(text_fold(&arena, "a\nb", 10, false), "a\nb");
    assert_string_equal(text_fold(&arena, "one\ntwo\n\nthree\n", 40, true), "one two\n\nthree ");
}

static void no_line_is_wider_than_it_may_be(void **state)
{
    static const char text[] = "Says what a turn needs, whoever reads it; supercalifragilisticexpialidocious "
                               "words too. 李明李明李明";
    (void)state;
    for (int width = 2; width < 120; width++)
        assert_in_range(text_columns(text_fold(&arena, text, width, true)), 1, width);
}

static void slips_are_understood(void **state)
{
    static const char *const verbs[] = { "add", "change", "list", "remove", "show" };
    (void)state;
    assert_string_equal(suggest("shwo", verbs, 5), "show");
    assert_string_equal(suggest("rem", verbs, 5), "remove");
    assert_string_equal(suggest("lst", verbs, 5), "list");
    assert_string_equal(suggest("cahnge", verbs, 5), "change");
    assert_string_equal(suggest("changes", verbs, 5), "change");
    assert_null(suggest("x", verbs, 5));
    assert_null(suggest("frobnicate", verbs, 5));
    assert_null(suggest("", verbs, 5));
    assert_string_equal(suggest_verb("delete"), "remove");
    assert_string_equal(suggest_verb("swap"), "offer");
    assert_null(suggest_verb("show"));
    char word[1000];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = 0;
    assert_null(suggest(word, verbs, 5));
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void rules_are_said_in_words(void **state)
{
    static const struct {
        const char *rule, *said;
    } samples[] = {
        {"FREQ=WEEKLY;BYDAY=FR",                   "every Friday"                      },
        { "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",    "every 2 weeks, Monday and Thursday"},
        { "FREQ=MONTHLY;BYDAY=2TH",                "each month, second Thursday"       },
        { "FREQ=MONTHLY;BYDAY=-1FR",               "each month, last Friday"           },
        { "FREQ=MONTHLY;BYMONTHDAY=15",            "each month, day 15"                },
        { "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "every 3 months, the last day"      },
        { "FREQ=DAILY",                            "every day"                         },
        { "FREQ=YEARLY",                           "each year"                         },
    };
    static const char *const unsaid[] = { "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
                                          "FREQ=WEEKLY;COUNT=3",
                                          "FREQ=SOON",
                                          "BYDAY=FR",
                                          "FREQ=MONTHLY;BYDAY=5FR",
                                          "FREQ=WEEKLY;BYMONTHDAY=3",
                                          "nonsense",
                                          "" };
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_string_equal(rule_text(&arena, samples[i].rule), samples[i].said);
    for (size_t i = 0; i < sizeof unsaid / sizeof *unsaid; i++)
        assert_null(rule_text(&arena, unsaid[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_said_in_words),
        cmocka_unit_test(what_steers_a_terminal_is_written_out),
        cmocka_unit_test(what_is_no_utf8_is_written_out),
        cmocka_unit_test(columns_are_those_of_a_terminal),
        cmocka_unit_test(lines_break_at_blanks),
        cmocka_unit_test(no_line_is_wider_than_it_may_be),
        cmocka_unit_test(slips_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
