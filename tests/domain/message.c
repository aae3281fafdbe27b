/* SPDX-License-Identifier: MIT */
/* What people read: by their own clock, in their own language, as often as they like; and names that try to
 * be more than names. */
#include "language.h"
#include "reminder.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* 4 January 2027 is a Monday. Lis leads Anna and Bo, and is told what concerns everybody. */
static struct world *small_company(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    language_load();
    ANSWERS(world, "admin", "team.add", "{id: quality, name: Quality}", "id: quality");
    ANSWERS(world, "admin", "person.add", "{id: lis, name: 'Lis Berg', email: lis@x.dk}", "lis");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: 'Anna Holm', team: quality, email: anna@x.dk}",
            "anna");
    ANSWERS(world, "admin", "person.add",
            "{id: bo, name: 'Bo Lind', team: quality, email: bo@x.dk, language: danish}", "bo");
    ANSWERS(world, "admin", "team.change", "{id: quality, lead: lis}", "lead: lis");
    ANSWERS(world, "admin", "company.change", "{admins: [lis]}", "admins: [lis]");
    return world;
}

static int count(const char *text, const char *part)
{
    int found = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        found++;
    return found;
}

static const char *claim(struct world *world)
{
    return world_call(world, "courier", "outbox.claim", "{limit: 100}");
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("%s\n    is not in\n%s\n", part, text);
    assert_non_null(strstr(text, part));
}

static enum code tells(struct call *call, void *notice)
{
    return notify(call, notice);
}

static enum code happens(struct call *call, void *happening)
{
    return reminder_happens(call, happening);
}

/* At 10:00 in Copenhagen, in winter, so many days after 1 January 2027. */
static struct moment ten_oclock(int days)
{
    return MOMENT_AT((20819 + days) * 86400LL + 9 * 3600);
}

/* ---- by whose clock ---- */

static void times_are_told_by_the_readers_clock(void **state)
{
    struct world *world = small_company();
    struct notice notice = { .kind = NOTICE_TURN_MOVED,
                             .person = "anna",
                             .subject = "s-1",
                             .title = "Showcase",
                             .when = ten_oclock(31) };
    (void)state;
    ANSWERS(world, "anna", "person.prefer", "{zone: America/Los_Angeles}", "zone: America/Los_Angeles");
    world_do(world, tells, &notice);
    const char *letter = claim(world);
    has(letter, "subject: Your turn has moved: Showcase, Monday 1 February 2027, text");
    has(letter, "is now Monday 1 February 2027 at 01:00\n(America/Los_Angeles). If you");
    notice.person = "bo";
    ANSWERS(world, "bo", "person.prefer", "{zone: Asia/Tokyo}", "zone: Asia/Tokyo");
    notice.when = MOMENT_AT(20850 * 86400LL + 20 * 3600);
    world_do(world, tells, &notice);
    letter = claim(world);
    has(letter, "subject: Din tur er flyttet: Showcase, tirsdag 2. februar 2027, text");
    has(letter, "Showcase er nu tirsdag 2. februar 2027 kl. 05:00\n(Asia/Tokyo). Hvis");
    notice.person = "lis"; /* the same clock under another name need not be named */
    ANSWERS(world, "lis", "person.prefer", "{zone: Europe/Berlin}", "zone: Europe/Berlin");
    world_do(world, tells, &notice);
    has(claim(world), "is now Monday 1 February 2027 at 21:00. If you");
    world_free(world);
}

static void a_day_is_a_day_everywhere(void **state)
{
    struct world *world = small_company();
    struct notice notice = { .kind = NOTICE_SABBATICAL_APPROVED,
                             .person = "anna",
                             .subject = "s-1",
                             .title = "Rust",
                             .when = MOMENT_ON(20850) };
    (void)state;
    world_call(world, "anna", "person.prefer", "{zone: America/Los_Angeles}");
    world_do(world, tells, &notice);
    has(claim(world), "Your sabbatical begins on Monday 1 February 2027: Rust. Enjoy it.");
    world_free(world);
}

