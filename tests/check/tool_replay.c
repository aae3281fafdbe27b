/* SPDX-License-Identifier: MIT */
/*
 * Replays a history of one rotation, told on standard input in one line an event, through the planner and
 * prints every decision with all its reasons, for a naive model to compare. Keeps between two runs only what
 * the header of the planner says must be kept.
 *
 *   gap DAYS                         start anew
 *   member FROM TO [FROM TO …]       the next in the roster; its credit is the level
 *   stays MEMBER [FROM TO …]         and `away MEMBER [FROM TO WHY …]`: replace what was known
 *   slot DAY                         the next slot
 *   pin SLOT MEMBER · hand SLOT MEMBER · cancel SLOT · done SLOT
 *   run COUNT                        decides what needs it; new slots only among the first COUNT
 */
#include "arena.h"
#include "plan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMBERS = 64, SLOTS = 4096, SPANS = 512 };

static struct plan_member members[MEMBERS];
static struct plan_days stays[MEMBERS][SPANS];
static struct plan_away away[MEMBERS][SPANS];
static struct plan_slot slots[SLOTS];
static struct plan_rotation rotation;
static size_t slots_known;

static int32_t number(char **rest)
{
    char *word = strsep(rest, " \n");
    assert(word != NULL && *word != '\0');
    return (int32_t)strtol(word, NULL, 10);
}

static void read_stays(size_t member, char *rest)
{
    size_t count = 0;
    while (rest != NULL && *rest != '\0') {
        stays[member][count].from = number(&rest);
        stays[member][count++].to = number(&rest);
    }
    members[member].stays = stays[member];
    members[member].stays_count = count;
}

static void read_away(size_t member, char *rest)
{
    size_t count = 0;
    while (rest != NULL && *rest != '\0') {
        struct plan_away *one = &away[member][count++];
        one->days.from = number(&rest);
        one->days.to = number(&rest);
        one->why = (enum plan_filter)number(&rest);
    }
    members[member].away = away[member];
    members[member].away_count = count;
}

static void hand(struct plan_slot *slot, int32_t member)
{
    if (slot->member >= 0)
        members[slot->member].credit = plan_credit_given(members[slot->member].credit);
    slot->member = member;
    slot->state = PLAN_HELD;
    members[member].credit = plan_credit_taken(members[member].credit, rotation.level);
}

static void cancel(struct plan_slot *slot)
{
    if (slot->state == PLAN_HELD && slot->member >= 0)
        members[slot->member].credit = plan_credit_given(members[slot->member].credit);
    *slot = (struct plan_slot){ .day = slot->day, .state = PLAN_CANCELLED, .member = PLAN_NOBODY };
}

static void print_decision(const struct plan_decision *decision)
{
    printf("%zu %d %d %d %d", decision->slot, decision->was, decision->member, decision->replaced,
           decision->level_before);
    for (size_t i = 0; i < rotation.members_count; i++) {
        const struct plan_verdict *verdict = &decision->verdicts[i];
        printf(" %d:%d:%s", verdict->credit, verdict->nearest_days, plan_filter_word(verdict->filter));
    }
    putchar('\n');
}

static void run(size_t count)
{
    struct arena arena = { 0 };
    rotation.slots_count = slots_known;
    rotation.new_until = count;
    struct plan *plan = plan_open(&arena, &rotation);
    struct plan_decision decision;
    while (plan_step(plan, &decision))
        print_decision(&decision);
    puts("end");
    arena_free(&arena);
}

static void start(int32_t min_gap_days)
{
    memset(members, 0, sizeof members);
    slots_known = 0;
    rotation = (struct plan_rotation){ .slots = slots, .members = members, .min_gap_days = min_gap_days };
}

static void replay(char *line)
{
    char *rest = line;
    const char *word = strsep(&rest, " \n");
    if (strcmp(word, "member") == 0) {
        assert(rotation.members_count < MEMBERS);
        members[rotation.members_count].credit = rotation.level;
        read_stays(rotation.members_count++, rest);
        return;
    }
    int32_t first = number(&rest);
    if (strcmp(word, "gap") == 0)
        start(first);
    else if (strcmp(word, "stays") == 0)
        read_stays((size_t)first, rest);
    else if (strcmp(word, "away") == 0)
        read_away((size_t)first, rest);
    else if (strcmp(word, "slot") == 0)
        slots[slots_known++] = (struct plan_slot){ .day = first, .state = PLAN_NEW, .member = PLAN_NOBODY };
    else if (strcmp(word, "pin") == 0) {
        slots[first].state = PLAN_PINNED;
        slots[first].member = number(&rest);
    } else if (strcmp(word, "hand") == 0)
        hand(&slots[first], number(&rest));
    else if (strcmp(word, "cancel") == 0)
        cancel(&slots[first]);
    else if (strcmp(word, "done") == 0)
        slots[first].state = PLAN_DONE;
    else if (strcmp(word, "run") == 0)
        run((size_t)first);
    else
        abort();
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0)
        replay(line);
    free(line);
    return 0;
}
