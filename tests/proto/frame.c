/* SPDX-License-Identifier: MIT */
/* Frames are found whole wherever the stream is cut, and what can be none is refused before it is waited for.
 */
#include "frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

/* Bytes as a literal, with their length: the NUL at its end is not one of them. */
#define BYTES(literal) (literal), sizeof(literal) - 1

/* Looks at `size` bytes in a block of their own, so that a step beyond them is seen by the sanitizer. */
static enum code look(const char *bytes, size_t size, size_t *length)
{
    struct frame_scan scan = { 0 };
    struct error error;
    char *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    enum code code = frame_next(&scan, copy, size, length, &error);
    free(copy);
    return code;
}

static void expect_whole(const char *bytes, size_t size)
{
    size_t length = 0;
    assert_int_equal(look(bytes, size, &length), OK);
    assert_int_equal(length, size);
    assert_int_equal(frame_value_length(bytes, size), size);
}

static void expect_refused(const char *bytes, size_t size, enum code code)
{
    size_t length = 77;
    assert_int_equal(look(bytes, size, &length), code);
    assert_int_equal(length, 77);
    assert_int_equal(frame_value_length(bytes, size), 0);
}

/* One value of every form that MessagePack has, one behind the other in an array. */
static const char every_form[] =
    "\xdc\x00\x29"
    "\x00\x7f\xe0\xff\xc0\xc2\xc3" /* small integers, nil, bool */
    "\xa0\xa3"
    "abc\x80\x81\x01\x02\x90\x92\x01\x02" /* fixstr, fixmap, fixarray */
    "\xc4\x02"
    "ab\xc5\x00\x01z\xc6\x00\x00\x00\x00" /* bin */
    "\xc7\x02\x05"
    "ab\xc8\x00\x01\x05z\xc9\x00\x00\x00\x00\x05" /* ext */
    "\xca"
    "1234\xcb"
    "12345678\xcc"
    "1\xcd"
    "12\xce"
    "1234\xcf"
    "12345678" /* float, uint */
    "\xd0"
    "1\xd1"
    "12\xd2"
    "1234\xd3"
    "12345678" /* int */
    "\xd4\x05"
    "1\xd5\x05"
    "12\xd6\x05"
    "1234\xd7\x05"
    "12345678\xd8\x05"
    "1234567890123456" /* fixext */
    "\xd9\x01"
    "a\xda\x00\x02"
    "ab\xdb\x00\x00\x00\x00"                                                        /* str */
    "\xdc\x00\x01\x07\xdd\x00\x00\x00\x00\xde\x00\x00\xdf\x00\x00\x00\x01\x01\x02"; /* array, map */

static void finds_every_form_of_value(void **state)
{
    (void)state;
    expect_whole(every_form, sizeof every_form - 1);
}

static const char request[] = "\x94\x00\xcd\x12\x34\xa9team.list\x91\x82\xa5limit\x05\xa5"
                              "after\xd9\x03"
                              "abc";

/* Whatever came first and whatever comes then, byte by byte, piece by piece: the same frame. */
static void resumes_at_every_split(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        size_t size;
    } streams[] = { { BYTES(request) },
                    { BYTES("\x05") },
                    { BYTES("\xdc\x00\x02\x92\x01\x93\xa0\xc0\xc4\x01z\xdf\x00\x00\x00\x01\xa1"
                            "a\xd8\x05"
                            "1234567890123456") } };
    for (size_t s = 0; s < sizeof streams / sizeof *streams; s++)
        for (size_t first = 0; first <= streams[s].size; first++)
            for (size_t second = first; second <= streams[s].size; second++) {
                struct frame_scan scan = { 0 };
                struct error error;
                size_t length = 0;
                const size_t cuts[] = { first, second, streams[s].size };
                for (size_t i = 0; i < 3; i++) {
                    char *copy = malloc(cuts[i] + 1); /* moved each time, as the peer's buffer is */
                    memcpy(copy, streams[s].bytes, cuts[i]);
                    enum code code = frame_next(&scan, copy, cuts[i], &length, &error);
                    assert_int_equal(code, cuts[i] == streams[s].size ? OK : BUSY);
                    free(copy);
                    if (code == OK)
                        break;
                }
                assert_int_equal(length, streams[s].size);
            }
}

static void leaves_the_next_frame_alone(void **state)
{
    (void)state;
    struct frame_scan scan = { 0 };
    struct error error;
    char two[2 * sizeof request];
    size_t length = 0, size = sizeof request - 1;
    memcpy(two, request, size);
    memcpy(two + size, request, size);
    assert_int_equal(frame_next(&scan, two, 2 * size, &length, &error), OK);
    assert_int_equal(length, size);
}