/* ---- to whom it is said ---- */

static void who_speaks_for_a_team_is_told_of_the_teams_turn(void **state)
{
    struct world *world = small_company();
    struct notice notice = { .kind = NOTICE_TURN_LOST,
                             .team = "quality",
                             .subject = "s-1",
                             .title = "Showcase",
                             .other = "bo",
                             .when = ten_oclock(31) };
    (void)state;
    world_do(world, tells, &notice);
    const char *letter = claim(world);
    has(letter, "to: lis@x.dk");
    has(letter,
        "The turn of your team for Showcase on Monday 1 February 2027 at 10:00 has\ngone to Bo Lind.");
    has(letter, "You get this because it concerns your team.");
    world_free(world);
}

static void a_swap_says_which_turn_comes_back_and_how_to_say_no(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_call(world, "admin", "company.change", "{message_cap: 50}");
    ANSWERS(world, "admin", "rotation.add",
            "{id: showcase, title: Showcase, starts: 2027-02-01T10:00, rule: 'FREQ=WEEKLY', "
            "duration_minutes: 60, "
            "member_kind: person, members: [anna, bo]}",
            "showcase");
    ANSWERS(world, "anna", "turn.offer", "{id: showcase-1, to: bo, against: showcase-2}", "to: bo");
    const char *letters = claim(world);
    has(letters, "Anna Holm vil gerne bytte: du tager Showcase mandag 1. februar 2027 kl.\n"
                 "10:00, og Anna Holm tager din tur: Showcase, mandag 8. februar 2027 kl.\n"
                 "10:00. Hvis du helst er fri, så sig det.\n\n    laug turn accept showcase-1\n"
                 "    laug turn decline showcase-1\n\nDu får denne besked, fordi du kunne tage turen.");
    has(letters, "<code>laug turn accept showcase-1\nlaug turn decline showcase-1</code></pre>");
    world_free(world);
}

/* ---- preferences ---- */

static void preferences_are_ones_own(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "anna", "person.prefer", "{mail: weekly, language: danish, zone: Europe/London}",
            "language: danish, zone: Europe/London, mail: weekly");
    ANSWERS(world, "anna", "person.prefer", "{clear: [language, zone]}", "teams: [quality], mail: weekly}");
    ANSWERS(world, "anna", "person.show", "{id: anna}", "mail: weekly");
    ANSWERS(world, "admin", "person.prefer", "{person: anna, mail: each}", "mail: each");
    REFUSES(world, "bo", "person.prefer", "{person: anna, mail: each}", "forbidden");
    REFUSES(world, "lis", "person.prefer", "{person: anna, mail: each}", "forbidden");
    REFUSES(world, "tool", "person.prefer", "{person: anna, mail: each}", "forbidden");
    REFUSES(world, "anna", "person.prefer", "{zone: Mars/Olympus}", "invalid zone");
    REFUSES(world, "anna", "person.prefer", "{mail: never}", "invalid mail");
    assert_null(strstr(world_call(world, "bo", "person.show", "{id: anna}"), "mail: each"));
    world_free(world);
}

static void remind(struct world *world, const char *id, const char *at, const char *more)
{
    char params[300];
    snprintf(params, sizeof params, "{id: %s, title: 'Do %s', at: %s, people: [anna]%s}", id, id, at, more);
    ANSWERS(world, "admin", "reminder.rule.add", params, "fires: once");
}

