/* SPDX-License-Identifier: MIT */
/*
 * People's own calendars, kept by mail. The receiver here is naive: it takes each mail as it comes, perhaps
 * twice and in any order, and keeps of each entry what has the highest sequence. What it ends up with must be
 * what calendar.list says.
 */
#include "world.h"

#include "mails.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- mails ---- */

static int compare_mails(const void *a, const void *b)
{
    const struct mail *left = a, *right = b;
    int order = strcmp(left->uid, right->uid);
    return order ? order : strcmp(left->to, right->to);
}

/* All that can be claimed, by entry and person: "talk-1 anna request 2 2027-01-07T08:00:00Z;". All is sent.
 */
static const char *mailed(struct world *world)
{
    static char text[8000];
    struct mail mails[MAILS_MOST];
    size_t count = mails_claim(world, mails);
    *text = 0;
    qsort(mails, count, sizeof *mails, compare_mails);
    for (size_t i = 0; i < count; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s %.*s %s %ld %.16s;", mails[i].uid,
                 (int)strcspn(mails[i].to, "@"), mails[i].to, mails[i].method, mails[i].sequence,
                 mails[i].starts);
        mails_settle(world, mails[i].id, "sent");
    }
    return text;
}

/* How many letters that are no invitations can be claimed. */
static size_t plain_mails(struct world *world)
{
    mailed(world);
    return mails_plain;
}

/* ---- the company ---- */

static void add_person(struct world *world, const char *id)
{
    char params[200];
    snprintf(params, sizeof params, "{id: %s, name: '%s', email: '%s@example.org'}", id, id, id);
    ANSWERS(world, "admin", "person.add", params, id);
}

/* Four people who talk on Thursdays; two of them make a team, which shows on Tuesdays with another. Reminders
 * are silent. */
static int set_up(void **state)
{
    static const char *const people[] = { "anna", "bo", "carl", "dora", "lis" };
    struct world *world = world_new("2027-01-04T08:00");
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        add_person(world, people[i]);
    ANSWERS(world, "admin", "reminder.rule.change", "{id: turn, paused: yes}", "paused: yes");
    ANSWERS(world, "admin", "reminder.rule.change", "{id: open-turn, paused: yes}", "paused: yes");
    ANSWERS(world, "admin", "company.change", "{message_cap: 1000, admins: [lis]}", "invitations: yes");
    ANSWERS(world, "admin", "team.add", "{id: east, name: East, lead: anna}", "east");
    ANSWERS(world, "admin", "team.add", "{id: west, name: West, lead: carl}", "west");
    ANSWERS(world, "admin", "person.change", "{id: bo, team: east}", "east");
    ANSWERS(world, "admin", "person.change", "{id: dora, team: west}", "west");
    *state = world;
    return 0;
}

static void add_talks(struct world *world)
{
    ANSWERS(world, "admin", "rotation.add",
            "{id: talk, title: Talk, starts: '2027-01-07T09:00', rule: 'FREQ=WEEKLY', member_kind: person, "
            "members: [anna, bo, carl, dora], publish_days: 20}",
            "talk");
}

static void add_shows(struct world *world)
{
    ANSWERS(world, "admin", "rotation.add",
            "{id: show, title: Show, starts: '2027-01-12T14:00', rule: 'FREQ=WEEKLY', members: [east, west], "
            "publish_days: 10}",
            "show");
}

static int tear_down(void **state)
{
    world_free(*state);
    return 0;
}

/* ---- single cases ---- */

static void a_published_turn_is_an_invitation(void **state)
{
    struct world *world = *state;
    add_talks(world);
    assert_string_equal(mailed(world),
                        "talk-1 anna request 0 2027-01-07T08:00;talk-2 bo request 0 2027-01-14T08:00;"
                        "talk-3 carl request 0 2027-01-21T08:00;");
    world_advance(world, "2027-01-05T08:00");
    assert_string_equal(mailed(world), "");
    world_advance(world, "2027-01-08T08:00");
    assert_string_equal(mailed(world), "talk-4 dora request 0 2027-01-28T08:00;");
}

