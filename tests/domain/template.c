/* SPDX-License-Identifier: MIT */
/* What is written to people: each kind in both languages, mistakes told with their place, and names that are
 * only ever text. */
#include "template.h"
#include "letter.h"
#include "method.h"
#include "post.h"
#include "reminder_plan.h"
#include "template_parse.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the built-in ones ---- */

/* The words in braces of a text, each once, in the order of enum template_word. */
static unsigned words_in(const char *text)
{
    unsigned found = 0;
    for (int i = 0; i < TEMPLATE_WORDS; i++) {
        char braced[40];
        snprintf(braced, sizeof braced, "{%s}", template_word_names[i]);
        found |= strstr(text, braced) ? 1U << i : 0;
    }
    return found;
}

/* The command lines of a template. */
static void commands_of(const char *text, char commands[static 200])
{
    *commands = 0;
    for (const char *line = strstr(text, "\n    "); line; line = strstr(line + 1, "\n    "))
        strncat(commands, line, strcspn(line + 1, "\n") + 1);
}

static void every_kind_says_the_same_in_both_languages(void **state)
{
    (void)state;
    for (const struct template_source *source = template_sources; source->kind; source++) {
        char english[200], danish[200];
        commands_of(source->text[ENGLISH], english);
        commands_of(source->text[DANISH], danish);
        if (words_in(source->text[ENGLISH]) != words_in(source->text[DANISH]))
            print_error("%s has other words in braces in English than in Danish\n", source->kind);
        assert_int_equal(words_in(source->text[ENGLISH]), words_in(source->text[DANISH]));
        assert_string_equal(english, danish);
    }
}

static void every_notice_and_rule_has_a_template(void **state)
{
    static const char *const rules[] = { "turn",
                                         "open_turn",
                                         "sabbatical_preparation",
                                         "sabbatical_handover",
                                         "sabbatical_start",
                                         "sabbatical_report",
                                         "hire",
                                         "training",
                                         "certificate",
                                         "custom" };
    (void)state;
    for (int i = 0; i < NOTICES_COUNT; i++)
        assert_true(template_exists(notice_words[i]));
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        assert_true(template_exists(rules[i]));
    assert_false(template_exists("letter"));
}

/* The first command of a message names a method that there is. */
static void every_command_exists(void **state)
{
    (void)state;
    for (const struct template_source *source = template_sources; source->kind; source++) {
        const char *command = strstr(source->text[ENGLISH], "\n    laug ");
        char method[80] = "";
        if (!command)
            continue;
        char object[40], verb[40];
        assert_int_equal(sscanf(command, " laug %39s %39s", object, verb), 2);
        snprintf(method, sizeof method, "%s.%s", object, verb);
        if (!method_find(method, strlen(method)))
            print_error("%s: no method is called %s\n", source->kind, method);
        assert_non_null(method_find(method, strlen(method)));
    }
}

static void every_message_says_why_and_what_answers_it(void **state)
{
    (void)state;
    for (const struct template_source *source = template_sources; source->kind; source++) {
        bool is_to_all = strstr(source->kind, "_post") || strcmp(source->kind, POST_TEST) == 0;
        if (template_is_frame(source->kind) || (is_to_all && strcmp(source->kind, "post_failed") != 0))
            continue;
        assert_true(strstr(source->text[ENGLISH], "{why}") ||
                    strstr(source->text[ENGLISH], "You get this because"));
        assert_non_null(strstr(source->text[ENGLISH], "\n    laug "));
    }
}

/* ---- mistakes ---- */