static void weekly_puts_into_one_mail_what_can_wait(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_call(world, "anna", "person.prefer", "{mail: weekly}");
    remind(world, "tea", "2027-01-05T09:00", "");
    remind(world, "cake", "2027-01-06T09:00", "");
    remind(world, "soon", "2027-01-06T09:00", ", late: expire");
    remind(world, "form", "2027-01-06T09:00", ", acknowledge: yes");
    world_advance(world, "2027-01-07T09:00");
    const char *letters = claim(world);
    assert_int_equal(count(letters, "{id: "), 2);
    has(letters, "subject: Do soon");
    has(letters, "subject: Do form");
    ANSWERS(world, "anna", "reminder.list", "{}", "Do tea"); /* the inbox has it at once */
    world_advance(world, "2027-01-11T08:59");
    assert_null(strstr(claim(world), "Do tea"));
    world_advance(world, "2027-01-11T09:00");
    letters = claim(world);
    has(letters, "subject: Your week: 2 reminders, text: Hello Anna,\n\nThis has gathered for you");
    has(letters, "1. Do tea\n\n   Do tea.\n\n       laug reminder done tea-");
    has(letters, "<ol>\n<li>\n<p><strong>Do tea</strong></p>\n<p>Do tea.</p>\n<pre");
    has(letters, "2. Do cake\n");
    world_free(world);
}

static void what_begins_before_the_digest_does_not_wait(void **state)
{
    struct world *world = small_company();
    struct happening soon = { .about = REMINDER_RULE_ABOUT_TURN,
                              .subject = "showcase-1",
                              .person = "anna",
                              .title = "Showcase",
                              .when = ten_oclock(10) }; /* Monday 11 January */
    struct happening later = soon;
    struct notice question = { .kind = NOTICE_TURN_OFFERED,
                               .person = "anna",
                               .subject = "showcase-9",
                               .title = "Showcase",
                               .other = "bo",
                               .when = ten_oclock(100) };
    (void)state;
    later.subject = "showcase-2";
    later.when = ten_oclock(20); /* its -14d is Thursday 7 January */
    world_call(world, "anna", "person.prefer", "{mail: weekly}");
    world_do(world, happens, &soon);
    world_do(world, happens, &later);
    world_advance(world, "2027-01-08T10:00");
    const char *letters = claim(world);
    assert_int_equal(count(letters, "{id: "), 1);
    has(letters, "Your turn: Showcase, Monday 11 January 2027");
    world_do(world, tells, &question);
    has(claim(world), "Could you take a turn");
    world_free(world);
}

/* ---- names that try to be more ---- */

static const char *const corpus[] = {
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</p></code></pre><h1>x",
    "\" onmouseover=\"alert(1)",
    "' style='position:fixed",
    "&lt;b&gt; &amp; &#60;b",
    "<!-- --><style>*{display:none}</style>",
    "https://evil.example/login",
    "javascript:alert(1)",
    "{title} {detail} {why} {message}",
    "$(reboot) `reboot` ; reboot",
    "=cmd|' /C calc'!A0",
    "\u202Egnp.exe\u2066x\u2069",
    "\u200B\u2028\uFEFFx",
    "%s%n%d",
};

/* Every tag of the HTML is one that stands there without any name. */
static void assert_only_our_tags(const char *html)
{
    static const char *const ours[] = {
        "!DOCTYPE html>", "html lang=", "/html>", "head>",   "/head>",  "meta ",
        "title>",         "/title>",    "body ",  "/body>",  "p>",      "/p>",
        "pre style=\"",   "code>",      "/code>", "/pre>",   "br>",     "ol>",
        "/ol>",           "li>",        "/li>",   "strong>", "/strong>"
    };
    for (const char *tag = strchr(html, '<'); tag; tag = strchr(tag + 1, '<')) {
        bool is_ours = false;
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            is_ours |= strncmp(tag + 1, ours[i], strlen(ours[i])) == 0;
        if (!is_ours)
            print_error("%.60s\n", tag);
        assert_true(is_ours);
    }
    assert_null(strstr(html, "href"));
}

