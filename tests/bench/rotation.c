/* SPDX-License-Identifier: MIT */
/*
 * What a plan costs, without database and wire: the calendar and the planner as the daemon links them, and
 * beside them libical's bare expansion of the same rule, which neither skips holidays nor knows members.
 *
 * rotation one RULE MEMBERS ROUNDS: ten years of one rotation, from the rule's text to the last reason:
 * closed days, instants, absences, choice. rotation many ROTATIONS MEMBERS ROUNDS: ten years of monthly turns
 * in each.
 *
 * Prints one line of JSON with medians in microseconds.
 */
#include "arena.h"
#include "plan.h"
#include "slot.h"

#include <libical/ical.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST_DAY = 20818 /* 2026-12-31 */, TEN_YEARS = 3653, SLOTS = 4096, AWAY = 30, REPEATS = 20 };

static double microseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void die(const char *why)
{
    fprintf(stderr, "rotation: %s\n", why);
    exit(1);
}

/* A company: closed at weekends and on twelve days a year; everyone away three times a year for a week. */
struct company {
    struct calendar calendar;
    const struct zone *zone;
    struct rule rule;
    int members;
    struct plan_days stay;
    struct plan_away *away; /* AWAY a member */
};

static void company_make(struct company *company, struct zones *zones, const char *rule_text, int members)
{
    struct error error;
    calendar_reset(&company->calendar, CALENDAR_MON_TO_FRI);
    for (int32_t day = FIRST_DAY; day < FIRST_DAY + TEN_YEARS; day += 31)
        calendar_close(&company->calendar, day, day);
    if (zones_find(zones, "Europe/Copenhagen", "zone", &company->zone, &error))
        die(error.text);
    struct rule_source source = { .text = rule_text,
                                  .starts = (int64_t)FIRST_DAY * DAY_SECONDS + 9 * 3600,
                                  .zone = company->zone };
    if (rule_read(&source, &company->rule, &error))
        die(error.text);
    company->members = members;
    company->stay = (struct plan_days){ FIRST_DAY, PLAN_ALWAYS };
    company->away = calloc((size_t)members * AWAY, sizeof(struct plan_away));
    for (int i = 0; i < members * AWAY; i++) {
        int32_t from = FIRST_DAY + (i % AWAY) * 120 + (i / AWAY * 37) % 100;
        company->away[i].days = (struct plan_days){ from, from + 6 };
        company->away[i].why = PLAN_ABSENT;
    }
}

/* Everything from the rule to the last reason; gives the number of turns. */
static size_t plan_whole(const struct company *company, struct arena *arena)
{
    struct plan_rotation rotation = { .members_count = (size_t)company->members, .min_gap_days = 14 };
    rotation.slots = arena_take(arena, SLOTS * sizeof(struct plan_slot));
    rotation.members = arena_take(arena, rotation.members_count * sizeof(struct plan_member));
    for (size_t i = 0; i < rotation.members_count; i++) {
        rotation.members[i] = (struct plan_member){
            .stays = &company->stay, .stays_count = 1, .away = company->away + i * AWAY, .away_count = AWAY
        };
    }
    struct slot_source source = { &company->rule, company->zone, &company->calendar, CLOSED_NEXT };
    struct slots slots = slots_from(&source, company->rule.starts);
    int64_t end = company->rule.starts + (int64_t)TEN_YEARS * DAY_SECONDS;
    for (struct slot slot; rotation.slots_count < SLOTS && slots_next(&slots, &slot) && slot.local < end;) {
        rotation.slots[rotation.slots_count++] = (struct plan_slot){ day_of_seconds(slot.local), PLAN_NEW,
                                                                     PLAN_NOBODY };
    }
    rotation.new_until = rotation.slots_count;
    size_t decided = 0;
    struct plan *plan = plan_open(arena, &rotation);
    for (struct plan_decision decision; plan_step(plan, &decision);) {
        size_t size = rotation.members_count * sizeof(struct plan_verdict);
        decided += decision.member != PLAN_NOBODY;
        memcpy(arena_take(arena, size), decision.verdicts, size); /* the reasons are kept */
    }
    if (decided != rotation.slots_count)
        die("a turn was left open");
    return rotation.slots_count;
}

static size_t expand_bare(const char *rule_text)
{
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(rule_text);
    struct icaltimetype start = icaltime_from_string("20261231T090000");
    icalrecur_iterator *iterator = icalrecur_iterator_new(rule, start);
    size_t count = 0;
    for (struct icaltimetype at;
         at = icalrecur_iterator_next(iterator), !icaltime_is_null_time(at) && at.year < 2037;)
        count++;
    icalrecur_iterator_free(iterator);
    return count;
}

static int is_longer(const void *left, const void *right)
{
    const double *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(double), is_longer);
    return values[count / 2];
}

static void one(struct zones *zones, const char *rule, int members, int rounds)
{
    struct company company;
    struct arena arena = { 0 };
    double *ours = calloc((size_t)rounds, sizeof(double)), *bare = calloc((size_t)rounds, sizeof(double));
    size_t turns = 0, occurrences = 0;
    company_make(&company, zones, rule, members);
    for (int round = -1; round < rounds; round++) { /* the first one warms both */
        double began = microseconds();
        for (int i = 0; i < REPEATS; i++) {
            turns = plan_whole(&company, &arena);
            arena_reset(&arena);
        }
        double between = microseconds();
        for (int i = 0; i < REPEATS; i++)
            occurrences = expand_bare(rule);
        ours[round < 0 ? 0 : round] = (between - began) / REPEATS;
        bare[round < 0 ? 0 : round] = (microseconds() - between) / REPEATS;
    }
    printf("{\"turns\": %zu, \"occurrences\": %zu, \"plan_us\": %.2f, \"bare_us\": %.2f}\n", turns,
           occurrences, median(ours, rounds), median(bare, rounds));
}

static void many(struct zones *zones, int rotations, int members, int rounds)
{
    struct company company;
    struct arena arena = { 0 };
    double *took = calloc((size_t)rounds, sizeof(double));
    size_t turns = 0;
    company_make(&company, zones, "FREQ=MONTHLY;BYDAY=1TH", members);
    for (int round = 0; round < rounds; round++) {
        double began = microseconds();
        turns = 0;
        for (int i = 0; i < rotations; i++) {
            turns += plan_whole(&company, &arena);
            arena_reset(&arena);
        }
        took[round] = microseconds() - began;
    }
    printf("{\"turns\": %zu, \"plan_us\": %.2f}\n", turns, median(took, rounds));
}

int main(int argc, char **argv)
{
    if (argc != 5)
        die("usage: rotation one RULE MEMBERS ROUNDS, or rotation many ROTATIONS MEMBERS ROUNDS");
    struct zones *zones = zones_new();
    if (strcmp(argv[1], "one") == 0)
        one(zones, argv[2], atoi(argv[3]), atoi(argv[4]));
    else
        many(zones, atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
    zones_free(zones);
    return 0;
}