static void mistakes_are_told_with_their_place(void **state)
{
    static const struct {
        const char *kind, *text, *told;
    } wrong[] = {
        {"turn",           "",                                     "f, line 0, column 1: a template begins with `subject"},
        { "turn",          "# only a comment\n",                   "f, line 1, column 1: a template begins with `subject"},
        { "turn",          "Hello\n",                              "f, line 1, column 1: a template begins with `subject"},
        { "turn",          "subject:  \n\nx\n",                    "f, line 1, column 9: the subject is missing"         },
        { "turn",          "subject: a\nb\n",                      "f, line 2, column 1: an empty line must stand"       },
        { "turn",          "subject: a\n\n\n",                     "nothing stands below the subject"                    },
        { "turn",          "subject: a {tilte}\n\nx\n",
         "f, line 1, column 13: there is no word {tilte}; did you mean {title}?"                                         },
        { "turn",          "subject: a\n\nx {zzzz}\n",
         "f, line 3, column 4: there is no word {zzzz}; here are {title}"                                                },
        { "turn",          "subject: a\n\nÆØÅ {title\n",        "f, line 3, column 5: this { is never closed"         },
        { "turn",          "subject: a\n\nx {a {title}\n",         "f, line 3, column 3: this { is never closed"         },
        { "turn",          "subject: a\n\nx title}\n",             "f, line 3, column 8: no { stands before this }"      },
        { "turn",          "subject: a\n\nx {}\n",                 "f, line 3, column 4: there is no word {}"            },
        { "turn",          "subject: a\n\nsmør \xff\n",           "f, line 3, column 6: this is no plain UTF-8 text"    },
        { "turn",          "subject: a\n\nx\a\n",                  "f, line 3, column 2: this is no plain UTF-8 text"    },
        { "turn",          "subject: a\n\n    laug x {title}\n",
         "f, line 3, column 12: in a command only {subject}, {person}"                                                   },
        { "turn",          "subject: a\n\n{message}\n",            "f, line 3, column 2: there is no word {message}"     },
        { "letter_single", "subject: a\n\nx\n",                    "{message} is missing"                                },
        { "letter_single", "subject: a\n\nx {message}\n",
         "f, line 3, column 3: {message} wants a paragraph of its own"                                                   },
        { "letter_single", "subject: a\n\n{message}\n\n{message}",
         "f, line 5, column 1: {message} is there already"                                                               },
        { "letter_single", "subject: {title}\n\n{message}\n",
         "f, line 1, column 11: there is no word {title}"                                                                },
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct arena arena = { 0 };
        struct template template;
        struct error error = { 0 };
        assert_int_equal(template_parse(&arena, "f", wrong[i].kind, wrong[i].text, strlen(wrong[i].text),
                                        &template, &error),
                         INVALID);
        if (!strstr(error.text, wrong[i].told))
            print_error("%s\n    is told as: %s\n", wrong[i].text, error.text);
        assert_non_null(strstr(error.text, wrong[i].told));
        arena_free(&arena);
    }
}

static void a_long_line_and_a_nul_are_refused(void **state)
{
    struct arena arena = { 0 };
    struct template template;
    struct error error = { 0 };
    char text[1200] = "subject: a\n\n";
    (void)state;
    memset(text + 12, 'x', 401);
    assert_int_equal(template_parse(&arena, "f", "turn", text, strlen(text), &template, &error), INVALID);
    assert_non_null(strstr(error.text, "line 3, column 401: this line is too long"));
    text[412] = 0;
    assert_int_equal(template_parse(&arena, "f", "turn", text, strlen(text), &template, &error), OK);
    assert_int_equal(template_parse(&arena, "f", "turn", "subject: a\n\nx\0y\n", 16, &template, &error),
                     INVALID);
    assert_non_null(strstr(error.text, "line 3, column 2"));
    arena_free(&arena);
}

/* Whatever bytes stand in a file, it is read or refused, and a file cut short anywhere as well. */
static void any_bytes_are_read_or_refused(void **state)
{
    unsigned chance = 1;
    (void)state;
    for (const struct template_source *source = template_sources; source->kind; source++)
        for (size_t length = strlen(source->text[DANISH]), i = 0; i < length; i++) {
            struct arena arena = { 0 };
            struct template template;
            struct error error = { 0 };
            char *text = strdup(source->text[DANISH]);
            chance = chance * 1103515245U + 12345U;
            text[i] = (char)(chance >> 16);
            (void)!template_parse(&arena, "f", source->kind, text, chance % 3 ? length : i, &template,
                                  &error);
            free(text);
            arena_free(&arena);
        }
}

