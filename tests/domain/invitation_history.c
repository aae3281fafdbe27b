/* SPDX-License-Identifier: MIT */
/*
 * Random months of a company, with a mail server that loses, delays, repeats and reorders. The reader is
 * naive: of each entry it keeps what has the highest sequence. When all is quiet again, its calendar must be
 * what calendar.list says. HISTORIES=300 lives through more of them, FIRST=148 begins with that one.
 */
#include "chance.h"
#include "day.h"
#include "mails.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 6, ENTRIES_MOST = 400, HELD_MOST = 200, STEPS = 220 };

struct calendar_of {
    struct mail entries[ENTRIES_MOST]; /* the newest of each uid */
    size_t count;
};

static struct history {
    struct world *world;
    struct calendar_of calendars[PEOPLE];
    struct mail held[HELD_MOST]; /* on their way to the reader */
    size_t held_count;
    int64_t now; /* local */
    unsigned claims, lost, doubled;
} history;

/* ---- the reader ---- */

static int number_of(const char *address)
{
    return address[1] - '0';
}

static void take(const struct mail *mail)
{
    struct calendar_of *calendar = &history.calendars[number_of(mail->to)];
    size_t i = 0;
    while (i < calendar->count && strcmp(calendar->entries[i].uid, mail->uid) != 0)
        i++;
    if (i == calendar->count)
        calendar->count++;
    else if (calendar->entries[i].sequence > mail->sequence)
        return;
    assert_true(calendar->count <= ENTRIES_MOST);
    calendar->entries[i] = *mail;
}

/* Some of what is on its way arrives, in any order, and some of that will arrive once more. */
static void arrive(size_t count)
{
    for (; count > 0 && history.held_count > 0; count--) {
        size_t i = (size_t)chance((int)history.held_count);
        take(&history.held[i]);
        if (chance(6) == 0) {
            history.doubled++;
            continue;
        }
        history.held[i] = history.held[--history.held_count];
    }
}

static void arrive_all(void)
{
    while (history.held_count > 0)
        arrive(1);
}

static void hold(const struct mail *mail)
{
    if (history.held_count == HELD_MOST)
        arrive(HELD_MOST / 2);
    history.held[history.held_count++] = *mail;
}

/* ---- the courier ---- */

/* Sent; put off, though perhaps it arrived; refused; or the courier dies before it tells. */
static void carry(struct mail *mail, bool is_fair)
{
    int luck = is_fair ? 0 : chance(10);
    history.claims++;
    if (luck < 5) {
        hold(mail);
        mails_settle(history.world, mail->id, "sent");
    } else if (luck < 7) {
        if (chance(2))
            hold(mail);
        mails_settle(history.world, mail->id, "deferred");
    } else if (luck == 7) {
        mails_settle(history.world, mail->id, "refused");
    } else {
        history.lost++;
        if (chance(2))
            hold(mail);
    }
}

static size_t carry_all(bool is_fair)
{
    struct mail mails[MAILS_MOST];
    size_t count = mails_claim(history.world, mails);
    for (size_t i = 0; i < count; i++)
        carry(&mails[i], is_fair);
    return count;
}

static void retry(const char *state)
{
    char params[100], id[MAIL_TEXT];
    static char list[1 << 20];
    snprintf(params, sizeof params, "{state: %s}", state);
    snprintf(list, sizeof list, "%s", world_call(history.world, "admin", "outbox.list", params));
    for (const char *at = list; (at = strstr(at, "{id: ")); at++) {
        snprintf(id, sizeof id, "%.*s", (int)strcspn(at + 5, ","), at + 5);
        snprintf(params, sizeof params, "{id: %s}", id);
        world_call(history.world, "admin", "outbox.retry", params); /* one that was replaced refuses */
    }
}

/* ---- what happens ---- */

