/* SPDX-License-Identifier: MIT */
/* Posts to webhooks: who may set them up, what is posted once, in whose words, and what becomes of it. */
#include "day.h"
#include "language.h"
#include "reminder.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define URL "https://hooks.chat.example/services/T0/B0/secret"

/* 4 January 2027 is a Monday. Anna, Bo and Carl take turns each Wednesday; Lis looks after Laug. */
static struct world *small_company(void)
{
    struct world *world = world_new("2027-01-04T08:00");
    ANSWERS(world, "admin", "team.add", "{id: quality, name: Quality}", "quality");
    ANSWERS(world, "admin", "person.add", "{id: lis, name: 'Lis Berg'}", "lis");
    ANSWERS(world, "admin", "person.add", "{id: anna, name: 'Anna Holm', team: quality}", "anna");
    ANSWERS(world, "admin", "person.add", "{id: bo, name: 'Bo Dahl', team: quality}", "bo");
    ANSWERS(world, "admin", "team.change", "{id: quality, lead: lis}", "lis");
    ANSWERS(world, "admin", "company.change", "{admins: [lis]}", "lis");
    ANSWERS(world, "admin", "webhook.add", "{id: chat, title: 'Team chat', url: '" URL "', form: slack}",
            "id: chat, title: Team chat, url: " URL ", form: slack, paused: no");
    return world;
}

static void take_turns(struct world *world)
{
    ANSWERS(
        world, "admin", "rotation.add",
        "{id: showcase, title: Showcase, starts: 2027-01-06T13:00, rule: 'FREQ=WEEKLY', member_kind: person, "
        "members: [anna, bo]}",
        "person");
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

static int claimed(struct world *world)
{
    return count(claim(world), "{id: ");
}

/* Claims, and keeps the first message's id. */
static const char *claim_first(struct world *world, char id[static 80])
{
    const char *answer = claim(world), *start = strstr(answer, "{id: ");
    snprintf(id, 80, "%.*s", start ? (int)strcspn(start + 5, ",") : 0, start ? start + 5 : "");
    return answer;
}

static void settle(struct world *world, const char *id, const char *outcome, const char *detail)
{
    char params[400];
    snprintf(params, sizeof params, "{id: %s, outcome: %s, detail: '%s'}", id, outcome, detail);
    ANSWERS(world, "courier", "outbox.settle", params, "{}");
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("\"%s\" is not in: %s\n", part, text);
    assert_non_null(strstr(text, part));
}

/* ---- who may, and what may be said ---- */

static void only_admins_set_them_up_and_see_the_address(void **state)
{
    struct world *world = small_company();
    (void)state;
    REFUSES(world, "bo", "webhook.add", "{id: x, title: X, url: '" URL "', form: plain}", "forbidden");
    REFUSES(world, "courier", "webhook.add", "{id: x, title: X, url: '" URL "', form: plain}", "forbidden");
    REFUSES(world, "lis", "webhook.change", "{id: chat, title: X}", "forbidden");
    REFUSES(world, "bo", "webhook.remove", "{id: chat}", "forbidden");
    REFUSES(world, "bo", "webhook.test", "{id: chat}", "forbidden");
    REFUSES(world, "tool", "webhook.list", "{}", "forbidden");
    REFUSES(world, "courier", "webhook.show", "{id: chat}", "forbidden");
    REFUSES(world, "stranger", "webhook.list", "{}", "forbidden");
    ANSWERS(world, "bo", "webhook.list", "{}",
            "{items: [{id: chat, title: Team chat, form: slack, paused: no}]}");
    ANSWERS(world, "bo", "webhook.show", "{id: chat}",
            "{id: chat, title: Team chat, form: slack, paused: no}");
    ANSWERS(world, "admin", "webhook.list", "{}", "url: " URL);
    REFUSES(world, "admin", "webhook.add", "{id: chat, title: X, url: '" URL "', form: slack}", "exists");
    REFUSES(world, "admin", "webhook.show", "{id: nowhere}", "not_found id");
    assert_non_null(strstr(world_events_of(world, "webhook."), "webhook.changed {webhook: chat}"));
    world_free(world);
}

static void the_address_is_in_no_book(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "webhook.change", "{id: chat, url: 'https://other.example/secret'}",
            "other.example");
    assert_null(strstr(world_call(world, "auditor", "audit.list", "{}"), "secret"));
    assert_null(strstr(world_events(world), "secret"));
    world_free(world);
}

