/* SPDX-License-Identifier: MIT */
/* Signatures as other programs check them, and secrets that are none. */
#include "signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The example that libraries of Standard Webhooks test themselves with. */
static void a_known_signature(void **state)
{
    static const char body[] = "{\"test\": 2432232314}";
    struct secret secret = { 0 };
    char signature[SIGNATURE_SIZE];
    (void)state;
    assert_true(secret_read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &secret));
    assert_int_equal(secret.length, 24);
    signature_make(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, sizeof body - 1, signature);
    assert_string_equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    secret_free(&secret);
    assert_null(secret.bytes);
}

static void a_text_is_its_own_bytes(void **state)
{
    struct secret secret = { 0 };
    (void)state;
    assert_true(secret_read("sixteen letters!", &secret));
    assert_int_equal(secret.length, 16);
    assert_memory_equal(secret.bytes, "sixteen letters!", 16);
    secret_free(&secret);
}

static void what_is_no_secret(void **state)
{
    static const char *const texts[] = {
        "",
        "too short",
        "fifteen letters",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa=S",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL===",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2L****",
        "whsec_====",
    };
    struct secret secret = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(secret_read(texts[i], &secret));
        assert_null(secret.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_signature),
        cmocka_unit_test(a_text_is_its_own_bytes),
        cmocka_unit_test(what_is_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
