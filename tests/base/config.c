/* SPDX-License-Identifier: MIT */
/* Settings: what the sample says is what holds, and what is wrong is named with its line and changes nothing.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

static char file[32];
static struct error error;

static enum code read_text(const char *text, struct config *config)
{
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
    config_default(config);
    return config_read(config, file, &error);
}

static int make_file(void **state)
{
    (void)state;
    strcpy(file, "/tmp/laug-config-XXXXXX");
    int fd = mkstemp(file);
    return fd < 0 ? 1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(file);
}

/* The sample with every # in front of a setting taken away is the same as no file at all. */
static void the_sample_is_the_default(void **state)
{
    (void)state;
    struct config from_sample, plain;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    config_print_sample(out);
    fclose(out);
    for (char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (line[0] == '#' && line[1] != ' ')
            line[0] = ' ';
    for (char *c = strstr(text, "\n "); c; c = strstr(c, "\n ")) /* and begins at the margin */
        memmove(c + 1, c + 2, strlen(c + 2) + 1);
    assert_non_null(strstr(text, "\nConnections=12000\n"));
    assert_int_equal(read_text(text, &from_sample), OK);
    config_default(&plain);
    assert_memory_equal(&from_sample, &plain, sizeof plain);
    free(text);
}

static void reads_each_kind(void **state)
{
    (void)state;
    struct config config;
    assert_int_equal(read_text("# a comment\n[Service]\nState=/srv/laug\nGroupCommit=no\n\n[Limits]\n"
                               "Connections = 7\n",
                               &config),
                     OK);
    assert_string_equal(config.state, "/srv/laug");
    assert_false(config.group_commit);
    assert_int_equal(config.connections, 7);
    assert_int_equal(config.idle_seconds, 600);
}

static void names_what_is_wrong_and_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field, *says;
    } wrong[] = {
        {"[Limits]\nConnections=0\n",                  "Connections", "1 to 100000"          },
        { "[Limits]\nConnections=100001\n",            "Connections", "line 2"               },
        { "[Limits]\nConnections=many\n",              "Connections", "many"                 },
        { "[Limits]\nConnections=\n",                  "Connections", "number"               },
        { "[Limits]\nConnections=5x\n",                "Connections", "5x"                   },
        { "[Limits]\nConnections=99999999999999999\n", "Connections", "number"               },
        { "[Service]\nGroupCommit=maybe\n",            "GroupCommit", "neither yes nor"      },
        { "[Service]\nColour=red\n",                   "Colour",      "--sample"             },
        { "[Limits]\nState=/x\n",                      "State",       "[Limits]"             },
        { "State=/x\n",                                "State",       "no [Section]"         },
        { "[Service\nState=/x\n",                      "State",       "no [Section] (line 1)"},
        { "[Service]\nnonsense\n",                     "",            "line 2"               },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct config config, before;
        config_default(&before);
        assert_int_equal(read_text(wrong[i].text, &config), INVALID);
        assert_memory_equal(&config, &before, sizeof before);
        assert_non_null(strstr(error.text, file));
        if (!strstr(error.text, wrong[i].says) || strcmp(error.field, wrong[i].field) != 0) {
            print_error("\"%s\": %s: %s\n", wrong[i].text, error.field, error.text);
            _fail(__FILE__, __LINE__);
        }
    }
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    struct config config;
    char text[800] = "[Service]\nSocket=/";
    memset(text + strlen(text), 'x', CONFIG_TEXT_SIZE);
    assert_int_equal(read_text(text, &config), INVALID);
    assert_string_equal(config.socket, "/run/laug/laug.sock");
}

static void says_when_there_is_no_file(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    assert_int_equal(config_read(&config, "/nonexistent/laugd.conf", &error), UNAVAILABLE);
    assert_non_null(strstr(error.text, "/nonexistent/laugd.conf"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_sample_is_the_default, make_file, remove_file),
        cmocka_unit_test_setup_teardown(reads_each_kind, make_file, remove_file),
        cmocka_unit_test_setup_teardown(names_what_is_wrong_and_changes_nothing, make_file, remove_file),
        cmocka_unit_test_setup_teardown(refuses_what_does_not_fit, make_file, remove_file),
        cmocka_unit_test_setup_teardown(says_when_there_is_no_file, make_file, remove_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