static void an_address_is_safe_or_refused(void **state)
{
    struct world *world = small_company();
    (void)state;
    static const char *const good[] = {
        "https://chat.example/hooks/a-b_c?x=1&y=%C3%A6",
        "https://CHAT.example:8443/",
        "https://chat.example",
        "https://10.0.0.7/hook",
        "https://[2001:db8::1]:8443/hook",
        "http://localhost:8065/hooks/x",
        "http://127.0.0.1/x",
        "http://127.8.9.1:80/x",
        "http://[::1]:8065/x",
        "https://chat_1.example/x",
    };
    static const char *const bad[] = {
        "chat.example/hooks",
        "ftp://chat.example/x",
        "file:///etc/passwd",
        "https:///x",
        "https://",
        "https://:443/x",
        "https://chat.example:0/x",
        "https://chat.example:65536/x",
        "https://chat.example:/x",
        "https://chat.example:44a/x",
        "https://user:word@chat.example/x",
        "https://user@chat.example/x",
        "https://chat.example/x#y",
        "https://chat.example/a b",
        "https://chat.example/a\tb",
        "https://chat.example\\@evil.example/",
        "https://chat.example/<x>",
        "https://chat..example/x",
        "https://chat.example./x",
        "https://-chat.example/x",
        "https://kaffe-æ.example/x",
        "https://2130706433/x",
        "https://127.1/x",
        "https://0x7f.0.0.1/x",
        "https://[::1/x",
        "https://[]/x",
        "https://[chat.example]/x",
        "https://[::1]x/x",
        "http://chat.example/x",
        "http://10.0.0.7/x",
        "http://localhost.evil.example/x",
        "http://127.0.0.1.evil.example/x",
        "http://128.0.0.1/x",
        "http://[::2]/x",
        "http://[::ffff:10.0.0.1]/x",
    };
    char params[300];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        snprintf(params, sizeof params, "{id: chat, url: '%s'}", good[i]);
        ANSWERS(world, "admin", "webhook.change", params, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(params, sizeof params, "{id: chat, url: '%s'}", bad[i]);
        REFUSES(world, "admin", "webhook.change", params, "invalid url");
        snprintf(params, sizeof params, "{id: other, title: X, form: plain, url: '%s'}", bad[i]);
        REFUSES(world, "admin", "webhook.add", params, "invalid url");
    }
    ANSWERS(world, "admin", "webhook.show", "{id: chat}", "https://chat_1.example/x");
    world_free(world);
}

static void a_rule_names_webhooks_that_exist(void **state)
{
    struct world *world = small_company();
    (void)state;
    REFUSES(world, "admin", "reminder.rule.add",
            "{id: talk, title: Talk, about: turn, leads: [-7d], webhooks: [nowhere]}", "not_found webhooks");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: talk, title: Talk, about: turn, leads: [-7d], webhooks: [chat]}",
            "leads: [-7d], to: [], people: [], webhooks: [chat]"); /* and no person */
    REFUSES(world, "admin", "webhook.remove", "{id: chat}", "conflict id: the rule talk still posts there");
    REFUSES(world, "admin", "reminder.rule.change", "{id: talk, clear: [webhooks]}", "invalid to");
    ANSWERS(world, "admin", "reminder.rule.change", "{id: talk, to: [lead]}",
            "to: [lead], people: [], webhooks: [chat]");
    world_call(world, "admin", "reminder.rule.change", "{id: talk, clear: [webhooks]}");
    assert_null(strstr(world_call(world, "bo", "reminder.rule.show", "{id: talk}"), "webhooks: [chat]"));
    ANSWERS(world, "admin", "webhook.remove", "{id: chat}", "{}");
    REFUSES(world, "admin", "webhook.show", "{id: chat}", "not_found");
    world_free(world);
}