static void refuses_the_byte_that_is_never_used(void **state)
{
    (void)state;
    expect_refused(BYTES("\xc1"), INVALID);
    expect_refused(BYTES("\x94\x00\x07\xa1"
                         "a\xc1"),
                   INVALID);
}

static void refuses_at_depth_17(void **state)
{
    (void)state;
    char arrays[64], maps[64];
    memset(arrays, '\x91', sizeof arrays);
    arrays[16] = '\xc0';
    expect_whole(arrays, 17); /* sixteen arrays and a nil inside */
    arrays[16] = '\x91';
    arrays[17] = '\xc0';
    expect_refused(arrays, 18, INVALID);
    arrays[16] = '\x90'; /* also one that holds nothing */
    expect_refused(arrays, 17, INVALID);
    for (size_t i = 0; i < 20; i++)
        memcpy(maps + 2 * i, "\x81\x01", 2);
    maps[32] = '\x02';
    expect_whole(maps, 33);
    maps[32] = '\x80';
    expect_refused(maps, 33, INVALID);
}

static void is_not_confused_by_many_siblings(void **state)
{
    (void)state;
    /* a hundred arrays beside each other are no deeper than one */
    char bytes[1 + 2 + 100 * 16];
    size_t size = 0;
    memcpy(bytes, "\xdc\x00\x64", 3);
    size = 3;
    for (int i = 0; i < 100; i++) {
        memset(bytes + size, '\x91', 15);
        bytes[size + 15] = '\xc0';
        size += 16;
    }
    expect_whole(bytes, size);
}

/* Nothing that is declared is waited for where it cannot be taken. */
static void refuses_lengths_that_cannot_fit(void **state)
{
    (void)state;
    expect_refused(BYTES("\xdf\xff\x33\xc1\xff"), TOO_LARGE); /* makes msgpack-c ask for 256 GiB */
    expect_refused(BYTES("\xdd\xff\xff\xff\xff"), TOO_LARGE);
    expect_refused(BYTES("\xdf\xff\xff\xff\xff"), TOO_LARGE);
    expect_refused(BYTES("\xdb\xff\xff\xff\xff"), TOO_LARGE);
    expect_refused(BYTES("\xc6\xff\xff\xff\xff"), TOO_LARGE);
    expect_refused(BYTES("\xc9\xff\xff\xff\xff"), TOO_LARGE);
    expect_refused(BYTES("\xdd\x00\x10\x00\x00"),
                   TOO_LARGE);                           /* 1 Mi values, and the head: one byte too many */
    expect_refused(BYTES("\xdd\x00\x0f\xff\xfb"), BUSY); /* just fits */
    expect_refused(BYTES("\xdf\x00\x08\x00\x00"), TOO_LARGE); /* a pair is two values */
}

static void takes_one_mebibyte_and_not_a_byte_more(void **state)
{
    (void)state;
    char *bytes = calloc(1, FRAME_SIZE + 1);
    memcpy(bytes, "\xdb\x00\x0f\xff\xfb", 5);
    expect_whole(bytes, FRAME_SIZE);
    expect_refused(bytes, FRAME_SIZE - 1, BUSY);
    memcpy(bytes, "\xdb\x00\x0f\xff\xfc", 5);
    expect_refused(bytes, 5, TOO_LARGE);
    /* in many pieces: the one that crosses the line is refused */
    memcpy(bytes, "\x92\xc6\x00\x08\x00\x00", 6);
    memcpy(bytes + 6 + (512 << 10), "\xc6\x00\x08\x00\x00", 5);
    expect_refused(bytes, 6 + (512 << 10) + 5, TOO_LARGE);
    free(bytes);
}

/* ---- what a frame says ---- */

static enum code take_apart(const char *bytes, size_t size, struct message *message)
{
    static char *kept;
    struct error error;
    free(kept);
    kept = malloc(size ? size : 1);
    memcpy(kept, bytes, size);
    return frame_open(kept, size, message, &error);
}

static void opens_a_request(void **state)
{
    (void)state;
    struct message message;
    assert_int_equal(take_apart(BYTES(request), &message), OK);
    assert_int_equal(message.type, MESSAGE_REQUEST);
    assert_true(message.has_id);
    assert_int_equal(message.id, 0x1234);
    assert_int_equal(message.method_length, 9);
    assert_memory_equal(message.method, "team.list", 9);
    assert_int_equal(message.params.size, sizeof request - 1 - 16);
    assert_int_equal((unsigned char)message.params.bytes[0], 0x82);
}

