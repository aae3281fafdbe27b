/* SPDX-License-Identifier: MIT */
/*
 * A sweep over the days on which the number of people in a team, or of those present, changes.
 */
#include "presence.h"

#include "arena.h"

#include <assert.h>
#include <stdlib.h>

struct change {
    int32_t on;
    int32_t in_team, present; /* by how much */
};

static int compare_spans(const void *a, const void *b)
{
    const struct plan_days *left = a, *right = b;
    return left->from < right->from ? -1 : left->from > right->from;
}

static int compare_changes(const void *a, const void *b)
{
    const struct change *left = a, *right = b;
    return left->on < right->on ? -1 : left->on > right->on;
}

size_t presence_merge(struct plan_days *spans, size_t count)
{
    if (count > 1)
        qsort(spans, count, sizeof *spans, compare_spans);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (spans[i].from > spans[i].to)
            continue;
        struct plan_days *last = kept > 0 ? &spans[kept - 1] : NULL;
        if (last != NULL && (last->to == PLAN_ALWAYS || spans[i].from <= last->to + 1)) {
            if (spans[i].to > last->to)
                last->to = spans[i].to;
        } else {
            spans[kept++] = spans[i];
        }
    }
    return kept;
}

static size_t note(struct change *changes, size_t count, struct plan_days days, int32_t in_team,
                   int32_t present)
{
    if (days.from > days.to)
        return count;
    changes[count++] = (struct change){ days.from, in_team, present };
    if (days.to != PLAN_ALWAYS)
        changes[count++] = (struct change){ days.to + 1, -in_team, -present };
    return count;
}

/* Both lists are in order, so that each span is met once. */
static size_t note_person(struct change *changes, size_t count, const struct presence_person *person)
{
    size_t away = 0;
    int32_t people = person->people ? person->people : 1;
    for (size_t i = 0; i < person->stays_count; i++) {
        struct plan_days stay = person->stays[i];
        count = note(changes, count, stay, people, people);
        while (away < person->away_count && person->away[away].to < stay.from)
            away++;
        for (size_t j = away; j < person->away_count && person->away[j].from <= stay.to; j++) {
            struct plan_days both = person->away[j];
            both.from = both.from < stay.from ? stay.from : both.from;
            both.to = both.to > stay.to ? stay.to : both.to;
            count = note(changes, count, both, 0, -people);
        }
    }
    return count;
}

static bool is_enough(int32_t present, int32_t in_team, struct presence_need need)
{
    int32_t needed = need.count > 0 ? need.count : (int32_t)(((int64_t)in_team * need.percent + 99) / 100);
    return present >= (needed > 1 ? needed : 1);
}

static size_t sweep(const struct change *changes, size_t count, struct presence_need need,
                    struct plan_away *gaps)
{
    size_t found = 0;
    int32_t in_team = 0, present = 0, since = INT32_MIN;
    bool was_enough = false;
    for (size_t i = 0; i < count; i++) {
        in_team += changes[i].in_team;
        present += changes[i].present;
        if (i + 1 < count && changes[i + 1].on == changes[i].on)
            continue;
        bool enough = is_enough(present, in_team, need);
        if (enough && !was_enough && changes[i].on > since)
            gaps[found++] = (struct plan_away){
                {since, changes[i].on - 1},
                PLAN_TOO_FEW
            };
        if (!enough && was_enough)
            since = changes[i].on;
        was_enough = enough;
    }
    if (!was_enough)
        gaps[found++] = (struct plan_away){
            {since, PLAN_ALWAYS},
            PLAN_TOO_FEW
        };
    return found;
}

size_t presence_gaps(struct arena *arena, struct presence_person *people, size_t count,
                     struct presence_need need, struct plan_away **gaps)
{
    assert(need.count > 0 || (need.percent >= 1 && need.percent <= 100));
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        struct presence_person *person = &people[i];
        person->stays_count = presence_merge(person->stays, person->stays_count);
        person->away_count = presence_merge(person->away, person->away_count);
        most += 2 * (2 * person->stays_count + person->away_count); /* an absence may reach over two stays */
    }
    struct change *changes = arena_take(arena, (most + 1) * sizeof *changes);
    size_t noted = 0;
    for (size_t i = 0; i < count; i++)
        noted = note_person(changes, noted, &people[i]);
    assert(noted <= most);
    if (noted > 1)
        qsort(changes, noted, sizeof *changes, compare_changes);
    *gaps = arena_take(arena, (noted + 1) * sizeof **gaps);
    return sweep(changes, noted, need, *gaps);
}
