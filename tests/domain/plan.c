/* SPDX-License-Identifier: MIT */
/*
 * The fair choice, case by case. The bounds over long random histories are checked beside a naive model, in
 * tests/check.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "plan.h"

#include <string.h>

enum { MOST = 64, ANNA = 0, BO = 1, CARL = 2, DORTE = 3, NOBODY = PLAN_NOBODY };

/* A rotation with a slot every seven days from day 100, and members from day 0 without an absence. */
static struct {
    struct arena arena;
    struct plan_rotation rotation;
    struct plan_slot slots[MOST];
    struct plan_member members[MOST];
    struct plan_days stays[MOST][2];
    struct plan_away away[MOST][4];
    struct plan_verdict verdicts[MOST][MOST]; /* of the last run, by slot */
} world;

static void make(size_t members, size_t slots)
{
    arena_free(&world.arena);
    memset(&world, 0, sizeof world);
    world.rotation = (struct plan_rotation){ .slots = world.slots,
                                             .slots_count = slots,
                                             .new_until = slots,
                                             .members = world.members,
                                             .members_count = members };
    for (size_t i = 0; i < slots; i++)
        world.slots[i] = (struct plan_slot){ 100 + 7 * (int32_t)i, PLAN_NEW, NOBODY };
    for (size_t i = 0; i < MOST; i++) {
        world.stays[i][0] = (struct plan_days){ 0, PLAN_ALWAYS };
        world.members[i] =
            (struct plan_member){ .stays = world.stays[i], .stays_count = 1, .away = world.away[i] };
    }
}

static int free_all(void **state)
{
    (void)state;
    arena_free(&world.arena);
    return 0;
}

static void be_away(int member, int32_t from, int32_t to)
{
    struct plan_member *one = &world.members[member];
    world.away[member][one->away_count++] = (struct plan_away){
        {from, to},
        PLAN_ABSENT
    };
}

static size_t run(void)
{
    size_t decided = 0;
    struct plan *plan = plan_open(&world.arena, &world.rotation);
    for (struct plan_decision decision; plan_step(plan, &decision); decided++) {
        assert_int_equal(decision.member, world.slots[decision.slot].member);
        memcpy(world.verdicts[decision.slot], decision.verdicts,
               world.rotation.members_count * sizeof *decision.verdicts);
    }
    return decided;
}

static void expect(const char *names)
{
    for (size_t i = 0; names[i] != '\0'; i++) {
        int32_t member = names[i] == '.' ? NOBODY : names[i] - 'A';
        if (world.slots[i].member != member)
            fail_msg("slot %zu has member %d, not %d", i, world.slots[i].member, member);
    }
}

static void test_members_take_turns_in_roster_order(void **state)
{
    (void)state;
    make(3, 7);
    assert_int_equal(run(), 7);
    expect("ABCABCA");
    assert_int_equal(world.rotation.level, 2);
    assert_int_equal(world.members[ANNA].credit, 3);
    assert_int_equal(world.members[CARL].credit, 2);
}

static void test_who_joined_first_comes_first(void **state)
{
    (void)state;
    make(3, 3);
    world.stays[ANNA][0].from = 50;
    world.stays[BO][0].from = 20;
    run();
    expect("CBA");
    assert_int_equal(world.verdicts[0][BO].nearest_days, 80);
}

static void test_reasons_name_credit_distance_and_filter(void **state)
{
    (void)state;
    make(4, 3);
    world.stays[CARL][0].from = 110;
    world.stays[DORTE][0].to = 106;
    be_away(BO, 114, 114);
    run();
    expect("ABC");
    const struct plan_verdict *verdicts = world.verdicts[2];
    assert_int_equal(verdicts[ANNA].filter, PLAN_FITS);
    assert_int_equal(verdicts[ANNA].credit, 1);
    assert_int_equal(verdicts[ANNA].nearest_days, 14);
    assert_int_equal(verdicts[BO].filter, PLAN_ABSENT);
    assert_int_equal(verdicts[BO].nearest_days, 7);
    assert_int_equal(verdicts[CARL].filter, PLAN_FITS);
    assert_int_equal(verdicts[CARL].credit, 0);
    assert_int_equal(verdicts[CARL].nearest_days, 4); /* nearer than Anna, but credit comes first */
    assert_int_equal(verdicts[DORTE].filter, PLAN_LEFT);
    assert_int_equal(world.verdicts[0][CARL].filter, PLAN_NOT_MEMBER_YET);
    assert_int_equal(world.verdicts[0][CARL].nearest_days, PLAN_NO_TURN);
    for (enum plan_filter filter = 0; filter < PLAN_FILTERS; filter++)
        assert_non_null(plan_filter_word(filter));
    assert_string_equal(plan_filter_word(PLAN_BESIDE), "has_turn_beside");
}