static void in_the_reader_s_language(void **state)
{
    struct world *world = *state;
    ANSWERS(world, "admin", "rotation.add",
            "{id: talk, title: Talk, starts: '2027-01-07T09:00', rule: 'FREQ=YEARLY', member_kind: person, "
            "members: [anna, bo], publish_days: 20}",
            "talk");
    ANSWERS(world, "admin", "person.change", "{id: anna, language: danish}", "danish");
    const char *letter = world_call(world, "courier", "outbox.claim", "{limit: 1}");

    assert_non_null(strstr(letter, "channel: mail, to: anna@example.org, to_name: anna, subject: Talk, "));
    assert_non_null(strstr(letter, "Hej anna,"));
    assert_non_null(strstr(letter, "laug turn offer talk-1"));
    assert_non_null(
        strstr(letter, "calendar: {method: request, entry: {uid: talk-1, kind: turn, subject: talk-1"));
    assert_non_null(strstr(letter, "state: confirmed, title: Talk, text: "));
}

static void a_swap_moves_both(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    ANSWERS(world, "anna", "turn.offer", "{id: talk-1, against: talk-2}", "asked");
    ANSWERS(world, "bo", "turn.accept", "{id: talk-1}", "accepted");
    assert_string_equal(mailed(world),
                        "talk-1 anna cancel 1 2027-01-07T08:00;talk-1 bo request 1 2027-01-07T08:00;"
                        "talk-2 anna request 1 2027-01-14T08:00;talk-2 bo cancel 1 2027-01-14T08:00;");
    ANSWERS(world, "bo", "turn.undo", "{id: talk-1}", "undone");
    assert_string_equal(mailed(world),
                        "talk-1 anna request 2 2027-01-07T08:00;talk-1 bo cancel 2 2027-01-07T08:00;"
                        "talk-2 anna cancel 2 2027-01-14T08:00;talk-2 bo request 2 2027-01-14T08:00;");
}

static void covered_pinned_and_replaced(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    ANSWERS(world, "anna", "turn.offer", "{id: talk-1, to: dora}", "asked");
    ANSWERS(world, "dora", "turn.accept", "{id: talk-1}", "accepted");
    assert_string_equal(mailed(world),
                        "talk-1 anna cancel 1 2027-01-07T08:00;talk-1 dora request 1 2027-01-07T08:00;");
    ANSWERS(world, "admin", "turn.pin", "{id: talk-1, member: anna}", "anna");
    assert_string_equal(mailed(world),
                        "talk-1 anna request 2 2027-01-07T08:00;talk-1 dora cancel 2 2027-01-07T08:00;");
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: '2027-01-07', to: '2027-01-08'}", "anna");
    assert_string_equal(mailed(world),
                        "talk-1 anna cancel 3 2027-01-07T08:00;talk-1 dora request 3 2027-01-07T08:00;");
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

/* Some at once, then ever later, and in the end what is so. */
static void to_and_fro_fills_no_mailbox(void **state)
{
    struct world *world = *state;
    size_t count = 0;
    char last[8000] = "";
    add_talks(world);
    mailed(world);
    for (int i = 0; i < 41; i++) {
        ANSWERS(world, "admin", "turn.pin",
                i % 2 ? "{id: talk-1, member: anna}" : "{id: talk-1, member: dora}", "talk-1");
        count += count_of(mailed(world), " dora ");
    }
    assert_int_equal(count, 4);
    static const char *const times[] = { "2027-01-04T12:00", "2027-01-04T16:00", "2027-01-05T08:00",
                                         "2027-01-05T16:00", "2027-01-06T12:00" };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        world_advance(world, times[i]);
        const char *mails = mailed(world);
        count += count_of(mails, " dora ");
        if (*mails)
            snprintf(last, sizeof last, "%s", mails);
    }
    assert_int_equal(count, 5);
    assert_non_null(strstr(last, "talk-1 dora request"));
}

static void an_open_turn_is_nobody_s_until_it_is_filled(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    ANSWERS(world, "admin", "closure.add", "{id: none, from: '2028-01-01', to: '2028-01-01', title: x}",
            "none");
    static const char *const people[] = { "anna", "bo", "carl", "dora" };
    for (size_t i = 0; i < 4; i++) {
        char params[100];
        snprintf(params, sizeof params, "{person: %s, from: '2027-01-14', to: '2027-01-14'}", people[i]);
        ANSWERS(world, "admin", "absence.add", params, "away");
    }
    assert_string_equal(mailed(world), "talk-2 bo cancel 2 2027-01-14T08:00;");
    ANSWERS(world, "admin", "absence.remove", "{id: away-2}", "");
    assert_string_equal(mailed(world), "talk-2 bo request 3 2027-01-14T08:00;");
}