static void opens_what_has_no_parameters(void **state)
{
    (void)state;
    struct message message;
    assert_int_equal(take_apart(BYTES("\x94\x00\x07\xa3x.y\x90"), &message), OK);
    assert_null(message.params.bytes);
    assert_int_equal(take_apart(BYTES("\x94\x00\xce\xff\xff\xff\xff\xa3x.y\x90"), &message), OK);
    assert_int_equal(message.id, UINT32_MAX);
    assert_int_equal(take_apart(BYTES("\x94\x00\xcf\x00\x00\x00\x00\x00\x00\x00\x09\xa3x.y\x90"), &message),
                     OK);
    assert_int_equal(message.id, 9);
}

static void opens_notifications_and_responses(void **state)
{
    (void)state;
    struct message message;
    assert_int_equal(take_apart(BYTES("\x93\x02\xa5"
                                      "event\x91\x80"),
                                &message),
                     OK);
    assert_int_equal(message.type, MESSAGE_NOTIFICATION);
    assert_false(message.has_id);
    assert_int_equal(take_apart(BYTES("\x94\x01\x07\xc0\x92\x01\x02"), &message), OK);
    assert_int_equal(message.type, MESSAGE_RESPONSE);
    assert_int_equal(message.error.size, 1);
    assert_int_equal(message.params.size, 3);
}

/* The number is recovered from whatever is broken behind it, so that the refusal reaches the right call. */
static void recovers_the_number_of_a_broken_request(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } broken[] = {
        { BYTES("\x94\x00\x07") },
        { BYTES("\x94\x00\x07\xc1") },
        { BYTES("\x94\x00\x07\x05\x90") },            /* the method is a number */
        { BYTES("\x94\x00\x07\xc4\x01x\x90") },       /* bytes */
        { BYTES("\x94\x00\x07\xa3x.y\x80") },         /* parameters are a map */
        { BYTES("\x94\x00\x07\xa3x.y\x92\x80\x80") }, /* two of them */
        { BYTES("\x94\x00\x07\xa3x.y\x91\xdb\xff\xff\xff\xff") },
        { BYTES("\x94\x00\x07\xa3x."
                "y\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\xc0") },
        { BYTES("\x94\x00\x07\xdb\xff\xff\xff\xff") },
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct message message;
        assert_int_equal(take_apart(broken[i].bytes, broken[i].size, &message), INVALID);
        assert_true(message.has_id);
        assert_int_equal(message.id, 7);
        assert_int_equal(message.type, MESSAGE_REQUEST);
    }
}

static void knows_no_number_where_there_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } broken[] = {
        { BYTES("") },
        { BYTES("\x80") },
        { BYTES("\x05") },
        { BYTES("\x90") },
        { BYTES("\x94") },
        { BYTES("\x94\x00") },
        { BYTES("\x94\x00\xcd\x12") },        /* cut inside the number */
        { BYTES("\x94\x00\xff\xa3x.y\x90") }, /* negative */
        { BYTES("\x94\x00\xa1"
                "7\xa3x.y\x90") },                                            /* a text */
        { BYTES("\x94\x00\xcf\x00\x00\x00\x01\x00\x00\x00\x00\xa3x.y\x90") }, /* above 2^32 */
        { BYTES("\x94\x05\x07\xa3x.y\x90") },                                 /* type 5 */
        { BYTES("\x93\x00\x07\xa3x.y") },                                     /* three parts */
        { BYTES("\x95\x00\x07\xa3x.y\x90\xc0") },                             /* five */
        { BYTES("\xdf\xff\x33\xc1\xff") },
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct message message;
        assert_int_equal(take_apart(broken[i].bytes, broken[i].size, &message), INVALID);
        assert_false(message.has_id);
    }
}

/* Cut at any byte, an honest request is INVALID, never read beyond its end, and its number right or absent.
 */
static void opens_no_more_than_there_is(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof request - 1; size++) {
        struct message message;
        assert_int_equal(take_apart(request, size, &message), INVALID);
        assert_int_equal(message.has_id, size >= 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_form_of_value),
        cmocka_unit_test(resumes_at_every_split),
        cmocka_unit_test(leaves_the_next_frame_alone),
        cmocka_unit_test(refuses_the_byte_that_is_never_used),
        cmocka_unit_test(refuses_at_depth_17),
        cmocka_unit_test(is_not_confused_by_many_siblings),
        cmocka_unit_test(refuses_lengths_that_cannot_fit),
        cmocka_unit_test(takes_one_mebibyte_and_not_a_byte_more),
        cmocka_unit_test(opens_a_request),
        cmocka_unit_test(opens_what_has_no_parameters),
        cmocka_unit_test(opens_notifications_and_responses),
        cmocka_unit_test(recovers_the_number_of_a_broken_request),
        cmocka_unit_test(knows_no_number_where_there_is_none),
        cmocka_unit_test(opens_no_more_than_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