static void test_newcomer_starts_at_the_level(void **state)
{
    (void)state;
    make(3, 9);
    world.stays[CARL][0].from = 127; /* between slots 3 and 4, when the others have two turns each */
    run();
    expect("ABABCABCA");
    assert_int_equal(world.verdicts[3][CARL].filter, PLAN_NOT_MEMBER_YET);
    assert_int_equal(world.verdicts[4][CARL].credit, 1);
    assert_int_equal(world.verdicts[4][CARL].nearest_days, 1);
}

static void test_who_was_long_away_takes_the_next_once(void **state)
{
    (void)state;
    make(3, 12);
    be_away(ANNA, 100, 120); /* slots 0 to 2 */
    be_away(ANNA, 128, 134); /* slot 4 */
    run();
    expect("BCBACBACBACB");
    assert_int_equal(world.verdicts[0][ANNA].filter, PLAN_ABSENT);
}

static void test_who_left_and_came_back_is_a_member_again(void **state)
{
    (void)state;
    make(2, 6);
    world.stays[ANNA][0].to = 105;
    world.stays[ANNA][1] = (struct plan_days){ 120, PLAN_ALWAYS };
    world.members[ANNA].stays_count = 2;
    run();
    expect("ABBABA");
    assert_int_equal(world.verdicts[1][ANNA].filter, PLAN_LEFT);
    assert_int_equal(world.verdicts[2][ANNA].filter, PLAN_LEFT);
    assert_int_equal(world.verdicts[3][ANNA].nearest_days, 1); /* to the second joining, not the turn */
}

static void test_nobody_fits_leaves_the_slot_open_until_somebody_does(void **state)
{
    (void)state;
    make(2, 4);
    be_away(ANNA, 107, 107);
    be_away(BO, 107, 107);
    run();
    expect("A.BA");
    assert_int_equal(world.slots[1].state, PLAN_OPEN);
    int32_t level = world.rotation.level;
    assert_int_equal(run(), 1); /* asked again, still nobody, nothing else touched */
    expect("A.BA");
    world.members[BO].away_count = 0;
    assert_int_equal(run(), 1);
    expect("ABBA");
    assert_int_equal(world.rotation.level, level);
    assert_int_equal(world.members[BO].credit, 2);
}

static void test_only_the_turn_that_cannot_be_kept_changes(void **state)
{
    (void)state;
    make(4, 8);
    run();
    expect("ABCDABCD");
    int32_t before = world.members[BO].credit;
    be_away(BO, 107, 107);
    struct plan *plan = plan_open(&world.arena, &world.rotation);
    struct plan_decision decision;
    assert_true(plan_step(plan, &decision));
    assert_int_equal(decision.slot, 1);
    assert_int_equal(decision.was, PLAN_HELD);
    assert_int_equal(decision.replaced, BO);
    assert_int_equal(decision.member, DORTE); /* Anna and Carl have the slots beside it */
    assert_int_equal(decision.verdicts[ANNA].filter, PLAN_BESIDE);
    assert_int_equal(decision.verdicts[BO].filter, PLAN_ABSENT);
    assert_int_equal(decision.verdicts[DORTE].nearest_days, 14);
    assert_false(plan_step(plan, &decision));
    expect("ADCDABCD");
    assert_int_equal(world.members[BO].credit, before - 1);
    assert_int_equal(world.members[DORTE].credit, 3);
    assert_int_equal(world.rotation.level, 1);
}

