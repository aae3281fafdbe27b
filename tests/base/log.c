/* SPDX-License-Identifier: MIT */
/* What is logged is one line each, goes where stderr goes, and no field can pass for a line of its own. */
#include "log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char written[4096];

/* What comes out on stderr meanwhile. */
static void catch_lines(void (*write_some)(void))
{
    int ends[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    write_some();
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(ends[1]);
    ssize_t length = read(ends[0], written, sizeof written - 1);
    written[length > 0 ? length : 0] = 0;
    close(ends[0]);
    close(before);
}

static void one(void)
{
    log_write(LOG_LEVEL_NOTICE, "serving", "VERSION", "1", "WHERE", "here", NULL);
}

static void hostile(void)
{
    log_write(LOG_LEVEL_ERROR, "failed", "REASON", "x\nlaugd: all is well\x1b[2J", NULL);
}

static void long_one(void)
{
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    log_write(LOG_LEVEL_ERROR, "failed", "A", text, "B", text, NULL);
}

static void quiet(void)
{
    log_write(LOG_LEVEL_DEBUG, "nothing", NULL);
    log_threshold(LOG_LEVEL_ERROR);
    log_write(LOG_LEVEL_WARNING, "nothing", NULL);
    log_threshold(LOG_LEVEL_INFO);
}

static void writes_a_line_with_its_fields(void **state)
{
    (void)state;
    catch_lines(one);
    assert_string_equal(written, "laugd: serving; VERSION=1 WHERE=here\n");
}

static void a_field_begins_no_line(void **state)
{
    (void)state;
    catch_lines(hostile);
    assert_string_equal(written, "laugd: failed; REASON=x?laugd: all is well?[2J\n");
}

static void long_fields_are_cut(void **state)
{
    (void)state;
    catch_lines(long_one);
    assert_true(strlen(written) < 1100);
    assert_non_null(strstr(written, " B=xxx"));
    assert_int_equal(written[strlen(written) - 1], '\n');
}

static void what_is_less_urgent_is_dropped(void **state)
{
    (void)state;
    catch_lines(quiet);
    assert_string_equal(written, "");
}

int main(void)
{
    /* inherited from a service that started us, whose stderr is not ours */
    setenv("JOURNAL_STREAM", "1:1", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_line_with_its_fields),
        cmocka_unit_test(a_field_begins_no_line),
        cmocka_unit_test(long_fields_are_cut),
        cmocka_unit_test(what_is_less_urgent_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