/* ---- what is posted ---- */

static void one_post_for_each_occurrence_and_lead(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.change", "{id: turn, paused: yes}", "paused: yes");
    take_turns(world);
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: talk, title: Talk, about: turn, leads: [-7d, -1d], webhooks: [chat], to: [person]}",
            "chat");
    world_call(world, "admin", "reminder.preview", "{until: 2027-01-13, rule: talk}");
    ANSWERS(world, "admin", "reminder.preview", "{until: 2027-01-13, rule: talk}",
            "{at: 2027-01-05T08:00:00Z, webhook: chat, name: Team chat, rule: talk, subject: showcase-1, "
            "lead: -1d, "
            "title: Showcase, Wednesday 6 January 2027: Anna Holm, channels: [webhook], mail: post");
    ANSWERS(world, "admin", "reminder.preview", "{until: 2027-01-13, rule: talk, person: anna}",
            "person: anna");
    assert_int_equal(claimed(world), 1); /* what should have come is caught up with; nobody has an address */
    world_advance(world, "2027-01-05T09:00");
    const char *post = claim(world);
    assert_int_equal(count(post, "{id: "), 2); /* the first one's lease has run out */
    has(post,
        "channel: webhook, to: " URL
        ", to_name: Team chat, subject: Showcase, Wednesday 6 January 2027: Anna Holm, "
        "text: Anna Holm has the turn for Showcase on Wednesday 6 January 2027 at 13:00.\n"
        "Anna Holm takes it: equal in everything with Bo Dahl, and before it in the roster., language: en");
    has(post, "attempt: 1, webhook: chat, form: slack, kind: turn, about: showcase-1, when: "
              "2027-01-06T13:00:00+01:00, "
              "command: laug rotation explain showcase-1");
    assert_null(strstr(post, "You "));
    world_advance(world, "2027-01-06T09:00"); /* a week before the second */
    post = claim(world);
    assert_int_equal(count(post, "{id: "), 3);
    has(post, "Bo Dahl has the turn for Showcase on Wednesday 13 January 2027 at 13:00.");
    world_free(world);
}

static void in_its_own_language_else_the_companys(void **state)
{
    struct world *world = small_company();
    (void)state;
    take_turns(world);
    ANSWERS(world, "admin", "webhook.add",
            "{id: dansk, title: Kanalen, url: '" URL "', form: mattermost, language: danish}",
            "language: danish");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: talk, title: Talk, about: turn, leads: [-1d], webhooks: [chat, dansk]}", "dansk");
    world_advance(world, "2027-01-05T09:00");
    const char *posts = claim(world);
    has(posts, "Anna Holm has the turn for Showcase on Wednesday 6 January 2027 at 13:00.");
    has(posts, "Anna Holm står for Showcase onsdag 6. januar 2027 kl. 13:00.");
    has(posts, "language: da");
    ANSWERS(world, "admin", "company.change", "{language: danish}", "danish");
    ANSWERS(world, "admin", "webhook.change", "{id: dansk, clear: [language]}",
            "form: mattermost, paused: no");
    world_advance(world, "2027-01-12T09:00");
    assert_int_equal(count(claim(world), "Bo Dahl står for"), 2);
    world_free(world);
}

static void a_turn_that_changes_hands_is_posted_as_it_is_then(void **state)
{
    struct world *world = small_company();
    (void)state;
    take_turns(world);
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: talk, title: Talk, about: turn, leads: [-1d], webhooks: [chat]}", "chat");
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: 2027-01-06, to: 2027-01-06}", "away");
    world_advance(world, "2027-01-05T09:00");
    const char *posts = claim(world);
    assert_int_equal(count(posts, "channel: webhook"), 1);
    has(posts, "Bo Dahl has the turn for Showcase on Wednesday 6 January");
    world_free(world);
}