static void a_cancelled_turn_goes(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    ANSWERS(world, "admin", "turn.cancel", "{id: talk-2}", "cancelled");
    ANSWERS(world, "courier", "outbox.claim", "{}",
            "subject: No longer in your calendar: Talk, Thursday 14 January 2027, text: Hello bo,");
    world_advance(world, "2027-01-04T09:00");
    ANSWERS(world, "courier", "outbox.claim", "{}", "It does not take place.");
    world_advance(world, "2027-01-04T10:00");
    assert_string_equal(mailed(world), "talk-2 bo cancel 1 2027-01-14T08:00;");
}

static void a_moved_turn_moves(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    ANSWERS(world, "admin", "rotation.change", "{id: talk, starts: '2027-01-08T10:00', republish: yes}",
            "talk");
    assert_string_equal(mailed(world),
                        "talk-1 anna request 1 2027-01-08T09:00;talk-2 bo request 1 2027-01-15T09:00;"
                        "talk-3 carl request 1 2027-01-22T09:00;");
    ANSWERS(world, "admin", "rotation.change", "{id: talk, duration_minutes: 45}", "talk");
    assert_string_equal(mailed(world), "");
    ANSWERS(world, "admin", "rotation.change", "{id: talk, duration_minutes: 45, republish: yes}", "talk");
    assert_string_equal(mailed(world),
                        "talk-1 anna request 2 2027-01-08T09:00;talk-2 bo request 2 2027-01-15T09:00;"
                        "talk-3 carl request 2 2027-01-22T09:00;");
    ANSWERS(world, "admin", "rotation.change", "{id: talk, title: 'A talk'}", "talk");
    assert_string_equal(mailed(world),
                        "talk-1 anna request 3 2027-01-08T09:00;talk-2 bo request 3 2027-01-15T09:00;"
                        "talk-3 carl request 3 2027-01-22T09:00;");
    world_advance(world, "2027-01-12T08:00");
    mailed(world);
    ANSWERS(world, "admin", "rotation.change", "{id: talk, zone: 'Europe/London', republish: yes}", "talk");
    assert_string_equal(mailed(world),
                        "talk-2 bo request 4 2027-01-15T10:00;talk-3 carl request 4 2027-01-22T10:00;"
                        "talk-4 dora request 1 2027-01-29T10:00;");
}

static void a_removed_rotation_takes_what_is_to_come(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    world_advance(world, "2027-01-08T08:00");
    mailed(world);
    ANSWERS(world, "admin", "rotation.remove", "{id: talk}", "");
    assert_string_equal(mailed(world),
                        "talk-2 bo cancel 1 2027-01-14T08:00;talk-3 carl cancel 1 2027-01-21T08:00;"
                        "talk-4 dora cancel 1 2027-01-28T08:00;");
    /* one of the same name gives its turns the same ids: they are newer than what was told of the first */
    ANSWERS(world, "admin", "rotation.add",
            "{id: talk, title: Talk, starts: '2027-02-04T09:00', rule: 'FREQ=WEEKLY', member_kind: person, "
            "members: [dora, bo, carl, anna], publish_days: 34}",
            "talk");
    assert_string_equal(mailed(world),
                        "talk-1 dora request 1 2027-02-04T08:00;talk-2 bo request 2 2027-02-11T08:00;");
}

static void a_team_s_turn_is_all_of_theirs(void **state)
{
    struct world *world = *state;
    add_shows(world);
    assert_string_equal(mailed(world),
                        "show-1 anna request 0 2027-01-12T13:00;show-1 bo request 0 2027-01-12T13:00;");
    ANSWERS(world, "admin", "person.change", "{id: dora, teams: [east]}", "east");
    assert_string_equal(mailed(world), "show-1 dora request 1 2027-01-12T13:00;");
    ANSWERS(world, "admin", "team.change", "{id: east, lead: lis}", "lis");
    assert_string_equal(mailed(world),
                        "show-1 anna cancel 2 2027-01-12T13:00;show-1 lis request 2 2027-01-12T13:00;");
    ANSWERS(world, "admin", "membership.end", "{person: bo, team: east, to: '2027-01-11'}", "bo");
    assert_string_equal(mailed(world), "show-1 bo cancel 3 2027-01-12T13:00;");
    ANSWERS(world, "admin", "team.change", "{id: east, name: 'The East'}", "east");
    assert_string_equal(mailed(world),
                        "show-1 dora request 4 2027-01-12T13:00;show-1 lis request 4 2027-01-12T13:00;");
}