static void test_who_covered_rests_once_and_who_was_covered_is_next(void **state)
{
    (void)state;
    make(4, 16);
    world.rotation.new_until = 8;
    run();
    be_away(BO, 107, 107);
    run();
    expect("ADCDABCD");
    world.rotation.new_until = 16;
    run();
    expect("ADCDABCDBACBDACB"); /* Bo first; Dorte, who did two in a round, waits one */
}

static void test_what_is_over_never_changes(void **state)
{
    (void)state;
    make(2, 4);
    run();
    world.slots[0].state = PLAN_DONE;
    world.slots[1].state = PLAN_DONE;
    world.stays[ANNA][0].to = 99;
    world.stays[BO][0].to = 99;
    assert_int_equal(run(), 2);
    expect("AB..");
}

static void test_cancelled_slot_is_no_neighbour(void **state)
{
    (void)state;
    make(2, 3);
    world.rotation.new_until = 2;
    run();
    world.members[BO].credit = plan_credit_given(world.members[BO].credit);
    world.slots[1] = (struct plan_slot){ 107, PLAN_CANCELLED, NOBODY };
    world.rotation.new_until = 3;
    run();
    assert_int_equal(world.slots[2].member, BO);
    assert_int_equal(world.verdicts[2][ANNA].filter, PLAN_BESIDE);
    assert_int_equal(world.verdicts[2][BO].nearest_days, 114);
}

static void test_alone_takes_slots_in_a_row(void **state)
{
    (void)state;
    make(1, 3);
    world.rotation.min_gap_days = 30;
    run();
    expect("AAA");
    assert_true(world.verdicts[1][ANNA].is_beside);
    assert_int_equal(world.verdicts[1][ANNA].filter, PLAN_FITS);
}

static void test_pin_counts_before_its_time_and_is_a_credit_at_it(void **state)
{
    (void)state;
    make(3, 6);
    world.slots[1] = (struct plan_slot){ 107, PLAN_PINNED, ANNA };
    run();
    expect("BACBAC");
    assert_int_equal(world.verdicts[0][ANNA].filter, PLAN_BESIDE);
    assert_int_equal(world.verdicts[1][ANNA].nearest_days, 107); /* a turn is not its own neighbour */
}

static void test_pin_of_one_who_cannot_is_a_new_slot(void **state)
{
    (void)state;
    make(2, 2);
    world.slots[1] = (struct plan_slot){ 107, PLAN_PINNED, ANNA };
    be_away(ANNA, 105, 110);
    struct plan *plan = plan_open(&world.arena, &world.rotation);
    struct plan_decision decision;
    assert_true(plan_step(plan, &decision));
    assert_int_equal(decision.member, ANNA);
    assert_true(plan_step(plan, &decision));
    assert_int_equal(decision.member, BO);
    assert_int_equal(decision.replaced, ANNA);
}

static void test_new_slots_beyond_the_window_are_left(void **state)
{
    (void)state;
    make(2, 4);
    world.rotation.new_until = 2;
    world.slots[3] = (struct plan_slot){ 121, PLAN_PINNED, BO };
    assert_int_equal(run(), 2);
    expect("AB");
    assert_int_equal(world.slots[2].state, PLAN_NEW);
    assert_int_equal(world.slots[3].state, PLAN_PINNED);
    assert_int_equal(world.verdicts[1][BO].nearest_days, 14); /* the pin is a turn already */
    assert_int_equal(world.members[BO].credit, 1);            /* and no credit yet */
}

static void test_min_gap_holds_where_it_can(void **state)
{
    (void)state;
    make(3, 4);
    world.slots[3] = (struct plan_slot){ 121, PLAN_PINNED, ANNA }; /* 21 days after slot 0 */
    world.rotation.new_until = 1;
    world.members[BO].credit = world.members[CARL].credit = 1;
    world.rotation.min_gap_days = 22;
    run();
    expect("B");
    assert_int_equal(world.verdicts[0][ANNA].filter, PLAN_MIN_GAP);
    assert_int_equal(world.rotation.level, 1);
    world.slots[0] = (struct plan_slot){ 100, PLAN_NEW, NOBODY };
    world.rotation.level = world.members[ANNA].credit = 0;
    world.rotation.min_gap_days = 21;
    run();
    expect("A");
}