static void no_cap_no_digest_and_only_closed_days_hold_it_back(void **state)
{
    struct world *world = small_company();
    char params[200];
    (void)state;
    ANSWERS(world, "admin", "company.change", "{message_cap: 1}", "message_cap: 1");
    for (int i = 0; i < 9; i++) {
        snprintf(params, sizeof params,
                 "{id: r%d, title: 'Water the plants', at: 2027-01-09T10:0%d, webhooks: [chat]%s}", i, i,
                 i == 8 ? ", days: any" : "");
        ANSWERS(world, "admin", "reminder.rule.add", params, "once");
    }
    world_advance(world, "2027-01-10T12:00"); /* a Sunday */
    assert_int_equal(claimed(world), 1);
    world_advance(world, "2027-01-11T12:00");
    const char *posts = claim(world);
    assert_int_equal(count(posts, "subject: Water the plants"), 9); /* the first one's lease has run out */
    assert_null(strstr(posts, "command:"));
    world_free(world);
}

static void late_posts_are_expired_by_their_rule(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(
        world, "admin", "reminder.rule.add",
        "{id: soon, title: Soon, at: 2027-01-05T10:00, webhooks: [chat], late: expire, expire_minutes: 60}",
        "once");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: late, title: Late, at: 2027-01-05T10:00, webhooks: [chat]}", "once");
    world_wake_at(world, "2027-01-07T09:00");
    const char *posts = claim(world);
    has(posts, "subject: Late");
    assert_int_equal(count(posts, "{id: "), 1);
    world_free(world);
}

static void of_a_sabbatical_only_what_colleagues_may_know(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: gone, title: Gone, about: sabbatical, leads: [-1d], webhooks: [chat]}", "chat");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: own, title: 'Own {title}', text: 'Own {title} {other}.', about: sabbatical, leads: [-2d], "
            "webhooks: [chat]}",
            "chat");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: back, title: Back, about: sabbatical_end, leads: [+1d], webhooks: [chat]}", "chat");
    ANSWERS(world, "anna", "sabbatical.request",
            "{person: anna, starts_on: 2027-09-06, project: 'Hidden project'}", "requested");
    ANSWERS(world, "lis", "sabbatical.approve", "{id: sabbatical-1}", "approved");
    world_advance(world, "2027-09-03T10:00");
    const char *posts = claim(world);
    has(posts, "Anna Holm goes on sabbatical: Monday 6 September 2027");
    has(posts, "The sabbatical of Anna Holm begins on Monday 6 September 2027.");
    has(posts, "Own sabbatical-1 Anna Holm.");
    has(posts, "when: 2027-09-06}");
    assert_null(strstr(posts, "Hidden"));
    world_advance(world, "2027-09-13T09:00");
    posts = claim(world);
    has(posts, "The sabbatical of Anna Holm ended on Friday 10 September 2027.");
    assert_null(strstr(posts, "Hidden"));
    world_free(world);
}

static void an_own_text_asks_nobody_for_an_answer(void **state)
{
    struct world *world = small_company();
    (void)state;
    take_turns(world);
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: talk, title: '{title} soon', text: '{other} shows us something on {when}.', about: turn, "
            "leads: [-1d], "
            "webhooks: [chat], acknowledge: yes, escalate_days: 1}",
            "chat");
    world_advance(world, "2027-01-05T09:00");
    const char *post = claim(world);
    has(post,
        "subject: Showcase soon, text: Anna Holm shows us something on Wednesday 6 January 2027 at 13:00.\n"
        "Anna Holm takes it: equal in everything with Bo Dahl, and before it in the roster., ");
    assert_null(strstr(post, "command:"));
    world_advance(world, "2027-01-08T09:00");
    assert_null(strstr(world_call(world, "lis", "reminder.list", "{person: lis, all: yes}"), "No answer"));
    world_free(world);
}