static void tell(const char *who, const char *method, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Much of what is tried is not possible at the moment. */
static void tell(const char *who, const char *method, const char *format, ...)
{
    char params[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(params, sizeof params, format, arguments);
    va_end(arguments);
    world_call(history.world, who, method, params);
    assert_int_not_equal(world_code(history.world), INTERNAL);
}

static const char *day_in(int days)
{
    static char texts[4][DAY_TEXT_SIZE];
    static int next;
    return day_print(day_of_seconds(history.now) + days, texts[next++ & 3]);
}

static void go_on(int64_t seconds)
{
    char local[LOCAL_TEXT_SIZE];
    history.now += seconds;
    world_advance(history.world, local_print(history.now / 60 * 60, local));
}

static const char *some_turn(void)
{
    static char texts[4][20];
    static int next;
    char *text = texts[next++ & 3];
    int week = (int)((history.now / DAY_SECONDS - day_from_civil((struct civil){ 2027, 1, 4 })) / 7);
    snprintf(text, sizeof texts[0], "%s-%d", chance(3) ? "talk" : "show", week + 1 + chance(9));
    return text;
}

static void change_turn(void)
{
    const char *turn = some_turn(), *other = some_turn();
    char member[8];
    snprintf(member, sizeof member, "%s",
             turn[0] == 't' ? (char[]){ 'p', (char)('0' + chance(PEOPLE)), 0 }
                            : (chance(2) ? "east" : "west"));
    switch (chance(6)) {
    case 0: tell("admin", "turn.cancel", "{id: %s}", turn); break;
    case 1: tell("admin", "turn.pin", "{id: %s, member: %s}", turn, member); break;
    case 2: tell("admin", "turn.offer", "{id: %s, to: %s}", turn, member); break;
    case 3: tell("admin", "turn.offer", "{id: %s, against: %s}", turn, other); break;
    case 4: tell("admin", "turn.accept", "{id: %s}", turn); break;
    default: tell("admin", "turn.undo", "{id: %s}", turn); break;
    }
}

static void change_people(void)
{
    int person = chance(PEOPLE);
    switch (chance(9)) {
    case 0:
        tell("admin", "absence.add", "{person: p%d, from: '%s', to: '%s'}", person, day_in(chance(20)),
             day_in(20 + chance(10)));
        break;
    case 1:
        tell("admin", "absence.add", "{person: p%d, from: '%s', to: '%s'}", person, day_in(0),
             day_in(chance(4)));
        break;
    case 2: tell("admin", "absence.remove", "{id: away-%d}", 1 + chance(10)); break;
    case 3:
        tell("admin", "person.change", "{id: p%d, email: 'p%d@%d.example.org'}", person, person,
             chance(1000));
        break;
    case 4:
        tell("admin", "person.change", chance(2) ? "{id: p%d, clear: [email]}" : "{id: p%d, name: 'Another'}",
             person);
        break;
    case 5:
        tell("admin", "person.change", "{id: p%d, teams: [%s]}", person, chance(2) ? "east" : "west");
        break;
    case 6: tell("admin", "team.change", "{id: %s, lead: p%d}", chance(2) ? "east" : "west", person); break;
    case 7:
        tell("admin", "sabbatical.request", "{person: p%d, starts_on: '%s', project: 'Weld'}", person,
             day_in(10 + chance(20)));
        break;
    default:
        tell("admin", chance(2) ? "sabbatical.approve" : "sabbatical.withdraw", "{id: sabbatical-%d}",
             1 + chance(8));
        break;
    }
}

static void change_company(void)
{
    const char *rotation = chance(2) ? "talk" : "show";
    switch (chance(6)) {
    case 0: tell("admin", "rotation.change", "{id: %s, title: 'Title %d'}", rotation, chance(100)); break;
    case 1:
        tell("admin", "rotation.change", "{id: %s, duration_minutes: %d, republish: yes}", rotation,
             15 + chance(60));
        break;
    case 2:
        tell("admin", "rotation.change", "{id: %s, starts: '2027-01-0%dT%02d:00', republish: yes}", rotation,
             4 + chance(5), 8 + chance(8));
        break;
    case 3:
        tell("admin", "closure.add", "{id: c%d, from: '%s', to: '%s', title: x}", chance(100000), day_in(9),
             day_in(9));
        break;
    case 4:
        tell("admin", "rotation.change", "{id: talk, members: [p0, p1, p2, p%d, p%d]}", 3, 4 + chance(2));
        break;
    default: tell("admin", "company.change", "{invitations: %s}", chance(3) ? "yes" : "no"); break;
    }
}

static void step(void)
{
    int luck = chance(20);
    if (luck < 7)
        change_turn();
    else if (luck < 13)
        change_people();
    else if (luck == 13)
        change_company();
    if (chance(2))
        carry_all(false);
    if (chance(3) == 0)
        go_on(chance(3) ? 3600 * (1 + chance(10)) : (int64_t)DAY_SECONDS * (1 + chance(3)));
    if (chance(15) == 0)
        retry("refused");
    arrive((size_t)chance(4));
}

/* ---- the comparison ---- */

/* As the courier's clock shows it: 2027-01-04T08:00:00Z. */
static const char *instant_now(void)
{
    static char text[MAIL_TEXT];
    const char *answer = world_call(history.world, "p0", "clock.now", "{}");
    const char *at = strstr(answer, "2027-");
    snprintf(text, sizeof text, "%.20s", at ? at : "");
    return text;
}

/* Still to come: a turn that has not begun, a sabbatical that is not over. */
static bool is_ahead(const struct mail *entry, const char *now)
{
    return strchr(entry->starts, 'T') ? strcmp(entry->starts, now) > 0 : strncmp(entry->ends, now, 10) >= 0;
}

static bool says_the_same(const struct mail *a, const struct mail *b)
{
    return strcmp(a->starts, b->starts) == 0 && strcmp(a->ends, b->ends) == 0 &&
           strcmp(a->title, b->title) == 0;
}

static const struct mail *find(const struct mail *entries, size_t count, const char *uid)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].uid, uid) == 0)
            return &entries[i];
    return NULL;
}

static size_t load_truth(int person, struct mail *entries)
{
    char params[100];
    size_t count = 0;
    snprintf(params, sizeof params, "{person: p%d, limit: 500}", person);
    const char *answer = world_call(history.world, "p0", "calendar.list", params);
    assert_int_equal(world_code(history.world), OK);
    for (const char *at = answer; (at = strstr(at, "{uid: ")); at++)
        mail_read_entry(at, &entries[count++]);
    return count;
}