static void names_and_titles_have_no_effect(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof corpus / sizeof *corpus; i++) {
        struct world *world = small_company();
        char evil[200];
        struct notice notices[] = {
            {.kind = NOTICE_TURN_OFFERED,   .other = "bo"},
            { .kind = NOTICE_TURN_REPLACED, .other = "bo", .detail = corpus[i] },
            { .kind = NOTICE_SABBATICAL_DECLINED,                            .other = "bo",       .detail = corpus[i] },
            { .kind = NOTICE_MAIL_REFUSED,          .other = "bo",                .detail = corpus[i] },
            { .kind = NOTICE_ESCALATION,       .other = "bo"},
        };
        size_t length = 0; /* doubled quotes: so are they written in the test's own form */
        for (const char *c = corpus[i]; *c; c++) {
            evil[length++] = *c;
            if (*c == '\'')
                evil[length++] = '\'';
        }
        evil[length] = 0;
        char params[300];
        snprintf(params, sizeof params, "{id: bo, name: '%s'}", evil);
        world_call(world, "admin", "person.change", params);
        world_call(world, "admin", "company.change", "{message_cap: 2}");
        for (size_t n = 0; n < sizeof notices / sizeof *notices; n++) {
            notices[n].person = "anna";
            notices[n].subject = "showcase-1";
            notices[n].title = corpus[i];
            notices[n].when = ten_oclock(31);
            world_do(world, tells, &notices[n]);
        }
        world_advance(world, "2027-01-11T09:00"); /* and the digest */
        const char *answer = claim(world);
        assert_int_equal(count(answer, "<!DOCTYPE html>"), 5); /* questions go past the cap */
        for (const char *html = strstr(answer, "<!DOCTYPE"); html; html = strstr(html + 1, "<!DOCTYPE")) {
            const char *end = strstr(html, "</html>");
            char copy[40000];
            snprintf(copy, sizeof copy, "%.*s", (int)(end + 7 - html), html);
            assert_only_our_tags(copy);
        }
        assert_null(strstr(answer, "\u202E"));
        assert_null(strstr(answer, "\u2028"));
        world_free(world);
    }
}

/* Long names with letters of every kind, and nobody's title: nothing overflows, and lines stay readable. */
static void long_names_and_danish_letters(void **state)
{
    struct world *world = small_company();
    char params[400], name[201] = "";
    struct notice notice = {
        .kind = NOTICE_TURN_OFFERED, .person = "bo", .subject = "s-1", .other = "anna", .when = ten_oclock(31)
    };
    (void)state;
    for (int i = 0; i < 20; i++)
        strcat(name, "Åse ÆØ");
    snprintf(params, sizeof params, "{id: anna, name: '%s'}", name);
    ANSWERS(world, "admin", "person.change", params, "Åse");
    world_do(world, tells, &notice); /* without a title: its id */
    const char *letter = claim(world);
    has(letter, "Hej Bo,\n\nÅse ÆØÅse");
    has(letter, "spørger, om du kan stå for s-1");
    for (const char *line = strstr(letter, "text: "); line && line < strstr(letter, ", html: ");) {
        size_t bytes = strcspn(line, "\n"), columns = 0;
        for (size_t i = 0; i < bytes; i++)
            columns += ((unsigned char)line[i] & 0xC0U) != 0x80U;
        assert_in_range(columns, 0, 76);
        line += bytes + 1;
    }
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_told_by_the_readers_clock),
        cmocka_unit_test(a_day_is_a_day_everywhere),
        cmocka_unit_test(who_speaks_for_a_team_is_told_of_the_teams_turn),
        cmocka_unit_test(a_swap_says_which_turn_comes_back_and_how_to_say_no),
        cmocka_unit_test(preferences_are_ones_own),
        cmocka_unit_test(weekly_puts_into_one_mail_what_can_wait),
        cmocka_unit_test(what_begins_before_the_digest_does_not_wait),
        cmocka_unit_test(names_and_titles_have_no_effect),
        cmocka_unit_test(long_names_and_danish_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
