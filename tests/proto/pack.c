/* SPDX-License-Identifier: MIT */
/* What comes from the wire is exactly what the record says, and every deviation is refused with its field. */
#include "pack.h"

#include "day.h"
#include "frame.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#define BYTES(literal) ((struct packed){ (literal), sizeof(literal) - 1 })

/* The four fields that must be there, and what comes behind them in a map of `pairs`. */
#define REQUIRED                                                                                             \
    "\xa4text\xa3"                                                                                           \
    "abc\xa2"                                                                                                \
    "at\xb4"                                                                                                 \
    "2027-03-01T08:00:00Z\xa5local\xb0"                                                                      \
    "2027-03-01T09:00\xa2on\xaa"                                                                             \
    "2027-03-01"
#define WITH_ONE(more) BYTES("\x85" REQUIRED more)
#define WITH_TWO(more) BYTES("\x86" REQUIRED more)

static struct arena arena;
static struct error error;

/* Unpacks from a block of just that size, so that a step beyond the end is seen by the sanitizer. */
static enum code unpack(struct packed bytes, struct sample *sample, const char **request_id)
{
    char *copy = malloc(bytes.size);
    memcpy(copy, bytes.bytes, bytes.size);
    *sample = (struct sample){ 0 };
    assert_int_equal(frame_value_length(copy, bytes.size), bytes.size);
    enum code code = record_unpack(&sample_record, (struct packed){ copy, bytes.size }, sample, request_id,
                                   &arena, &error);
    if (code == OK)
        code = record_check(&sample_record, sample, &error);
    free(copy);
    return code;
}

static void expect_invalid(struct packed bytes, const char *field)
{
    struct sample sample;
    assert_int_equal(unpack(bytes, &sample, NULL), INVALID);
    assert_string_equal(error.field, field);
    assert_true(*error.text);
}