static size_t compare(int person, unsigned seed)
{
    static struct mail truth[ENTRIES_MOST];
    const struct calendar_of *calendar = &history.calendars[person];
    const char *now = instant_now();
    size_t count = load_truth(person, truth), ahead = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mail *told = find(calendar->entries, calendar->count, truth[i].uid);
        if (!is_ahead(&truth[i], now))
            continue;
        ahead++;
        if (!told || strcmp(told->method, "request") != 0)
            fail_msg("seed %u: p%d misses %s", seed, person, truth[i].uid);
        else if (!says_the_same(told, &truth[i]) || told->sequence > truth[i].sequence)
            fail_msg("seed %u: p%d has %s %s %s %ld, and it is %s %s %ld", seed, person, told->uid,
                     told->title, told->starts, told->sequence, truth[i].title, truth[i].starts,
                     truth[i].sequence);
    }
    for (size_t i = 0; i < calendar->count; i++) {
        const struct mail *told = &calendar->entries[i];
        if (strcmp(told->method, "request") == 0 && is_ahead(told, now) && !find(truth, count, told->uid))
            fail_msg("seed %u: p%d still has %s at %s", seed, person, told->uid, told->starts);
    }
    return ahead;
}

/* ---- one history ---- */

static void begin(unsigned seed)
{
    history = (struct history){ .world = world_new("2027-01-04T08:00") };
    history.now = (int64_t)day_from_civil((struct civil){ 2027, 1, 4 }) * DAY_SECONDS + 8 * 3600;
    chance_start(seed);
    for (int i = 0; i < PEOPLE; i++)
        tell("admin", "person.add", "{id: p%d, name: 'Person %d', email: 'p%d@example.org'}", i, i, i);
    tell("admin", "team.add", "{id: east, name: East, lead: p0}");
    tell("admin", "team.add", "{id: west, name: West, lead: p1}");
    for (int i = 0; i < PEOPLE; i++)
        tell("admin", "person.change", "{id: p%d, team: %s}", i, i % 2 ? "east" : "west");
    tell("admin", "sabbatical.policy.change", "{min_tenure_days: 0, notice_days: 0, min_cover: 0}");
    tell("admin", "company.change", "{message_cap: 3}");
    tell("admin", "rotation.add",
         "{id: talk, title: Talk, starts: '2027-01-07T09:00', rule: 'FREQ=WEEKLY', "
         "member_kind: person, members: [p0, p1, p2, p3, p4], publish_days: 60}");
    tell("admin", "rotation.add",
         "{id: show, title: Show, starts: '2027-01-05T14:00', rule: 'FREQ=WEEKLY', "
         "members: [east, west], min_present: 1, publish_days: 60}");
}

/* On a weekend, or while somebody is away, mail waits. */
static bool is_quiet_day(void)
{
    char params[100];
    snprintf(params, sizeof params, "{from: '%s', until: '%s'}", day_in(0), day_in(0));
    return day_weekday(day_of_seconds(history.now)) > FRIDAY ||
           strcmp(world_call(history.world, "admin", "absence.list", params), "{items: []}") != 0;
}

/* Everybody is back, nothing is lost any more; what was refused is tried again. */
static void quieten(void)
{
    for (int i = 0; i < 60; i++)
        tell("admin", "absence.remove", "{id: away-%d}", i);
    for (int i = 0; i < PEOPLE; i++)
        tell("admin", "person.change", "{id: p%d, email: 'p%d@example.org'}", i, i);
    tell("admin", "company.change", "{invitations: yes}");
    /* longer than a mail is put off; it ends at noon */
    go_on(36 * 3600 - history.now % DAY_SECONDS);
    for (int day = 0; day < 12 || is_quiet_day(); day++) {
        go_on(DAY_SECONDS);
        retry("refused");
        retry("given_up");
        carry_all(true);
    }
    while (carry_all(true) + mails_plain > 0)
        continue;
    arrive_all();
}

static void the_reader_s_calendar_is_the_plan(void **state)
{
    unsigned seeds = getenv("HISTORIES") ? (unsigned)strtoul(getenv("HISTORIES"), NULL, 10) : 6;
    unsigned claims = 0, lost = 0, doubled = 0;
    (void)state;
    for (unsigned seed = getenv("FIRST") ? (unsigned)strtoul(getenv("FIRST"), NULL, 10) : 1; seed <= seeds;
         seed++) {
        size_t ahead = 0;
        begin(seed);
        for (int i = 0; i < STEPS; i++)
            step();
        quieten();
        for (int person = 0; person < PEOPLE; person++)
            ahead += compare(person, seed);
        assert_true(ahead > 0);
        claims += history.claims;
        lost += history.lost;
        doubled += history.doubled;
        world_free(history.world);
    }
    assert_true(claims > 60 * seeds && lost > 4 * seeds && doubled > 4 * seeds);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_reader_s_calendar_is_the_plan) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