static void an_imported_newcomer_is_invited(void **state)
{
    struct world *world = *state;
    add_shows(world);
    mailed(world);
    ANSWERS(world, "admin", "person.import",
            "{people: [{id: eva, name: Eva, email: 'eva@example.org', team: east, hired_on: '2027-01-11'}, "
            "{id: fie, name: Fie, email: 'fie@example.org', team: east, hired_on: '2027-01-13'}]}",
            "added: 2");
    assert_string_equal(mailed(world), "show-1 eva request 1 2027-01-12T13:00;");
}

static void of_a_large_team_only_the_lead_is_invited(void **state)
{
    struct world *world = *state;
    char id[20], params[100];
    for (int i = 0; i < 24; i++) {
        snprintf(id, sizeof id, "p%02d", i);
        add_person(world, id);
        snprintf(params, sizeof params, "{person: %s, team: east}", id);
        ANSWERS(world, "admin", "membership.add", params, id);
    }
    add_shows(world);
    const char *all = mailed(world);
    assert_non_null(strstr(all, "show-1 anna request 0"));
    assert_non_null(strstr(all, "show-1 bo request 0"));
    assert_non_null(strstr(all, "show-1 p23 request 0"));
    add_person(world, "one-more");
    ANSWERS(world, "admin", "membership.add", "{person: one-more, team: east}", "one-more");
    all = mailed(world);
    assert_null(strstr(all, "anna"));
    assert_null(strstr(all, "one-more"));
    assert_non_null(strstr(all, "show-1 bo cancel 1"));
    assert_non_null(strstr(all, "show-1 p23 cancel 1"));
}

static void approve_sabbatical(struct world *world)
{
    ANSWERS(world, "admin", "sabbatical.policy.change", "{min_tenure_days: 0, notice_days: 0, min_cover: 0}",
            "days");
    ANSWERS(world, "dora", "sabbatical.request", "{person: dora, starts_on: '2027-03-01', project: 'Weld'}",
            "requested");
    ANSWERS(world, "admin", "sabbatical.approve", "{id: sabbatical-1}", "approved");
}

static void a_sabbatical_comes_and_goes(void **state)
{
    struct world *world = *state;
    approve_sabbatical(world);
    const char *letter = world_call(world, "courier", "outbox.claim", "{}");
    assert_non_null(strstr(letter, "subject: Your sabbatical: Monday 1 March 2027"));
    assert_non_null(strstr(letter, "method: request, entry: {uid: sabbatical-1.away, kind: sabbatical"));
    assert_non_null(strstr(letter, "title: Sabbatical, text: Weld, from: 2027-03-01, to: 2027-03-05"));
    world_advance(world, "2027-01-04T09:00");
    assert_string_equal(mailed(world), "sabbatical-1.away dora request 0 2027-03-01;");
    ANSWERS(world, "admin", "sabbatical.cancel", "{id: sabbatical-1, reason: 'The roof leaks.'}",
            "cancelled");
    letter = world_call(world, "courier", "outbox.claim", "{}");
    assert_non_null(strstr(letter, "The roof leaks."));
    assert_non_null(strstr(letter, "Sabbatical: Weld, Monday 1 March to Friday 5 March 2027, is no longer"));
    assert_non_null(strstr(letter, "method: cancel, entry: {uid: sabbatical-1.away"));
    assert_non_null(strstr(letter, "state: cancelled, title: Sabbatical"));
}

static void withdrawn_before_it_was_told_is_never_told(void **state)
{
    struct world *world = *state;
    approve_sabbatical(world);
    ANSWERS(world, "dora", "sabbatical.withdraw", "{id: sabbatical-1}", "withdrawn");
    assert_string_equal(mailed(world), "");
    add_talks(world);
    mailed(world);
    ANSWERS(world, "admin", "turn.pin", "{id: talk-1, member: dora}", "dora");
    ANSWERS(world, "admin", "turn.pin", "{id: talk-1, member: anna}", "anna");
    assert_string_equal(mailed(world), "");
}

static void a_new_address_is_told_too(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    ANSWERS(world, "admin", "person.change", "{id: bo, email: 'new@example.org'}", "bo");
    assert_string_equal(mailed(world), "talk-2 new request 1 2027-01-14T08:00;");
    ANSWERS(world, "admin", "person.change", "{id: bo, clear: [email]}", "bo");
    assert_string_equal(mailed(world), "");
    ANSWERS(world, "admin", "turn.cancel", "{id: talk-2}", "cancelled");
    assert_string_equal(mailed(world), "");
    ANSWERS(world, "admin", "person.change", "{id: carl, name: 'Carl the Great'}", "carl");
    assert_string_equal(mailed(world), "");
}

