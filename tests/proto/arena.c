/* SPDX-License-Identifier: MIT */
/* Memory of one call: zeroed, aligned, kept apart, counted, and all of it given back. */
#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool is_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

static void gives_zeroed_aligned_memory_apart(void **state)
{
    (void)state;
    enum { PIECES = 2000 };
    struct arena arena = { 0 };
    char *pieces[PIECES];
    size_t total = 0;
    for (size_t i = 0; i < PIECES; i++) {
        size_t size = i * 7 % 97 + (i % 500 == 0 ? 40000 : 0);
        pieces[i] = arena_take(&arena, size);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        assert_true(is_zero(pieces[i], size));
        memset(pieces[i], (int)(i % 255 + 1), size);
        total += size;
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t j = 0; j < i * 7 % 97; j++)
            if ((unsigned char)pieces[i][j] != i % 255 + 1)
                fail_msg("piece %zu was written over", i);
    assert_true(arena.taken >= total);
    arena_free(&arena);
    assert_null(arena.blocks);
    assert_int_equal(arena.taken, 0);
}

/* What a former call wrote is never seen by the next. */
static void is_zeroed_again_after_reset(void **state)
{
    (void)state;
    struct arena arena = { .budget = 1 << 20 };
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            char *piece = arena_take(&arena, 1000);
            assert_true(is_zero(piece, 1000));
            memset(piece, 'x', 1000);
        }
        arena_reset(&arena);
        assert_int_equal(arena.taken, 0);
        assert_int_equal(arena.budget, 1 << 20);
    }
    arena_free(&arena);
}

static void copies_and_prints(void **state)
{
    (void)state;
    struct arena arena = { 0 };
    char *copy = arena_copy(&arena, "abcdef", 3);
    assert_string_equal(copy, "abc");
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_string_equal(arena_print(&arena, "%s is %d", "seven", 7), "seven is 7");
    char long_text[5000];
    memset(long_text, 'y', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    assert_int_equal(strlen(arena_print(&arena, "%s%s", long_text, long_text)), 2 * (sizeof long_text - 1));
    arena_free(&arena);
}

static void tells_when_the_budget_is_spent(void **state)
{
    (void)state;
    struct arena arena = { .budget = 10000 };
    arena_take(&arena, 9000);
    assert_false(arena_is_spent(&arena));
    arena_take(&arena, 2000);
    assert_true(arena_is_spent(&arena));
    arena_reset(&arena);
    assert_false(arena_is_spent(&arena));
    arena.budget = 0;
    arena_take(&arena, 1 << 20);
    assert_false(arena_is_spent(&arena));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_aligned_memory_apart),
        cmocka_unit_test(is_zeroed_again_after_reset),
        cmocka_unit_test(copies_and_prints),
        cmocka_unit_test(tells_when_the_budget_is_spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