/* ---- filling in ---- */

struct asked {
    const char *kind;
    struct template_words words;
    const char *expected_subject, *expected_text, *expected_html;
};

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("%s\n    is not in\n%s\n", part, text);
    assert_non_null(strstr(text, part));
}

static enum code write_one(struct call *call, void *user)
{
    const struct asked *asked = user;
    struct filled filled;
    struct letter_text letter;
    struct template_words frame = {
        .of = {[TEMPLATE_NAME] = "Åse", [TEMPLATE_PERSON] = "aase"}
    };
    if (template_fill(call, asked->kind, &asked->words, &filled) ||
        letter_write(call, "letter_single", &frame, &filled, 1, &letter))
        return call->error.code;
    assert_string_equal(letter.subject, asked->expected_subject);
    assert_has(letter.text, asked->expected_text);
    assert_has(letter.html, asked->expected_html);
    return OK;
}

static void a_letter_is_laid_out_for_reading(void **state)
{
    struct world *world = world_new("2027-01-04T08:00");
    struct asked turn = {
        "turn",
        { .of = { [TEMPLATE_TITLE] = "Fernisering & smørrebrød",
                  [TEMPLATE_SUBJECT] = "show-1",
                  [TEMPLATE_DAY] = "Monday 1 March 2027",
                  [TEMPLATE_WHEN] = "Monday 1 March 2027 at 10:00",
                  [TEMPLATE_WHY] = "You get this because it concerns you." } },
        "Your turn: Fernisering & smørrebrød, Monday 1 March 2027",
        "Hello Åse,\n\nYour turn for Fernisering & smørrebrød is on Monday 1 March 2027 at 10:00.\nIf you "
        "cannot do it, offer it to others.\n\n    laug turn offer show-1\n\nYou get this because it is your "
        "turn.\n\nAll of it is in your inbox, too: laug reminder list\n",
        "<p>Your turn for Fernisering &amp; smørrebrød is on Monday",
    };
    (void)state;
    world_do(world, write_one, &turn);
    turn.expected_html = "<code>laug turn offer show-1</code></pre>\n<p>You get this";
    world_do(world, write_one, &turn);
    turn.expected_html = "<html lang=\"en\">";
    world_do(world, write_one, &turn);
    world_free(world);
}

static void what_stands_for_nothing_leaves_no_gap(void **state)
{
    struct world *world = world_new("2027-01-04T08:00");
    struct asked declined = {
        "sabbatical_declined",
        { .of = { [TEMPLATE_WHEN] = "Monday", [TEMPLATE_PERSON] = "anna" } },
        "Your sabbatical is declined:",
        "Your sabbatical from Monday is declined.\n\nThe command shows which weeks are "
        "free.\n\n    laug sabbatical free\n\nYou get this because it is your sabbatical.\n\nAll of it",
        "free.</p>\n<pre"
    };
    (void)state;
    world_do(world, write_one, &declined);
    world_free(world);
}

/* A name is text: no tag, no link, no line of a mail's head, nothing that steers the direction of writing. */
static void names_are_only_text(void **state)
{
    struct world *world = world_new("2027-01-04T08:00");
    const char *evil = "<script>alert(1)</script>\" onx='&amp;\r\nBcc: x@y\x1b[31m\u202Etxt https://evil.dk";
    struct asked turn = {
        "turn_other",
        { .of = { [TEMPLATE_TITLE] = evil, [TEMPLATE_OTHER] = evil, [TEMPLATE_DAY] = "x" } },
        "<script>alert(1)</script>\" onx='&amp; Bcc: x@y[31mtxt https://evil.dk, x: "
        "<script>alert(1)</script>\" onx='&amp; Bcc: x@y[31mtxt https://evil.dk",
        "Bcc: x@y[31mtxt",
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;&quot; onx=&#39;&amp;amp; Bcc: x@y[31mtxt "
        "https://evil.dk has the turn"
    };
    (void)state;
    world_do(world, write_one, &turn);
    world_free(world);
}