static void who_leaves_has_no_more_of_them(void **state)
{
    struct world *world = *state;
    add_talks(world);
    add_shows(world);
    mailed(world);
    ANSWERS(world, "admin", "person.change", "{id: bo, left_on: '2027-01-12'}", "bo");
    assert_string_equal(
        mailed(world),
        "show-1 anna cancel 2 2027-01-12T13:00;show-1 bo cancel 2 2027-01-12T13:00;show-1 carl request 2 "
        "2027-01-12T13:00;show-1 dora request 2 2027-01-12T13:00;talk-2 bo cancel 1 2027-01-14T08:00;"
        "talk-2 dora request 1 2027-01-14T08:00;");
}

static void nothing_comes_while_away(void **state)
{
    struct world *world = *state;
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: '2027-01-04', to: '2027-01-05'}", "anna");
    add_talks(world);
    assert_null(strstr(mailed(world), "anna"));
    world_advance(world, "2027-01-05T12:00");
    assert_string_equal(mailed(world), "");
    world_advance(world, "2027-01-06T09:00");
    assert_string_equal(mailed(world), "talk-1 anna request 0 2027-01-07T08:00;");
    /* what was lost meanwhile is not theirs afterwards either */
    ANSWERS(world, "admin", "absence.add", "{person: anna, from: '2027-01-06', to: '2027-01-08'}", "anna");
    assert_null(strstr(mailed(world), "anna"));
    world_advance(world, "2027-01-11T09:00");
    assert_string_equal(mailed(world),
                        "talk-1 anna cancel 1 2027-01-07T08:00;talk-4 anna request 0 2027-01-28T08:00;");
}

static void nobody_is_woken(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    world_advance(world, "2027-01-08T06:59");
    ANSWERS(world, "anna", "turn.show", "{id: talk-4}", "published: yes");
    assert_string_equal(mailed(world), "");
    world_advance(world, "2027-01-08T07:00");
    assert_string_equal(mailed(world), "talk-4 dora request 0 2027-01-28T08:00;");
}

static void what_is_past_is_left_alone(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    world_advance(world, "2027-01-08T08:00");
    mailed(world);
    ANSWERS(world, "admin", "turn.done", "{id: talk-1, member: dora}", "dora");
    ANSWERS(world, "admin", "person.change", "{id: anna, email: 'other@example.org'}", "other");
    assert_string_equal(mailed(world), "");
}

static void who_cannot_be_reached_is_told_later(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    ANSWERS(world, "admin", "person.change", "{id: bo, clear: [email]}", "bo");
    ANSWERS(world, "admin", "turn.pin", "{id: talk-2, member: dora}", "dora");
    assert_string_equal(mailed(world), "talk-2 dora request 2 2027-01-14T08:00;");
    ANSWERS(world, "admin", "person.change", "{id: bo, email: 'bo@example.org'}", "bo");
    assert_string_equal(mailed(world), "talk-2 bo cancel 2 2027-01-14T08:00;");
}

static void who_is_back_sooner_hears_sooner(void **state)
{
    struct world *world = *state;
    add_talks(world);
    ANSWERS(world, "admin", "absence.add", "{person: bo, from: '2027-01-04', to: '2027-01-13'}", "away-1");
    assert_null(strstr(mailed(world), "bo"));
    ANSWERS(world, "admin", "absence.remove", "{id: away-1}", "");
    assert_string_equal(mailed(world), "talk-2 bo request 0 2027-01-14T08:00;");
    ANSWERS(world, "admin", "closure.add", "{id: x, from: '2027-01-04', to: '2027-01-10', title: x}", "x");
    ANSWERS(world, "admin", "turn.pin", "{id: talk-2, member: dora}", "dora");
    assert_string_equal(mailed(world), "");
    ANSWERS(world, "admin", "closure.remove", "{id: x}", "");
    assert_string_equal(mailed(world),
                        "talk-2 bo cancel 1 2027-01-14T08:00;talk-2 dora request 1 2027-01-14T08:00;");
}