static void test_a_slot_beside_weighs_more_than_a_short_gap(void **state)
{
    (void)state;
    make(2, 4);
    world.rotation.min_gap_days = 10;
    world.rotation.new_until = 2;
    world.slots[0] = (struct plan_slot){ 100, PLAN_DONE, ANNA };
    world.slots[1] = (struct plan_slot){ 130, PLAN_NEW, NOBODY };
    world.slots[2] = (struct plan_slot){ 131, PLAN_DONE, NOBODY };
    world.slots[3] = (struct plan_slot){ 132, PLAN_PINNED, BO };
    run();
    assert_int_equal(world.slots[1].member, BO);
    assert_int_equal(world.verdicts[1][ANNA].filter, PLAN_BESIDE);
}

static void test_who_could_take_it_in_order(void **state)
{
    (void)state;
    make(4, 8);
    run();
    be_away(CARL, 121, 121);
    world.slots[3] = (struct plan_slot){ 121, PLAN_OPEN, NOBODY };
    world.members[DORTE].credit--;
    world.members[BO].credit++;
    struct plan *plan = plan_open(&world.arena, &world.rotation);
    struct plan_decision decision;
    assert_true(plan_step(plan, &decision));
    int32_t order[4];
    assert_int_equal(plan_order(decision.verdicts, 4, order), 3);
    assert_int_equal(order[0], DORTE);
    assert_int_equal(order[1], BO);
    assert_int_equal(order[2], ANNA); /* has the slot after, so she comes last in spite of fewer credits */
}

static void test_nobody_at_all(void **state)
{
    (void)state;
    make(0, 3);
    assert_int_equal(run(), 3);
    expect("...");
    make(3, 0);
    assert_int_equal(run(), 0);
}

static void test_credit_that_changes_hands(void **state)
{
    (void)state;
    assert_int_equal(plan_credit_given(3), 2);
    assert_int_equal(plan_credit_taken(3, 2), 4);
    assert_int_equal(plan_credit_taken(0, 5), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_members_take_turns_in_roster_order, free_all),
        cmocka_unit_test_teardown(test_who_joined_first_comes_first, free_all),
        cmocka_unit_test_teardown(test_reasons_name_credit_distance_and_filter, free_all),
        cmocka_unit_test_teardown(test_newcomer_starts_at_the_level, free_all),
        cmocka_unit_test_teardown(test_who_was_long_away_takes_the_next_once, free_all),
        cmocka_unit_test_teardown(test_who_left_and_came_back_is_a_member_again, free_all),
        cmocka_unit_test_teardown(test_nobody_fits_leaves_the_slot_open_until_somebody_does, free_all),
        cmocka_unit_test_teardown(test_only_the_turn_that_cannot_be_kept_changes, free_all),
        cmocka_unit_test_teardown(test_who_covered_rests_once_and_who_was_covered_is_next, free_all),
        cmocka_unit_test_teardown(test_what_is_over_never_changes, free_all),
        cmocka_unit_test_teardown(test_cancelled_slot_is_no_neighbour, free_all),
        cmocka_unit_test_teardown(test_alone_takes_slots_in_a_row, free_all),
        cmocka_unit_test_teardown(test_pin_counts_before_its_time_and_is_a_credit_at_it, free_all),
        cmocka_unit_test_teardown(test_pin_of_one_who_cannot_is_a_new_slot, free_all),
        cmocka_unit_test_teardown(test_new_slots_beyond_the_window_are_left, free_all),
        cmocka_unit_test_teardown(test_min_gap_holds_where_it_can, free_all),
        cmocka_unit_test_teardown(test_a_slot_beside_weighs_more_than_a_short_gap, free_all),
        cmocka_unit_test_teardown(test_who_could_take_it_in_order, free_all),
        cmocka_unit_test_teardown(test_nobody_at_all, free_all),
        cmocka_unit_test_teardown(test_credit_that_changes_hands, free_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