static void a_turn_that_nobody_has_is_posted(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: 2027-01-05, to: 2027-01-07}", "away");
    ANSWERS(world, "admin", "absence.add", "{person: bo, from: 2027-01-05, to: 2027-01-07}", "away");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: help, title: Help, about: open_turn, leads: [-1d], webhooks: [chat]}", "chat");
    take_turns(world);
    world_advance(world, "2027-01-05T09:00");
    has(claim(world), "Nobody can take the turn for Showcase on Wednesday 6 January 2027 at 13:00.");
    world_free(world);
}

/* ---- what becomes of it ---- */

static void a_test_goes_out_now(void **state)
{
    struct world *world = small_company();
    (void)state;
    world_advance(world, "2027-01-09T12:00"); /* a Saturday */
    ANSWERS(world, "admin", "webhook.change", "{id: chat, paused: yes}", "paused: yes");
    ANSWERS(world, "admin", "webhook.test", "{id: chat}", "webhook: chat, kind: post, state: waiting");
    ANSWERS(world, "admin", "webhook.test", "{id: chat}",
            "state: waiting"); /* the same second: the same one */
    const char *posts = claim(world);
    assert_int_equal(count(posts, "{id: "), 1);
    has(posts, "text: This is a test: what Laug posts to Team chat arrives here., language: en");
    has(posts, "kind: webhook_test, about: chat}");
    world_free(world);
}

static void nothing_is_posted_while_paused(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: plants, title: Plants, at: 2027-01-05T10:00, webhooks: [chat]}", "once");
    ANSWERS(world, "admin", "webhook.change", "{id: chat, paused: yes}", "paused: yes");
    world_advance(world, "2027-01-05T10:00");
    assert_int_equal(claimed(world), 0);
    ANSWERS(world, "admin", "outbox.list", "{webhook: chat}", "webhook: chat, kind: post, state: dropped");
    ANSWERS(world, "admin", "webhook.change", "{id: chat, paused: no}", "paused: no");
    assert_int_equal(claimed(world), 0);
    world_free(world);
}

static void a_refusal_for_good_is_told_to_the_admins_once_a_day(void **state)
{
    struct world *world = small_company();
    char id[80], params[120];
    (void)state;
    for (int i = 0; i < 2; i++) {
        snprintf(params, sizeof params, "{id: r%d, title: Plants, at: 2027-01-05T10:00, webhooks: [chat]}",
                 i);
        ANSWERS(world, "admin", "reminder.rule.add", params, "once");
    }
    world_advance(world, "2027-01-05T10:00");
    claim_first(world, id);
    settle(world, id, "refused", "404 no_such_channel");
    const char *posts = claim(world), *start = strstr(posts, "kind: mail");
    assert_null(start);
    ANSWERS(world, "admin", "outbox.list", "{state: refused}", "detail: 404 no_such_channel");
    ANSWERS(world, "lis", "reminder.list", "{person: lis}", "title: Posts to Team chat fail");
    ANSWERS(world, "lis", "reminder.list", "{person: lis}", "404 no_such_channel");
    ANSWERS(world, "lis", "reminder.list", "{person: lis}", "laug outbox list --webhook chat");
    const char *list = world_call(world, "admin", "outbox.list", "{webhook: chat, state: claimed}");
    snprintf(id, sizeof id, "%.*s", (int)strcspn(strstr(list, "{id: ") + 5, ","), strstr(list, "{id: ") + 5);
    settle(world, id, "refused", "404 no_such_channel");
    assert_int_equal(
        count(world_call(world, "lis", "reminder.list", "{person: lis, all: yes}"), "Posts to Team"), 1);
    snprintf(params, sizeof params, "{id: %s}", id);
    ANSWERS(world, "admin", "outbox.retry", params, "webhook: chat, kind: post, state: waiting");
    ANSWERS(world, "admin", "outbox.list", "{webhook: chat, state: waiting}", id);
    has(claim(world), id);
    settle(world, id, "sent", "200");
    ANSWERS(world, "admin", "outbox.list", "{webhook: chat, state: sent}", id);
    world_free(world);
}