/* Moved to an earlier day, and past before anybody could be told: nobody is to wait for it. */
static void who_still_waits_for_what_is_past_is_told(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    ANSWERS(world, "admin", "person.change", "{id: carl, clear: [email]}", "carl");
    ANSWERS(world, "admin", "rotation.change", "{id: talk, starts: '2027-01-05T09:00', republish: yes}",
            "talk");
    mailed(world);
    world_advance(world, "2027-01-20T08:00");
    mailed(world);
    ANSWERS(world, "admin", "person.change", "{id: carl, email: 'carl@example.org'}", "carl");
    assert_non_null(strstr(mailed(world), "talk-3 carl request 3 2027-01-19T08:00;"));
}

/* The mail that moved it was only perhaps sent: the day before it may still stand in the calendar. */
static void who_perhaps_still_waits_is_told(void **state)
{
    struct world *world = *state;
    struct mail mails[MAILS_MOST];
    add_talks(world);
    mailed(world);
    ANSWERS(world, "admin", "rotation.change", "{id: talk, starts: '2027-01-05T09:00', republish: yes}",
            "talk");
    mails_claim(world, mails);
    ANSWERS(world, "admin", "person.change", "{id: carl, clear: [email]}", "carl");
    world_advance(world, "2027-01-20T08:00");
    mailed(world);
    ANSWERS(world, "admin", "person.change", "{id: carl, email: 'carl@example.org'}", "carl");
    assert_non_null(strstr(mailed(world), "talk-3 carl request 3 2027-01-19T08:00;"));
}

/* Refused, tried again, and dropped meanwhile: not refused for ever. */
static void a_refusal_is_forgotten_when_it_is_tried_again(void **state)
{
    struct world *world = *state;
    struct mail mails[MAILS_MOST];
    char params[100];
    approve_sabbatical(world);
    assert_int_equal(mails_claim(world, mails), 1);
    mails_settle(world, mails[0].id, "refused");
    snprintf(params, sizeof params, "{id: %s}", mails[0].id);
    ANSWERS(world, "admin", "outbox.retry", params, "waiting");
    ANSWERS(world, "admin", "company.change", "{invitations: no}", "no");
    assert_string_equal(mailed(world), "");
    ANSWERS(world, "admin", "company.change", "{invitations: yes}", "yes");
    assert_string_equal(mailed(world), "sabbatical-1.away dora request 0 2027-03-01;");
}

/* ---- what becomes of a mail ---- */

static void a_mail_that_is_perhaps_sent_is_followed_by_the_truth(void **state)
{
    struct world *world = *state;
    struct mail first[MAILS_MOST], again[MAILS_MOST];
    approve_sabbatical(world);
    assert_int_equal(mails_claim(world, first), 1);
    world_advance(world, "2027-01-04T08:20"); /* nobody has settled it */
    assert_int_equal(mails_claim(world, again), 1);
    assert_string_equal(first[0].id, again[0].id);
    mails_settle(world, again[0].id, "deferred");
    ANSWERS(world, "dora", "sabbatical.withdraw", "{id: sabbatical-1}", "withdrawn");
    world_advance(world, "2027-01-04T08:30");
    assert_int_equal(mails_claim(world, again), 1);
    assert_string_equal(again[0].method, "cancel");
    assert_string_not_equal(first[0].id, again[0].id);
    mails_settle(world, first[0].id, "sent"); /* late news of the first */
    world_advance(world, "2027-01-04T09:00");
    assert_int_equal(mails_claim(world, first), 1);
    assert_string_equal(first[0].id, again[0].id);
    mails_settle(world, again[0].id, "sent");
    world_advance(world, "2027-01-04T10:00");
    assert_string_equal(mailed(world), "");
}

static void what_changes_while_a_mail_is_out_follows_it(void **state)
{
    struct world *world = *state;
    struct mail mails[MAILS_MOST];
    approve_sabbatical(world);
    assert_int_equal(mails_claim(world, mails), 1);
    ANSWERS(world, "dora", "sabbatical.withdraw", "{id: sabbatical-1}", "withdrawn");
    assert_string_equal(mailed(world), "");
    mails_settle(world, mails[0].id, "sent");
    assert_string_equal(mailed(world), "sabbatical-1.away dora cancel 1 2027-03-01;");
}

