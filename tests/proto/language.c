/* SPDX-License-Identifier: MIT */
/* The language belongs to the thread, and Danish works on a machine without a Danish locale. */
#include "language.h"
#include "error.h"

#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

/* any translated sentence would do */
static const char sentence[] = "BYMONTHDAY does not go with FREQ=WEEKLY; use MONTHLY";
static const char in_danish[] = "BYMONTHDAY passer ikke sammen med FREQ=WEEKLY; brug MONTHLY";

static void knows_tags(void **state)
{
    (void)state;
    assert_int_equal(language_from_tag("da"), DANISH);
    assert_int_equal(language_from_tag("da_DK.UTF-8"), DANISH);
    assert_int_equal(language_from_tag("da-DK"), DANISH);
    assert_int_equal(language_from_tag("da:en"), DANISH);
    assert_int_equal(language_from_tag("dav_KE"), ENGLISH);
    assert_int_equal(language_from_tag("en_DK.UTF-8"), ENGLISH);
    assert_int_equal(language_from_tag(""), ENGLISH);
    assert_int_equal(language_from_tag(NULL), ENGLISH);
}

static void reads_environment_in_order(void **state)
{
    (void)state;
    unsetenv("LANGUAGE");
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "da_DK.UTF-8", 1);
    assert_int_equal(language_of_environment(), DANISH);
    setenv("LC_MESSAGES", "en_GB.UTF-8", 1);
    assert_int_equal(language_of_environment(), ENGLISH);
    setenv("LC_ALL", "da_DK", 1);
    assert_int_equal(language_of_environment(), DANISH);
    setenv("LANGUAGE", "en:da", 1);
    assert_int_equal(language_of_environment(), ENGLISH);
    setenv("LC_ALL", "", 1);
    setenv("LANGUAGE", "", 1);
    assert_int_equal(language_of_environment(), ENGLISH);
}

static void is_danish_without_danish_locale(void **state)
{
    (void)state;
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "da_DK.UTF-8", 1);
    setlocale(LC_ALL, "");
    setenv("LANGUAGE", "en", 1);
    language_load();
    assert_int_equal(language_of_environment(), ENGLISH);
    assert_string_equal(language_translate(DANISH, sentence), in_danish);
    assert_ptr_equal(language_translate(ENGLISH, sentence), sentence);
    assert_string_equal(language_translate(DANISH, "no such sentence"), "no such sentence");
    assert_string_equal(language_translate(DANISH, ""), "");
    assert_null(language_translate(DANISH, NULL));
}

static void error_speaks_language_in_use(void **state)
{
    (void)state;
    struct error error = { 0 };
    language_load();
    language_use(DANISH);
    fail(&error, NOT_FOUND, NULL, "%s", _(sentence));
    assert_string_equal(error.text, in_danish);
    language_use(ENGLISH);
    fail(&error, NOT_FOUND, NULL, "%s", _(sentence));
    assert_string_equal(error.text, sentence);
}

static void *speak(void *argument)
{
    enum language language = *(enum language *)argument;
    language_use(language);
    for (int i = 0; i < 2000; i++)
        if (strcmp(_(sentence), language == DANISH ? in_danish : sentence) != 0)
            return argument;
    return NULL;
}

static void two_threads_two_languages(void **state)
{
    (void)state;
    pthread_t threads[2];
    enum language languages[] = { DANISH, ENGLISH };
    language_load();
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, speak, &languages[i]), 0);
    for (int i = 0; i < 2; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    assert_int_equal(language_in_use(), ENGLISH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_tags),
        cmocka_unit_test(reads_environment_in_order),
        cmocka_unit_test(is_danish_without_danish_locale),
        cmocka_unit_test(error_speaks_language_in_use),
        cmocka_unit_test(two_threads_two_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