static void it_is_tried_for_seven_days_under_one_id(void **state)
{
    struct world *world = small_company();
    char first[80], id[80] = "", day[40];
    int attempts = 0;
    (void)state;
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: plants, title: Plants, at: 2027-01-05T10:00, webhooks: [chat], days: any}", "once");
    world_advance(world, "2027-01-05T10:00");
    claim_first(world, first);
    settle(world, first, "deferred", "503");
    for (int on = 5; on < 20; on++)
        for (int hour = 0; hour < 24; hour++) {
            snprintf(day, sizeof day, "2027-01-%02dT%02d:30", on, hour);
            if (on == 5 && hour < 11)
                continue;
            world_advance(world, day);
            if (count(claim_first(world, id), "channel: webhook") == 0)
                continue;
            attempts++;
            assert_string_equal(id, first);
            settle(world, id, "deferred", "503");
        }
    assert_in_range(attempts, 20, 60);
    ANSWERS(world, "admin", "outbox.list", "{webhook: chat}", "state: given_up");
    ANSWERS(world, "lis", "reminder.list", "{person: lis, all: yes}", "Posts to Team chat fail");
    world_free(world);
}

static void no_sooner_than_the_server_asked_for(void **state)
{
    struct world *world = small_company();
    char id[80], params[200];
    (void)state;
    ANSWERS(world, "admin", "webhook.test", "{id: chat}", "waiting");
    claim_first(world, id);
    snprintf(params, sizeof params, "{id: %s, outcome: deferred, detail: '429', wait_seconds: 0}", id);
    REFUSES(world, "courier", "outbox.settle", params, "invalid wait_seconds");
    snprintf(params, sizeof params, "{id: %s, outcome: deferred, detail: '429', wait_seconds: 90000}", id);
    REFUSES(world, "courier", "outbox.settle", params, "invalid wait_seconds");
    snprintf(params, sizeof params, "{id: %s, outcome: deferred, detail: '429', wait_seconds: 7200}", id);
    ANSWERS(world, "courier", "outbox.settle", params, "{}");
    ANSWERS(world, "admin", "outbox.list", "{webhook: chat}", "next_at: 2027-01-04T09:00:00Z");
    world_advance(world, "2027-01-04T09:59");
    assert_int_equal(claimed(world), 0);
    world_advance(world, "2027-01-04T10:00");
    assert_int_equal(claimed(world), 1);
    snprintf(params, sizeof params, "{id: %s, outcome: deferred, detail: '429', wait_seconds: 1}", id);
    ANSWERS(world, "courier", "outbox.settle", params, "{}"); /* two minutes, give or take */
    world_advance(world, "2027-01-04T10:01");
    assert_int_equal(claimed(world), 0);
    world_free(world);
}

static void a_webhook_and_a_person_of_one_id_are_two(void **state)
{
    struct world *world = small_company();
    (void)state;
    ANSWERS(world, "admin", "person.change", "{id: lis, email: lis@x.dk}", "lis@x.dk");
    ANSWERS(world, "admin", "webhook.add", "{id: lis, title: L, url: '" URL "', form: plain}", "lis");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: both, title: Both, at: 2027-01-05T10:00, webhooks: [lis], people: [lis]}", "once");
    world_advance(world, "2027-01-05T10:00");
    const char *letters = claim(world);
    assert_int_equal(count(letters, "channel: webhook"), 1);
    assert_int_equal(count(letters, "channel: mail"), 1);
    world_free(world);
}