static void a_refused_one_waits_for_an_admin_or_for_news(void **state)
{
    struct world *world = *state;
    struct mail mails[MAILS_MOST];
    char params[100];
    approve_sabbatical(world);
    assert_int_equal(mails_claim(world, mails), 1);
    mails_settle(world, mails[0].id, "refused");
    ANSWERS(world, "carl", "reminder.list", "{person: carl}", "Mail to dora is refused");
    world_advance(world, "2027-01-05T10:00");
    assert_string_equal(mailed(world), "");
    snprintf(params, sizeof params, "{id: %s}", mails[0].id);
    ANSWERS(world, "admin", "outbox.retry", params, "kind: invitation, state: waiting");
    REFUSES(world, "admin", "outbox.retry", params, "conflict");
    assert_int_equal(mails_claim(world, mails), 1);
    mails_settle(world, mails[0].id, "refused");
    ANSWERS(world, "admin", "person.change", "{id: dora, email: 'dora@example.com'}", "dora");
    REFUSES(world, "admin", "outbox.retry", params, "conflict id: a newer message has taken its place");
    assert_string_equal(mailed(world), "sabbatical-1.away dora request 1 2027-03-01;");
    REFUSES(world, "admin", "outbox.retry", params, "conflict id: a newer message has taken its place");
}

static void after_seven_days_it_is_given_up(void **state)
{
    struct world *world = *state;
    struct mail mails[MAILS_MOST];
    approve_sabbatical(world);
    for (int day = 4; day <= 12; day++) {
        char at[40];
        snprintf(at, sizeof at, "2027-01-%02dT20:00", day);
        world_advance(world, at);
        if (mails_claim(world, mails) == 1)
            mails_settle(world, mails[0].id, "deferred");
    }
    ANSWERS(world, "admin", "outbox.list", "{state: given_up}", "kind: invitation");
}

/* ---- beside other mail ---- */

static void notices_that_say_the_same_send_no_mail(void **state)
{
    struct world *world = *state;
    add_talks(world);
    plain_mails(world);
    ANSWERS(world, "admin", "rotation.change", "{id: talk, duration_minutes: 45, republish: yes}", "talk");
    ANSWERS(world, "admin", "turn.pin", "{id: talk-1, member: dora}", "dora");
    ANSWERS(world, "admin", "turn.cancel", "{id: talk-2}", "cancelled");
    assert_int_equal(plain_mails(world), 0);
    ANSWERS(world, "dora", "reminder.list", "{person: dora}", "You have a turn: Talk");
    ANSWERS(world, "anna", "reminder.list", "{person: anna}", "is no longer yours");
    ANSWERS(world, "carl", "reminder.list", "{person: carl}", "Your turn has moved");
    ANSWERS(world, "bo", "reminder.list", "{person: bo}", "Cancelled: Talk");
    ANSWERS(world, "admin", "company.change", "{invitations: no}", "invitations: no");
    ANSWERS(world, "admin", "turn.pin", "{id: talk-1, member: anna}", "anna");
    assert_int_equal(plain_mails(world), 2);
}

static void an_offer_is_still_a_mail(void **state)
{
    struct world *world = *state;
    add_talks(world);
    plain_mails(world);
    ANSWERS(world, "anna", "turn.offer", "{id: talk-1, to: dora}", "asked");
    assert_int_equal(plain_mails(world), 1);
}

static void an_offer_that_nobody_has_read_is_taken_back_in_silence(void **state)
{
    struct world *world = *state;
    add_talks(world);
    plain_mails(world);
    ANSWERS(world, "anna", "turn.offer", "{id: talk-1, to: dora}", "asked");
    ANSWERS(world, "anna", "turn.withdraw", "{id: talk-1}", "withdrawn");
    assert_int_equal(plain_mails(world), 0);
    world_advance(world, "2027-01-04T10:00");
    ANSWERS(world, "anna", "turn.offer", "{id: talk-1, to: dora}", "asked");
    assert_int_equal(plain_mails(world), 1);
    ANSWERS(world, "anna", "turn.withdraw", "{id: talk-1}", "withdrawn");
    assert_int_equal(plain_mails(world), 1); /* who was asked is told */
}

