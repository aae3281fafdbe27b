/* SPDX-License-Identifier: MIT */
/* Kept answers are the right ones, and never those from before a change. */
#include "answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 20000, LIMIT = 1 << 24 };

static void keep(struct answers *answers, const char *key, const char *answer)
{
    answers_keep(answers, key, strlen(key), answer, strlen(answer));
}

static void expect(const struct answers *answers, const char *key, const char *answer)
{
    size_t size = 0;
    const char *found = answers_find(answers, key, strlen(key), &size);
    if (!answer) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_int_equal(size, strlen(answer));
    assert_memory_equal(found, answer, size);
}

static void finds_what_was_kept(void **state)
{
    (void)state;
    struct answers *answers = answers_new(LIMIT);
    expect(answers, "anna", NULL);
    keep(answers, "anna", "Anna of quality");
    keep(answers, "ann", "Ann");
    keep(answers, "", "nobody");
    expect(answers, "anna", "Anna of quality");
    expect(answers, "ann", "Ann");
    expect(answers, "", "nobody");
    expect(answers, "annab", NULL);
    answers_free(answers);
}

static void tells_keys_apart_that_differ_in_one_byte(void **state)
{
    (void)state;
    struct answers *answers = answers_new(LIMIT);
    answers_keep(answers, "a\0b", 3, "first", 5);
    answers_keep(answers, "a\0c", 3, "second", 6);
    size_t size;
    assert_memory_equal(answers_find(answers, "a\0b", 3, &size), "first", 5);
    assert_memory_equal(answers_find(answers, "a\0c", 3, &size), "second", 6);
    assert_null(answers_find(answers, "a", 1, &size));
    assert_null(answers_find(answers, "a\0b\0", 4, &size));
    answers_free(answers);
}

static void forgets_with_a_new_generation(void **state)
{
    (void)state;
    struct answers *answers = answers_new(LIMIT);
    answers_follow(answers, 7);
    keep(answers, "anna", "before");
    answers_follow(answers, 7);
    expect(answers, "anna", "before");
    answers_follow(answers, 8);
    expect(answers, "anna", NULL);
    keep(answers, "anna", "after");
    expect(answers, "anna", "after");
    answers_follow(answers, 7); /* a generation that comes again is another one all the same */
    expect(answers, "anna", NULL);
    answers_free(answers);
}

static void keeps_many_and_drops_them_all(void **state)
{
    (void)state;
    struct answers *answers = answers_new(LIMIT);
    for (uint64_t generation = 1; generation <= 2; generation++) {
        char key[32], answer[32];
        answers_follow(answers, generation);
        for (int i = 0; i < MANY; i++) {
            snprintf(key, sizeof key, "p%06d", i);
            snprintf(answer, sizeof answer, "answer %d", i);
            expect(answers, key, NULL);
            keep(answers, key, answer);
        }
        for (int i = 0; i < MANY; i++) {
            snprintf(key, sizeof key, "p%06d", i);
            snprintf(answer, sizeof answer, "answer %d", i);
            expect(answers, key, answer);
        }
    }
    answers_free(answers);
}

static void stays_within_its_limit(void **state)
{
    (void)state;
    struct answers *answers = answers_new(1000);
    char large[2000];
    memset(large, 'x', sizeof large);
    answers_keep(answers, "too large", 9, large, sizeof large);
    expect(answers, "too large", NULL);
    answers_keep(answers, "first", 5, large, 600);
    answers_keep(answers, "second", 6, large, 600); /* no room for both: the first is gone */
    size_t size = 0;
    expect(answers, "first", NULL);
    assert_non_null(answers_find(answers, "second", 6, &size));
    assert_int_equal(size, 600);
    answers_free(answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_kept),
        cmocka_unit_test(tells_keys_apart_that_differ_in_one_byte),
        cmocka_unit_test(forgets_with_a_new_generation),
        cmocka_unit_test(keeps_many_and_drops_them_all),
        cmocka_unit_test(stays_within_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
