/* SPDX-License-Identifier: MIT */
/* The order in which letters go out. */
#include "queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct letter *letter_to(const char *to)
{
    struct letter *letter = calloc(1, sizeof *letter);
    letter->to = strdup(to);
    return letter;
}

static void add(struct queue *queue, const char *to)
{
    assert_true(queue_add(queue, letter_to(to)));
}

static void expect_next(struct queue *queue, struct letter **letter, const char *to)
{
    *letter = queue_next(queue);
    assert_non_null(*letter);
    assert_string_equal((*letter)->to, to);
}

static void finish(struct queue *queue, struct letter *letter)
{
    queue_done(queue, letter);
    letter_free(letter);
}

static void destinations_take_turns(void **state)
{
    struct queue queue = { .limit = 10, .limit_per_line = 2 };
    struct letter *went[5];
    (void)state;
    add(&queue, "1@a.example");
    add(&queue, "2@a.example");
    add(&queue, "3@A.Example"); /* the same destination */
    add(&queue, "4@b.example");
    add(&queue, "5@c.example");
    assert_int_equal(queue.waiting, 5);
    expect_next(&queue, &went[0], "1@a.example");
    expect_next(&queue, &went[1], "4@b.example");
    expect_next(&queue, &went[2], "5@c.example");
    expect_next(&queue, &went[3], "2@a.example");
    assert_null(queue_next(&queue)); /* two to one destination */
    finish(&queue, went[1]);
    assert_null(queue_next(&queue)); /* another's end makes no room there */
    finish(&queue, went[0]);
    expect_next(&queue, &went[4], "3@A.Example");
    for (int i = 2; i < 5; i++)
        finish(&queue, went[i]);
    assert_int_equal(queue.active, 0);
    assert_null(queue.lines);
}

static void each_webhook_is_a_destination(void **state)
{
    static const char url[] = "https://hooks.example/x";
    struct queue queue = { .limit = 10, .limit_per_line = 1 };
    struct letter *went[2], *letter;
    (void)state;
    for (int i = 0; i < 4; i++) {
        letter = letter_to(url);
        letter->webhook = strdup(i % 2 ? "chat" : "mine");
        assert_true(queue_add(&queue, letter));
    }
    assert_non_null(went[0] = queue_next(&queue));
    assert_non_null(went[1] = queue_next(&queue));
    assert_string_equal(letter_destination(went[0]), "mine");
    assert_string_equal(letter_destination(went[1]), "chat");
    assert_null(queue_next(&queue));
    letter = queue_take_waiting(&queue, went[0]);
    assert_string_equal(letter_destination(letter), "mine");
    assert_null(letter->next);
    letter_free(letter);
    finish(&queue, went[1]);
    letter = queue_next(&queue);
    assert_string_equal(letter_destination(letter), "chat");
    finish(&queue, went[0]);
    finish(&queue, letter);
    assert_null(queue.lines);
}

/* Whoever gives ids may choose one that is somebody's domain too. */
static void a_webhook_is_no_domain(void **state)
{
    struct queue queue = { .limit = 10, .limit_per_line = 1 };
    struct letter *post = letter_to("https://hooks.example/x"), *mail = letter_to("anna@firma.example");
    (void)state;
    post->webhook = strdup("firma.example");
    assert_true(queue_add(&queue, post) && queue_add(&queue, mail));
    assert_ptr_equal(queue_next(&queue), post);
    assert_ptr_equal(queue_next(&queue), mail);
    finish(&queue, post);
    finish(&queue, mail);
}

static void no_more_than_so_many_in_all(void **state)
{
    struct queue queue = { .limit = 3, .limit_per_line = 2 };
    struct letter *went[3], *last;
    char to[32];
    (void)state;
    for (int i = 0; i < 4; i++) {
        snprintf(to, sizeof to, "x@d%d.example", i);
        add(&queue, to);
    }
    for (int i = 0; i < 3; i++)
        assert_non_null(went[i] = queue_next(&queue));
    assert_null(queue_next(&queue));
    finish(&queue, went[1]);
    assert_non_null(last = queue_next(&queue));
    finish(&queue, went[0]);
    finish(&queue, went[2]);
    finish(&queue, last);
    assert_null(queue.lines);
}

static void a_line_does_not_grow_for_ever(void **state)
{
    struct queue queue = { .limit = 1, .limit_per_line = 1 };
    struct letter *excess = letter_to("x@dead.example");
    (void)state;
    for (int i = 0; i < LINE_LETTERS_MAX; i++)
        add(&queue, "x@dead.example");
    assert_false(queue_add(&queue, excess));
    letter_free(excess);
    add(&queue, "x@live.example");
    size_t count = 0;
    for (struct letter *letter = queue_take_waiting(&queue, NULL), *next; letter; letter = next, count++) {
        next = letter->next;
        letter_free(letter);
    }
    assert_int_equal(count, LINE_LETTERS_MAX + 1);
    assert_int_equal(queue.waiting, 0);
    assert_null(queue.lines);
}

static void who_waits_for_one_destination_is_taken_out_alone(void **state)
{
    struct queue queue = { .limit = 10, .limit_per_line = 1 };
    struct letter *dead, *live, *taken;
    (void)state;
    add(&queue, "1@dead.example");
    add(&queue, "2@dead.example");
    add(&queue, "3@dead.example");
    add(&queue, "1@live.example");
    add(&queue, "2@live.example");
    expect_next(&queue, &dead, "1@dead.example");
    expect_next(&queue, &live, "1@live.example");
    taken = queue_take_waiting(&queue, dead);
    assert_string_equal(taken->to, "2@dead.example");
    assert_string_equal(taken->next->to, "3@dead.example");
    assert_null(taken->next->next);
    letter_free(taken->next);
    letter_free(taken);
    assert_null(queue_take_waiting(&queue, dead));
    finish(&queue, dead);
    add(&queue, "4@dead.example"); /* it may come back */
    expect_next(&queue, &dead, "4@dead.example");
    finish(&queue, live);
    expect_next(&queue, &live, "2@live.example");
    finish(&queue, dead);
    finish(&queue, live);
    assert_null(queue.lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(destinations_take_turns),
        cmocka_unit_test(each_webhook_is_a_destination),
        cmocka_unit_test(a_webhook_is_no_domain),
        cmocka_unit_test(no_more_than_so_many_in_all),
        cmocka_unit_test(a_line_does_not_grow_for_ever),
        cmocka_unit_test(who_waits_for_one_destination_is_taken_out_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