static void never_in_a_digest_but_counted(void **state)
{
    struct world *world = *state;
    ANSWERS(world, "admin", "company.change", "{message_cap: 1}", "message_cap: 1");
    ANSWERS(world, "admin", "rotation.add",
            "{id: talk, title: Talk, starts: '2027-01-07T09:00', rule: 'FREQ=WEEKLY', member_kind: person, "
            "members: [anna], publish_days: 20}",
            "talk");
    assert_string_equal(mailed(world),
                        "talk-1 anna request 0 2027-01-07T08:00;talk-2 anna request 0 2027-01-14T08:00;"
                        "talk-3 anna request 0 2027-01-21T08:00;");
    ANSWERS(world, "admin", "rotation.change", "{id: talk, members: [anna, bo]}", "talk");
    ANSWERS(world, "bo", "turn.list", "{}", "talk-1");
    ANSWERS(world, "admin", "turn.pin", "{id: talk-1, member: bo}", "bo");
    ANSWERS(world, "bo", "turn.offer", "{id: talk-1, to: anna}", "asked");
    assert_int_equal(plain_mails(world), 1); /* a question does not wait */
    ANSWERS(world, "bo", "turn.withdraw", "{id: talk-1}", "withdrawn");
    assert_int_equal(plain_mails(world), 0);
    ANSWERS(world, "admin", "outbox.list", "{person: anna}", "kind: weekly");
}

static void the_company_may_do_without(void **state)
{
    struct world *world = *state;
    REFUSES(world, "anna", "company.change", "{invitations: no}", "forbidden");
    ANSWERS(world, "anna", "company.show", "{}", "invitations: yes");
    add_talks(world);
    ANSWERS(world, "admin", "company.change", "{invitations: no}", "invitations: no");
    assert_string_equal(mailed(world), "");
    ANSWERS(world, "admin", "turn.cancel", "{id: talk-2}", "cancelled");
    assert_string_equal(mailed(world), "");
    ANSWERS(world, "admin", "company.change", "{invitations: yes}", "invitations: yes");
    assert_string_equal(mailed(world),
                        "talk-1 anna request 0 2027-01-07T08:00;talk-3 carl request 0 2027-01-21T08:00;");
    ANSWERS(world, "admin", "company.change", "{invitations: no}", "invitations: no");
    ANSWERS(world, "admin", "turn.cancel", "{id: talk-1}", "cancelled");
    ANSWERS(world, "admin", "company.change", "{invitations: yes}", "invitations: yes");
    assert_string_equal(mailed(world), "talk-1 anna cancel 1 2027-01-07T08:00;");
}

static void a_look_ahead_sends_nothing(void **state)
{
    struct world *world = *state;
    add_talks(world);
    mailed(world);
    ANSWERS(world, "admin", "rotation.change", "{id: talk, starts: '2027-01-08T10:00'}",
            "differences: [{turn");
    assert_string_equal(mailed(world), "talk-4 dora request 0 2027-01-22T09:00;"); /* new, not moved */
}

static const char *const events_of_talk_2 = "calendar.changed {subject: talk-2}\n";

static void changes_are_told(void **state)
{
    struct world *world = *state;
    add_talks(world);
    ANSWERS(world, "admin", "turn.cancel", "{id: talk-3}", "cancelled");
    world_events(world);
    ANSWERS(world, "admin", "turn.pin", "{id: talk-2, member: anna}", "anna");
    assert_string_equal(world_events_of(world, "calendar."), events_of_talk_2);
    ANSWERS(world, "admin", "rotation.change", "{id: talk, duration_minutes: 30}", "talk");
    assert_string_equal(world_events_of(world, "calendar."), "");
    approve_sabbatical(world);
    assert_string_equal(world_events_of(world, "calendar."), "calendar.changed {subject: sabbatical-1}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_published_turn_is_an_invitation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(in_the_reader_s_language, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_swap_moves_both, set_up, tear_down),
        cmocka_unit_test_setup_teardown(covered_pinned_and_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(to_and_fro_fills_no_mailbox, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_open_turn_is_nobody_s_until_it_is_filled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cancelled_turn_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_moved_turn_moves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_removed_rotation_takes_what_is_to_come, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_team_s_turn_is_all_of_theirs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_imported_newcomer_is_invited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_a_large_team_only_the_lead_is_invited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sabbatical_comes_and_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(withdrawn_before_it_was_told_is_never_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_address_is_told_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_leaves_has_no_more_of_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_comes_while_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_woken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_past_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_cannot_be_reached_is_told_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_back_sooner_hears_sooner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_perhaps_still_waits_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_is_forgotten_when_it_is_tried_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_still_waits_for_what_is_past_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mail_that_is_perhaps_sent_is_followed_by_the_truth, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_changes_while_a_mail_is_out_follows_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_one_waits_for_an_admin_or_for_news, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_seven_days_it_is_given_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notices_that_say_the_same_send_no_mail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_offer_is_still_a_mail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_offer_that_nobody_has_read_is_taken_back_in_silence, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(never_in_a_digest_but_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_company_may_do_without, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_look_ahead_sends_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_are_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