/* The chat is down while the turn changes hands, and again while it is cancelled. */
static void a_post_that_waits_says_what_is_so_then(void **state)
{
    struct world *world = small_company();
    char id[80];
    (void)state;
    take_turns(world);
    ANSWERS(world, "admin", "reminder.rule.change", "{id: turn, leads: [-1d], webhooks: [chat], clear: [to]}",
            "chat");
    world_call(world, "courier", "outbox.claim", "{limit: 100}");
    world_advance(world, "2027-01-05T09:00");
    has(claim_first(world, id), "Anna Holm has the turn for Showcase on Wednesday 6 January");
    settle(world, id, "deferred", "503");
    ANSWERS(world, "admin", "turn.pin", "{id: showcase-1, member: bo}", "member: bo");
    world_advance(world, "2027-01-05T10:00");
    has(claim(world), "Bo Dahl has the turn for Showcase on Wednesday 6 January");
    settle(world, id, "deferred", "503");
    ANSWERS(world, "admin", "turn.cancel", "{id: showcase-1}", "cancelled");
    world_advance(world, "2027-01-05T12:00");
    assert_null(strstr(claim(world), "about: showcase-1"));
    ANSWERS(world, "admin", "outbox.list", "{webhook: chat, state: dropped}", id);
    world_free(world);
}

static enum code happens(struct call *call, void *happening)
{
    return reminder_happens(call, happening);
}

static void whoever_it_no_longer_concerns_is_let_go_of(void **state)
{
    struct world *world = small_company();
    struct happening training = { .about = REMINDER_RULE_ABOUT_TRAINING,
                                  .subject = "welding",
                                  .person = "anna",
                                  .when = MOMENT_ON(day_from_civil((struct civil){ 2027, 1, 6 })) };
    (void)state;
    ANSWERS(world, "admin", "person.change", "{id: anna, email: anna@x.dk}", "anna@x.dk");
    ANSWERS(world, "admin", "reminder.rule.add",
            "{id: train, title: Train, about: training, leads: [-1d], to: [person], webhooks: [chat]}",
            "chat");
    world_do(world, happens, &training);
    world_advance(world, "2027-01-05T09:00");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "state: due");
    training.person = "bo";
    world_do(world, happens, &training);
    ANSWERS(world, "anna", "reminder.list", "{person: anna, all: yes}", "state: expired");
    assert_int_equal(count(claim(world), "channel: webhook"), 1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_admins_set_them_up_and_see_the_address),
        cmocka_unit_test(the_address_is_in_no_book),
        cmocka_unit_test(an_address_is_safe_or_refused),
        cmocka_unit_test(a_rule_names_webhooks_that_exist),
        cmocka_unit_test(one_post_for_each_occurrence_and_lead),
        cmocka_unit_test(in_its_own_language_else_the_companys),
        cmocka_unit_test(a_turn_that_changes_hands_is_posted_as_it_is_then),
        cmocka_unit_test(no_cap_no_digest_and_only_closed_days_hold_it_back),
        cmocka_unit_test(late_posts_are_expired_by_their_rule),
        cmocka_unit_test(of_a_sabbatical_only_what_colleagues_may_know),
        cmocka_unit_test(an_own_text_asks_nobody_for_an_answer),
        cmocka_unit_test(a_turn_that_nobody_has_is_posted),
        cmocka_unit_test(a_test_goes_out_now),
        cmocka_unit_test(nothing_is_posted_while_paused),
        cmocka_unit_test(a_refusal_for_good_is_told_to_the_admins_once_a_day),
        cmocka_unit_test(it_is_tried_for_seven_days_under_one_id),
        cmocka_unit_test(no_sooner_than_the_server_asked_for),
        cmocka_unit_test(a_webhook_and_a_person_of_one_id_are_two),
        cmocka_unit_test(a_post_that_waits_says_what_is_so_then),
        cmocka_unit_test(whoever_it_no_longer_concerns_is_let_go_of),
    };
    language_load();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