static void what_the_company_wrote_may_link(void **state)
{
    struct world *world = world_new("2027-01-04T08:00");
    struct asked custom = {
        "custom",
        { .of = { [TEMPLATE_TITLE] = "Tea",
                  [TEMPLATE_TEXT] = "See https://laug.dk/a?b=1&c=2.\n\n<b>Or</b> not: "
                                    "http://x.dk javascript:alert(1)" } },
        "Tea",
        "See https://laug.dk/a?b=1&c=2.\n\n<b>Or</b> not",
        "See <a href=\"https://laug.dk/a?b=1&amp;c=2\">https://laug.dk/a?b=1&amp;c=2</a>.<br>"
        "\n<br>\n&lt;b&gt;Or&lt;/b&gt; not: http://x.dk javascript:alert(1)</p>"
    };
    (void)state;
    world_do(world, write_one, &custom);
    world_free(world);
}

/* ---- a company's own ---- */

static void put_file(const char *folder, const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static void a_companys_own_win_and_mistakes_change_nothing(void **state)
{
    struct templates *templates = templates_new();
    char folder[] = "/tmp/laug-templates-XXXXXX", english[64], command[100];
    struct error error;
    struct call call = { .templates = templates };
    struct filled filled;
    const struct template_words words = { .of = { [TEMPLATE_TITLE] = "Tea" } };
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(english, sizeof english, "%s/en", folder);
    assert_int_equal(templates_load(templates, "/nowhere/at/all", &error), OK);
    assert_int_equal(mkdir(english, 0755), 0);
    put_file(english, "turn.txt", "# ours\nsubject: Ours: {title}\n\nHello.\n");
    put_file(english, ".turn.txt.swp", "an editor's");
    assert_int_equal(templates_load(templates, folder, &error), OK);
    assert_int_equal(template_fill(&call, "turn", &words, &filled), OK);
    assert_string_equal(filled.subject, "Ours: Tea");
    put_file(english, "turn.txt", "subject: Broken {titel}\n\nHello.\n");
    assert_int_equal(templates_load(templates, folder, &error), INVALID);
    assert_has(error.text,
               "/en/turn.txt, line 1, column 18: there is no word {titel}; did you mean {title}?");
    assert_int_equal(template_fill(&call, "turn", &words, &filled), OK);
    assert_string_equal(filled.subject, "Ours: Tea");
    put_file(english, "turn.txt", "subject: Good\n\nHello.\n");
    put_file(english, "turns.txt", "subject: Good\n\nHello.\n");
    assert_int_equal(templates_load(templates, folder, &error), INVALID);
    assert_has(error.text, "/en/turns.txt: there is no message of this name; did you mean turn.txt?");
    put_file(folder, "de", "");
    assert_int_equal(templates_load(templates, folder, &error), INVALID);
    assert_has(error.text, "/de: here are only folders of languages, en and da; did you mean da?");
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    templates_free(templates);
    arena_free(&call.arena);
}

static void what_is_written_out_is_what_is_read(void **state)
{
    struct templates *templates = templates_new();
    char folder[] = "/tmp/laug-templates-XXXXXX", command[100];
    struct error error;
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(templates_write(folder, &error), OK);
    assert_int_equal(templates_load(templates, folder, &error), OK);
    assert_int_equal(templates_write(folder, &error), EXISTS);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    templates_free(templates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_says_the_same_in_both_languages),
        cmocka_unit_test(every_notice_and_rule_has_a_template),
        cmocka_unit_test(every_command_exists),
        cmocka_unit_test(every_message_says_why_and_what_answers_it),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(a_long_line_and_a_nul_are_refused),
        cmocka_unit_test(any_bytes_are_read_or_refused),
        cmocka_unit_test(a_letter_is_laid_out_for_reading),
        cmocka_unit_test(what_stands_for_nothing_leaves_no_gap),
        cmocka_unit_test(names_are_only_text),
        cmocka_unit_test(what_the_company_wrote_may_link),
        cmocka_unit_test(a_companys_own_win_and_mistakes_change_nothing),
        cmocka_unit_test(what_is_written_out_is_what_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
