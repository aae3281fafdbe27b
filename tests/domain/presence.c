/* SPDX-License-Identifier: MIT */
/*
 * Whether enough of a team is there, against a count made day by day.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "presence.h"

#include <stdlib.h>

enum { PEOPLE = 6, SPANS = 4, DAYS = 60 };

static struct plan_days stays[PEOPLE][SPANS], away[PEOPLE][SPANS];
static struct presence_person people[PEOPLE];
static struct arena arena;

static int free_all(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void test_spans_that_touch_become_one(void **state)
{
    (void)state;
    struct plan_days spans[] = {
        {9,   12         },
        { 1,  3          },
        { 4,  5          },
        { 7,  6          },
        { 2,  3          },
        { 20, PLAN_ALWAYS},
        { 25, 30         }
    };
    assert_int_equal(presence_merge(spans, 7), 3);
    assert_int_equal(spans[0].from, 1);
    assert_int_equal(spans[0].to, 5);
    assert_int_equal(spans[1].from, 9);
    assert_int_equal(spans[2].to, PLAN_ALWAYS);
    assert_int_equal(presence_merge(spans, 0), 0);
}

static void test_team_of_nobody_is_never_there(void **state)
{
    (void)state;
    struct plan_away *gaps;
    assert_int_equal(presence_gaps(&arena, NULL, 0, (struct presence_need){ 0, 50 }, &gaps), 1);
    assert_int_equal(gaps[0].days.from, INT32_MIN);
    assert_int_equal(gaps[0].days.to, PLAN_ALWAYS);
    assert_int_equal(gaps[0].why, PLAN_TOO_FEW);
}

static void test_half_is_rounded_up(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        stays[i][0] = (struct plan_days){ 10, PLAN_ALWAYS };
        away[i][0] = (struct plan_days){ 20 + 5 * i, 40 };
        people[i] = (struct presence_person){ stays[i], 1, away[i], 1, 0 };
    }
    struct plan_away *gaps;
    assert_int_equal(presence_gaps(&arena, people, 3, (struct presence_need){ 0, 50 }, &gaps), 2);
    assert_int_equal(gaps[0].days.to, 9);
    assert_int_equal(gaps[1].days.from, 25); /* one of three is left: two were needed */
    assert_int_equal(gaps[1].days.to, 40);
}

static size_t make_spans(struct plan_days *spans)
{
    size_t count = (size_t)(rand() % SPANS);
    for (size_t i = 0; i < count; i++) {
        spans[i].from = rand() % DAYS;
        spans[i].to = rand() % 8 == 0 ? PLAN_ALWAYS : spans[i].from + rand() % 20;
    }
    return count;
}

static bool holds(const struct plan_days *spans, size_t count, int32_t day)
{
    for (size_t i = 0; i < count; i++)
        if (spans[i].from <= day && day <= spans[i].to)
            return true;
    return false;
}

static bool is_gap_by_counting(size_t count, struct presence_need need, int32_t day)
{
    int in_team = 0, present = 0;
    for (size_t i = 0; i < count; i++) {
        if (!holds(people[i].stays, people[i].stays_count, day))
            continue;
        in_team++;
        if (!holds(people[i].away, people[i].away_count, day))
            present++;
    }
    if (present == 0)
        return true;
    return need.count > 0 ? present < need.count : 100 * present < need.percent * in_team;
}

static void test_agrees_with_a_count_day_by_day(void **state)
{
    (void)state;
    srand(7);
    for (int round = 0; round < 3000; round++) {
        size_t count = (size_t)(rand() % PEOPLE);
        for (size_t i = 0; i < count; i++)
            people[i] = (struct presence_person){ stays[i], make_spans(stays[i]), away[i],
                                                  make_spans(away[i]), 0 };
        struct presence_need need = { rand() % 4, 1 + rand() % 100 };
        struct plan_away *gaps;
        size_t found = presence_gaps(&arena, people, count, need, &gaps);
        for (size_t i = 1; i < found; i++)
            assert_true(gaps[i].days.from > gaps[i - 1].days.to + 1);
        for (int32_t day = -1; day < 2 * DAYS; day++) {
            bool is_gap = false;
            for (size_t i = 0; i < found; i++)
                is_gap |= gaps[i].days.from <= day && day <= gaps[i].days.to;
            assert_int_equal(is_gap, is_gap_by_counting(count, need, day));
        }
        arena_reset(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans_that_touch_become_one),
        cmocka_unit_test_teardown(test_team_of_nobody_is_never_there, free_all),
        cmocka_unit_test_teardown(test_half_is_rounded_up, free_all),
        cmocka_unit_test_teardown(test_agrees_with_a_count_day_by_day, free_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
