/* SPDX-License-Identifier: MIT */
#include "order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 200000 };

static void check(const uint32_t *parents, uint32_t count)
{
    struct arena arena = { 0 };
    uint32_t *order = arena_take(&arena, (count + 1) * sizeof *order);
    uint32_t *place = arena_take(&arena, (count + 1) * sizeof *place);
    uint32_t *rings = arena_take(&arena, (count + 1) * sizeof *rings);
    uint32_t rings_count = order_by_parent(parents, count, &arena, order, rings), lowest_count = 0;
    for (uint32_t i = 0; i < count; i++)
        place[i] = ORDER_NONE;
    for (uint32_t i = 0; i < count; i++) {
        assert_true(order[i] < count);
        assert_int_equal(place[order[i]], ORDER_NONE);
        place[order[i]] = i;
    }
    for (uint32_t i = 0; i < count; i++) {
        lowest_count += rings[i] == i;
        /* a ring is told by every one of its rows, and only its lowest may stand before its parent */
        assert_true(rings[i] == ORDER_NONE || (rings[i] <= i && rings[parents[i]] == rings[i]));
        assert_true(parents[i] == ORDER_NONE || rings[i] == i || place[parents[i]] < place[i]);
    }
    assert_int_equal(lowest_count, rings_count);
    arena_free(&arena);
}

static void test_parents_come_first(void **state)
{
    (void)state;
    static const uint32_t upside_down[] = { 1, 2, 3, ORDER_NONE };
    static const uint32_t forest[] = { ORDER_NONE, 3, 0, ORDER_NONE, 1, 1 };
    check(upside_down, 4);
    check(forest, 6);
    check(NULL, 0);
}

static void test_who_needs_nobody_keeps_the_order(void **state)
{
    (void)state;
    static const uint32_t none[] = { ORDER_NONE, ORDER_NONE, ORDER_NONE };
    struct arena arena = { 0 };
    uint32_t order[3], rings[3];
    assert_int_equal(order_by_parent(none, 3, &arena, order, rings), 0);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(order[i], i);
    arena_free(&arena);
}

static void test_rings(void **state)
{
    (void)state;
    static const uint32_t self[] = { ORDER_NONE, 1 };
    static const uint32_t tail[] = {
        1, 2, 4, ORDER_NONE, 2, 0
    }; /* 5, 0 and 1 lead into the ring of 2 and 4 */
    static const uint32_t tail_rings[] = { ORDER_NONE, ORDER_NONE, 2, ORDER_NONE, 2, ORDER_NONE };
    struct arena arena = { 0 };
    uint32_t order[6], rings[6];
    assert_int_equal(order_by_parent(self, 2, &arena, order, rings), 1);
    assert_int_equal(rings[1], 1);
    assert_int_equal(order_by_parent(tail, 6, &arena, order, rings), 1);
    assert_memory_equal(rings, tail_rings, sizeof tail_rings);
    check(self, 2);
    check(tail, 6);
    arena_free(&arena);
}

static void test_deep_and_random(void **state)
{
    (void)state;
    uint32_t *parents = malloc(MANY * sizeof *parents);
    for (uint32_t i = 0; i < MANY; i++)
        parents[i] = i + 1 < MANY ? i + 1 : ORDER_NONE;
    check(parents, MANY);
    uint32_t seed = 1;
    /* as many rings as there can be, and one that is as long as it can be */
    for (uint32_t i = 0; i < MANY; i++)
        parents[i] = i ^ 1;
    check(parents, MANY);
    for (uint32_t i = 0; i < MANY; i++)
        parents[i] = (i + 1) % MANY;
    check(parents, MANY);
    for (int round = 0; round < 50; round++) {
        uint32_t *name = malloc(1000 * sizeof *name);
        for (uint32_t i = 0; i < 1000; i++)
            name[i] = i;
        /* a random tree whose rows are then shuffled by giving them other numbers */
        for (uint32_t i = 999; i > 0; i--) {
            seed = seed * 1664525 + 1013904223;
            uint32_t other = (seed >> 8) % (i + 1), kept = name[i];
            name[i] = name[other], name[other] = kept;
        }
        for (uint32_t i = 0; i < 1000; i++) {
            seed = seed * 1664525 + 1013904223;
            parents[name[i]] = seed >> 28 == 0 ? ORDER_NONE : name[(seed >> 8) % (round % 2 ? 1000 : i + 1)];
        }
        check(parents, 1000);
        free(name);
    }
    free(parents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parents_come_first),
        cmocka_unit_test(test_who_needs_nobody_keeps_the_order),
        cmocka_unit_test(test_rings),
        cmocka_unit_test(test_deep_and_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