static int start(void **state)
{
    (void)state;
    arena = (struct arena){ 0 };
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void sets_defaults(void **state)
{
    (void)state;
    struct sample sample;
    assert_int_equal(unpack(BYTES("\x84" REQUIRED), &sample, NULL), OK);
    assert_string_equal(sample.text, "abc");
    assert_int_equal(sample.number, 7);
    assert_int_equal(sample.minutes, 30);
    assert_true(sample.is_good);
    assert_int_equal(sample.colour, GREEN);
    assert_int_equal(sample.on, day_from_civil((struct civil){ 2027, 3, 1 }));
    assert_int_equal(sample.at, (int64_t)sample.on * DAY_SECONDS + 8 * 3600);
    assert_int_equal(sample.local, (int64_t)sample.on * DAY_SECONDS + 9 * 3600);
    assert_null(sample.maybe);
    assert_null(sample.inner);
    assert_null(sample.value.bytes);
    assert_int_equal(sample.texts_count, 0);
}

static void nil_is_the_same_as_absent(void **state)
{
    (void)state;
    struct sample sample;
    assert_int_equal(unpack(WITH_TWO("\xa6number\xc0\xa5maybe\xc0"), &sample, NULL), OK);
    assert_int_equal(sample.number, 7);
    assert_null(sample.maybe);
    expect_invalid(BYTES("\x81\xa4text\xc0"), "text");
}

static void names_what_is_missing(void **state)
{
    (void)state;
    struct sample sample = { 0 };
    expect_invalid(BYTES("\x80"), "text");
    expect_invalid(BYTES("\x81\xa4text\xa3"
                         "abc"),
                   "at");
    assert_int_equal(record_unpack(&sample_record, (struct packed){ NULL, 0 }, &sample, NULL, &arena, &error),
                     INVALID);
    assert_string_equal(error.field, "text");
}

static void refuses_names_that_nobody_knows(void **state)
{
    (void)state;
    expect_invalid(WITH_ONE("\xa6"
                            "colors\x01"),
                   "colors");
    expect_invalid(WITH_ONE("\xa3tex\x01"), "tex");
    expect_invalid(WITH_ONE("\xa5texts"
                            "\x05"),
                   "texts");
    expect_invalid(WITH_ONE("\x05\x05"), "");
    expect_invalid(WITH_ONE("\xc0\x05"), "");
    expect_invalid(WITH_ONE("\xc4\x04text\x05"), ""); /* a name in bytes */
    expect_invalid(WITH_ONE("\xa2\xc3\x28\x05"), ""); /* a name in bad UTF-8 is not repeated to the caller */
    expect_invalid(WITH_ONE("\xa0\x05"), "");
    /* a NUL in a name does not make it another one, and nothing is read behind the end of the real one */
    expect_invalid(WITH_ONE("\xb2number\0number12345\x05"), "number");
    expect_invalid(WITH_ONE("\xa7number\0\x05"), "number");
}

static void refuses_the_same_name_twice(void **state)
{
    (void)state;
    expect_invalid(WITH_TWO("\xa6number\x05\xa6number\x05"), "number");
    expect_invalid(WITH_TWO("\xa6number\xc0\xa6number\x05"), "number");
    expect_invalid(WITH_TWO("\xa6number\x05\xa6number\xc0"), "number");
    expect_invalid(WITH_TWO("\xa5texts\x91\xa1x\xa5texts\x91\xa1y"), "texts");
    expect_invalid(WITH_ONE("\xa5inner\x82\xa4word\xa1x\xa4word\xa1y"), "word");
}

static void refuses_wrong_types(void **state)
{
    (void)state;
    expect_invalid(WITH_ONE("\xa6number\xa1"
                            "7"),
                   "number");
    expect_invalid(WITH_ONE("\xa6number\xc3"), "number");
    expect_invalid(WITH_ONE("\xa6number\x90"), "number");
    expect_invalid(WITH_ONE("\xa6number\xcb\x40\x00\x00\x00\x00\x00\x00\x00"), "number"); /* 2.0 */
    expect_invalid(WITH_ONE("\xa6number\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"), "number"); /* NaN */
    expect_invalid(WITH_ONE("\xa6number\xca\x7f\x80\x00\x00"), "number");                 /* infinite */
    expect_invalid(WITH_ONE("\xa6number\xd4\x05\x00"), "number");                         /* ext */
    expect_invalid(WITH_ONE("\xa6number\xc4\x01\x05"), "number");                         /* bin */
    expect_invalid(WITH_ONE("\xa7is_good\x01"), "is_good");
    expect_invalid(WITH_ONE("\xa7is_good\xa3yes"), "is_good");
    expect_invalid(WITH_ONE("\xa4note\x05"), "note");
    expect_invalid(WITH_ONE("\xa4note\xc4\x01x"), "note");
    expect_invalid(WITH_ONE("\xa5texts\xa1x"), "texts");
    expect_invalid(WITH_ONE("\xa5texts\x92\xa1x\x05"), "texts");
    expect_invalid(WITH_ONE("\xa5texts\x92\xa1x\xc0"), "texts");
    expect_invalid(WITH_ONE("\xa5inner\x90"), "");
    expect_invalid(WITH_ONE("\xa5inner\x80"), "word");
    expect_invalid(WITH_ONE("\xa6inners\x92\x81\xa4word\xa1x\x80"), "word");
    expect_invalid(BYTES("\x90"), "");
    expect_invalid(BYTES("\x05"), "");
}

static void keeps_integers_below_2_to_the_53(void **state)
{
    (void)state;
    struct sample sample;
    assert_int_equal(unpack(WITH_ONE("\xa6number\xcf\x00\x1f\xff\xff\xff\xff\xff\xff"), &sample, NULL), OK);
    assert_true(sample.number == INT64_C(9007199254740991));
    expect_invalid(WITH_ONE("\xa6number\xcf\x00\x20\x00\x00\x00\x00\x00\x00"), "number");
    expect_invalid(WITH_ONE("\xa6number\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), "number");
    expect_invalid(WITH_ONE("\xa6number\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), "number");
    expect_invalid(WITH_ONE("\xa6number\xd3\xff\xe0\x00\x00\x00\x00\x00\x00"), "number");
    assert_int_equal(unpack(WITH_ONE("\xa6number\xf6"), &sample, NULL), OK);
    assert_true(sample.number == -10);
    expect_invalid(WITH_ONE("\xa6number\xf5"), "number");
    /* the same number in its longest form is the same number */
    assert_int_equal(unpack(WITH_ONE("\xa6number\xcf\x00\x00\x00\x00\x00\x00\x00\x05"), &sample, NULL), OK);
    assert_true(sample.number == 5);
}

static void refuses_text_that_is_none(void **state)
{
    (void)state;
    expect_invalid(WITH_ONE("\xa4note\xa2\xc3\x28"), "note");         /* not UTF-8 */
    expect_invalid(WITH_ONE("\xa4note\xa2\xc0\xaf"), "note");         /* over-long */
    expect_invalid(WITH_ONE("\xa4note\xa3\xed\xa0\x80"), "note");     /* a surrogate */
    expect_invalid(WITH_ONE("\xa4note\xa4\xf4\x90\x80\x80"), "note"); /* beyond U+10FFFF */
    expect_invalid(WITH_ONE("\xa4note\xa1\xc3"), "note");             /* cut */
    expect_invalid(WITH_ONE("\xa4note\xa3x\0y"), "note");
    expect_invalid(WITH_ONE("\xa4note\xa3x\x1by"), "note");
    expect_invalid(WITH_ONE("\xa5texts\x91\xa3x\ny"), "texts");
}

static void refuses_words_that_are_none(void **state)
{
    (void)state;
    expect_invalid(WITH_ONE("\xa6"
                            "colour\xa5"
                            "black"),
                   "colour");
    expect_invalid(WITH_ONE("\xa6"
                            "colour\xa2"
                            "re"),
                   "colour");
    expect_invalid(WITH_ONE("\xa6"
                            "colour\xa0"),
                   "colour");
    expect_invalid(WITH_ONE("\xa6"
                            "colour\xad"
                            "red\0green4567"),
                   "colour");
}

static void counts_items(void **state)
{
    (void)state;
    struct sample sample;
    assert_int_equal(unpack(WITH_ONE("\xa7numbers\x95\x01\x02\x03\x04\x05"), &sample, NULL), OK);
    assert_int_equal(sample.numbers_count, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(sample.numbers[i], i + 1);
    expect_invalid(WITH_ONE("\xa7numbers\x96\x01\x02\x03\x04\x05\x06"), "numbers");
}

static void keeps_any_value_as_it_came(void **state)
{
    (void)state;
    struct sample sample;
    assert_int_equal(unpack(WITH_ONE("\xa5value\x82\xa1"
                                     "a\x92\x01\xc0\xa1"
                                     "b\x81\xa1"
                                     "c\xc3"),
                            &sample, NULL),
                     OK);
    assert_int_equal(sample.value.size, 12);
    assert_memory_equal(sample.value.bytes,
                        "\x82\xa1"
                        "a\x92\x01\xc0\xa1"
                        "b\x81\xa1"
                        "c\xc3",
                        12);
    expect_invalid(WITH_ONE("\xa5value\x91\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"), "value");
    expect_invalid(WITH_ONE("\xa5value\x81\xa1"
                            "a\xc4\x01x"),
                   "value");
    expect_invalid(WITH_ONE("\xa5value\xd4\x05\x00"), "value");
}

static void takes_request_ids_of_writes_only(void **state)
{
    (void)state;
    struct sample sample;
    const char *id;
    assert_int_equal(unpack(WITH_ONE("\xaarequest_id\xa3r-1"), &sample, &id), OK);
    assert_string_equal(id, "r-1");
    assert_int_equal(unpack(BYTES("\x84" REQUIRED), &sample, &id), OK);
    assert_null(id);
    assert_int_equal(unpack(WITH_ONE("\xaarequest_id\xc0"), &sample, &id), OK);
    assert_null(id);
    expect_invalid(WITH_ONE("\xaarequest_id\xa3r-1"), "request_id");
    assert_int_equal(unpack(WITH_TWO("\xaarequest_id\xa1x\xaarequest_id\xa1x"), &sample, &id), INVALID);
    assert_int_equal(unpack(WITH_TWO("\xaarequest_id\xc0\xaarequest_id\xa1x"), &sample, &id), INVALID);
    assert_int_equal(unpack(WITH_ONE("\xaarequest_id\xa0"), &sample, &id), INVALID);
    assert_int_equal(unpack(WITH_ONE("\xaarequest_id\x05"), &sample, &id), INVALID);
    assert_int_equal(unpack(WITH_ONE("\xaarequest_id\xd9\x41"
                                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
                            &sample, &id),
                     INVALID);
    assert_string_equal(error.field, "request_id");
}

/* ---- to the wire ---- */

static void packs_what_it_unpacked(void **state)
{
    (void)state;
    struct sample sample;
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    assert_int_equal(unpack(BYTES("\x8c" REQUIRED "\xa5maybe\x00\xa7perhaps\xc2\xa5inner\x82\xa4word\xa1x\xa5"
                                  "count\x09\xa5value\x91\xc0\xa4"
                                  "days\x92\xaa"
                                  "2024-02-29\xaa"
                                  "0001-01-01\xa6inners\x91\x81\xa4word\xa1y\xa7"
                                  "colours\x92\xa4"
                                  "blue\xa3red\xa4note\xa3x\ny"),
                            &sample, NULL),
                     OK);
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    record_pack(&sample_record, &sample, &packer, &arena);
    static const char expected[] = "\xde\x00\x12\xa4text\xa3"
                                   "abc\xa4note\xa3x\ny\xa6number\x07\xa7minutes\x1e\xa2"
                                   "at\xb4"
                                   "2027-03-01T08:00:00Z\xa5local\xb0"
                                   "2027-03-01T09:00\xa7is_good\xc3\xa2on\xaa"
                                   "2027-03-01\xa6"
                                   "colour\xa5green\xa5inner\x82\xa4word\xa1x\xa5"
                                   "count\x09\xa5maybe\x00\xa7perhaps\xc2\xa5value\x91\xc0\xa5texts\x90\xa7"
                                   "numbers\x90\xa4"
                                   "days\x92\xaa"
                                   "2024-02-29\xaa"
                                   "0001-01-01\xa6inners\x91\x81\xa4word\xa1y\xa7"
                                   "colours\x92\xa4"
                                   "blue\xa3red";
    assert_int_equal(buffer.size, sizeof expected - 1);
    assert_memory_equal(buffer.data, expected, buffer.size);
    struct sample again;
    assert_int_equal(unpack((struct packed){ buffer.data, buffer.size }, &again, NULL), OK);
    assert_int_equal(again.days[1], day_from_civil((struct civil){ 1, 1, 1 }));
    msgpack_sbuffer_destroy(&buffer);
}

static void packs_failures(void **state)
{
    (void)state;
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    struct error one = { .code = NOT_FOUND, .field = "person", .text = "no person is called \"anna\"" };
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    pack_failure(&packer, 7, &one);
    static const char caller[] = "\x94\x01\x07\x92\x01\xd9\x2c"
                                 "not_found person: no person is called \"anna\"\xc0";
    assert_int_equal(buffer.size, sizeof caller - 1);
    assert_memory_equal(buffer.data, caller, buffer.size);
    buffer.size = 0;
    one = (struct error){ .code = BUSY, .text = "wait" };
    pack_failure(&packer, UINT32_MAX, &one);
    static const char service[] = "\x94\x01\xce\xff\xff\xff\xff\x92\x00\xaa"
                                  "busy: wait\xc0";
    assert_int_equal(buffer.size, sizeof service - 1);
    assert_memory_equal(buffer.data, service, buffer.size);
    msgpack_sbuffer_destroy(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sets_defaults, start, end),
        cmocka_unit_test_setup_teardown(nil_is_the_same_as_absent, start, end),
        cmocka_unit_test_setup_teardown(names_what_is_missing, start, end),
        cmocka_unit_test_setup_teardown(refuses_names_that_nobody_knows, start, end),
        cmocka_unit_test_setup_teardown(refuses_the_same_name_twice, start, end),
        cmocka_unit_test_setup_teardown(refuses_wrong_types, start, end),
        cmocka_unit_test_setup_teardown(keeps_integers_below_2_to_the_53, start, end),
        cmocka_unit_test_setup_teardown(refuses_text_that_is_none, start, end),
        cmocka_unit_test_setup_teardown(refuses_words_that_are_none, start, end),
        cmocka_unit_test_setup_teardown(counts_items, start, end),
        cmocka_unit_test_setup_teardown(keeps_any_value_as_it_came, start, end),
        cmocka_unit_test_setup_teardown(takes_request_ids_of_writes_only, start, end),
        cmocka_unit_test_setup_teardown(packs_what_it_unpacked, start, end),
        cmocka_unit_test_setup_teardown(packs_failures, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
