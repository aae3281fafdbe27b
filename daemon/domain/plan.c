/* SPDX-License-Identifier: MIT */
/*
 * The fair choice. One walk over the slots in order of time; per member the walk keeps the last turn behind
 * it, the next one before it, and until which day the member's standing stays as it is, so that a slot costs
 * a few comparisons a member and a run is linear in slots times members.
 */
#include "plan.h"

#include "arena.h"

#include <assert.h>
#include <stdlib.h>

/* Farther than any two days that can be written, and safe to add and subtract. */
enum { FAR = 1 << 29 };

/* What the walk knows of one member. The two cursors only move forward. */
struct standing {
    int32_t credit;
    int32_t last_turn_on; /* behind the walk; -FAR where there is none */
    int32_t next_turn_on; /* at or before the walk's end; FAR where there is none */
    int32_t joined_on;    /* the day of the stay under way, or of the last one; -FAR before the first */
    int32_t same_until;   /* filter and joined_on hold up to and including this day */
    enum plan_filter filter;
    int32_t next_slot; /* whose day next_turn_on is */
    uint32_t stay, away;
};

struct plan {
    struct plan_rotation *rotation;
    struct standing *standings;
    struct plan_verdict *verdicts;
    int32_t *follows;  /* for each slot: its member's next one, or PLAN_NOBODY */
    int32_t *replaced; /* for each slot: who lost it at the start, or PLAN_NOBODY */
    size_t slot;       /* where the walk stands */
    int32_t before;    /* who holds the last slot behind it */
};

static const char *const filter_words[PLAN_FILTERS] = {
    [PLAN_FITS] = "fits",       [PLAN_NOT_MEMBER_YET] = "not_member_yet", [PLAN_LEFT] = "left",
    [PLAN_ABSENT] = "absent",   [PLAN_TOO_FEW] = "too_few_present",       [PLAN_BESIDE] = "has_turn_beside",
    [PLAN_MIN_GAP] = "min_gap",
};

const char *plan_filter_word(enum plan_filter filter)
{
    assert(filter < PLAN_FILTERS);
    return filter_words[filter];
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

int32_t plan_credit_given(int32_t credit)
{
    return credit - 1;
}

int32_t plan_credit_taken(int32_t credit, int32_t level)
{
    return larger(credit, level) + 1;
}

/* ---- where a member stands on a day ------------------------------------------------------------------ */

static void standing_rewind(struct standing *standing)
{
    standing->stay = standing->away = 0;
    standing->joined_on = -FAR;
    standing->same_until = INT32_MIN;
}

static void standing_refresh(struct standing *standing, const struct plan_member *member, int32_t day)
{
    while (standing->stay < member->stays_count && member->stays[standing->stay].to < day)
        standing->joined_on = member->stays[standing->stay++].from;
    if (standing->stay == member->stays_count) {
        standing->filter = PLAN_LEFT;
        standing->same_until = PLAN_ALWAYS;
        return;
    }
    const struct plan_days *stay = &member->stays[standing->stay];
    if (stay->from > day) {
        standing->filter = standing->stay == 0 ? PLAN_NOT_MEMBER_YET : PLAN_LEFT;
        standing->same_until = stay->from - 1;
        return;
    }
    standing->joined_on = stay->from;
    while (standing->away < member->away_count && member->away[standing->away].days.to < day)
        standing->away++;
    const struct plan_away *away = &member->away[standing->away];
    if (standing->away == member->away_count) {
        standing->filter = PLAN_FITS;
        standing->same_until = stay->to;
    } else if (away->days.from > day) {
        standing->filter = PLAN_FITS;
        standing->same_until = smaller(stay->to, away->days.from - 1);
    } else {
        standing->filter = away->why;
        standing->same_until = smaller(stay->to, away->days.to);
    }
}

static enum plan_filter filter_on(struct plan *plan, size_t member, int32_t day)
{
    struct standing *standing = &plan->standings[member];
    if (day > standing->same_until)
        standing_refresh(standing, &plan->rotation->members[member], day);
    return standing->filter;
}

/* ---- the start of a run ------------------------------------------------------------------------------ */

/* A promise that cannot be kept is undone, and its credit with it; a pin was no credit yet. */
static void release_unable(struct plan *plan)
{
    struct plan_rotation *rotation = plan->rotation;
    for (size_t i = 0; i < rotation->slots_count; i++) {
        struct plan_slot *slot = &rotation->slots[i];
        plan->replaced[i] = PLAN_NOBODY;
        assert(i == 0 || slot->day >= slot[-1].day);
        assert(slot->member < (int32_t)rotation->members_count);
        if (slot->member < 0 || (slot->state != PLAN_HELD && slot->state != PLAN_PINNED))
            continue;
        if (filter_on(plan, (size_t)slot->member, slot->day) == PLAN_FITS)
            continue;
        struct plan_member *member = &rotation->members[slot->member];
        plan->replaced[i] = slot->member;
        if (slot->state == PLAN_HELD)
            member->credit = plan_credit_given(member->credit);
        slot->member = PLAN_NOBODY;
    }
}

static bool is_turn(const struct plan_slot *slot)
{
    return slot->member >= 0 && slot->state != PLAN_CANCELLED && slot->state != PLAN_NEW;
}

/* Threads the turns of each member together, from the last to the first. */
static void thread_turns(struct plan *plan)
{
    const struct plan_rotation *rotation = plan->rotation;
    for (size_t i = rotation->slots_count; i-- > 0;) {
        const struct plan_slot *slot = &rotation->slots[i];
        plan->follows[i] = PLAN_NOBODY;
        if (!is_turn(slot))
            continue;
        struct standing *standing = &plan->standings[slot->member];
        plan->follows[i] = standing->next_slot;
        standing->next_slot = (int32_t)i;
        standing->next_turn_on = slot->day;
    }
}

struct plan *plan_open(struct arena *arena, struct plan_rotation *rotation)
{
    assert(rotation->slots_count < FAR && rotation->members_count < FAR);
    struct plan *plan = arena_take(arena, sizeof *plan);
    plan->rotation = rotation;
    plan->before = PLAN_NOBODY;
    plan->standings = arena_take(arena, rotation->members_count * sizeof *plan->standings);
    plan->verdicts = arena_take(arena, rotation->members_count * sizeof *plan->verdicts);
    plan->follows = arena_take(arena, rotation->slots_count * sizeof *plan->follows);
    plan->replaced = arena_take(arena, rotation->slots_count * sizeof *plan->replaced);
    for (size_t i = 0; i < rotation->members_count; i++)
        standing_rewind(&plan->standings[i]);
    release_unable(plan);
    for (size_t i = 0; i < rotation->members_count; i++) {
        struct standing *standing = &plan->standings[i];
        standing_rewind(standing);
        standing->credit = rotation->members[i].credit;
        standing->last_turn_on = -FAR;
        standing->next_turn_on = FAR;
        standing->next_slot = PLAN_NOBODY;
    }
    thread_turns(plan);
    return plan;
}

/* ---- one slot ---------------------------------------------------------------------------------------- */

static int32_t holder_after(const struct plan_rotation *rotation, size_t slot)
{
    while (++slot < rotation->slots_count)
        if (rotation->slots[slot].state != PLAN_CANCELLED)
            return is_turn(&rotation->slots[slot]) ? rotation->slots[slot].member : PLAN_NOBODY;
    return PLAN_NOBODY;
}

/* How many wishes a choice would break: who has no slot beside goes before who has, whatever the distance. */
static int rank_of(const struct plan_verdict *verdict)
{
    return 2 * verdict->is_beside + verdict->is_near;
}

/* Less than 0 where `a` is to be asked before `b`; roster order is the caller's to add. */
static int compare(const struct plan_verdict *a, const struct plan_verdict *b)
{
    int ranks = rank_of(a) - rank_of(b);
    if (ranks != 0)
        return ranks;
    if (a->credit != b->credit)
        return a->credit < b->credit ? -1 : 1;
    return a->nearest_days == b->nearest_days ? 0 : a->nearest_days > b->nearest_days ? -1 : 1;
}

/* Writes the verdict of each member but for the two wishes' filters; gives the best who fits, or PLAN_NOBODY.
 */
static int32_t judge(struct plan *plan, int32_t day)
{
    struct plan_rotation *rotation = plan->rotation;
    int32_t after = holder_after(rotation, plan->slot), best = PLAN_NOBODY;
    for (size_t i = 0; i < rotation->members_count; i++) {
        struct standing *standing = &plan->standings[i];
        struct plan_verdict *verdict = &plan->verdicts[i];
        verdict->filter = filter_on(plan, i, day);
        int32_t gap = smaller(day - standing->last_turn_on, standing->next_turn_on - day);
        int32_t nearest = smaller(gap, day - standing->joined_on);
        if (verdict->filter == PLAN_FITS)
            standing->credit = larger(rotation->level,
                                      smaller(standing->credit, rotation->level + PLAN_CREDIT_SPREAD));
        verdict->credit = standing->credit;
        verdict->nearest_days = nearest >= FAR / 2 ? PLAN_NO_TURN : nearest;
        verdict->is_beside = (int32_t)i == plan->before || (int32_t)i == after;
        verdict->is_near = gap < rotation->min_gap_days;
        if (verdict->filter == PLAN_FITS && (best < 0 || compare(verdict, &plan->verdicts[best]) < 0))
            best = (int32_t)i;
    }
    return best;
}

/* A wish excludes only where somebody keeps it, and the best one keeps all that can be kept. */
static void exclude(struct plan *plan, const struct plan_verdict *best)
{
    for (size_t i = 0; i < plan->rotation->members_count; i++) {
        struct plan_verdict *verdict = &plan->verdicts[i];
        if (verdict->filter != PLAN_FITS || rank_of(verdict) == rank_of(best))
            continue;
        verdict->filter = verdict->is_beside && !best->is_beside ? PLAN_BESIDE : PLAN_MIN_GAP;
    }
}

/* Once the walk has come to a turn that was there from the start, its member's next one is the one after it.
 */
static void unthread(struct plan *plan, int32_t member)
{
    struct standing *standing = &plan->standings[member];
    if (standing->next_slot != (int32_t)plan->slot)
        return;
    standing->next_slot = plan->follows[plan->slot];
    standing->next_turn_on = standing->next_slot < 0 ? FAR : plan->rotation->slots[standing->next_slot].day;
}

static void decide(struct plan *plan, struct plan_decision *decision)
{
    struct plan_rotation *rotation = plan->rotation;
    struct plan_slot *slot = &rotation->slots[plan->slot];
    bool is_pin = slot->state == PLAN_PINNED && slot->member >= 0;
    *decision = (struct plan_decision){ .slot = plan->slot,
                                        .was = slot->state,
                                        .replaced = plan->replaced[plan->slot],
                                        .level_before = rotation->level,
                                        .verdicts = plan->verdicts };
    if (is_pin)
        unthread(plan, slot->member); /* a turn is not its own neighbour */
    int32_t best = judge(plan, slot->day);
    if (best >= 0)
        exclude(plan, &plan->verdicts[best]);
    /* only a choice for a new slot moves the level; a pin that fell leaves a new slot */
    if (best >= 0 && !is_pin && (slot->state == PLAN_NEW || slot->state == PLAN_PINNED))
        rotation->level = plan->verdicts[best].credit;
    decision->member = is_pin ? slot->member : best;
    slot->member = decision->member;
    slot->state = slot->member >= 0 ? PLAN_HELD : PLAN_OPEN;
    if (slot->member >= 0)
        plan->standings[slot->member].credit++;
    for (size_t i = 0; i < rotation->members_count; i++)
        rotation->members[i].credit = plan->standings[i].credit;
}

/* Takes the walk past the slot it stands on. */
static void pass(struct plan *plan)
{
    const struct plan_slot *slot = &plan->rotation->slots[plan->slot];
    if (slot->state != PLAN_CANCELLED)
        plan->before = slot->member;
    if (is_turn(slot)) {
        unthread(plan, slot->member);
        plan->standings[slot->member].last_turn_on = slot->day;
    }
    plan->slot++;
}

static bool needs_decision(const struct plan_rotation *rotation, size_t index)
{
    const struct plan_slot *slot = &rotation->slots[index];
    if (slot->state == PLAN_NEW || slot->state == PLAN_PINNED)
        return index < rotation->new_until;
    return slot->state == PLAN_OPEN || (slot->state == PLAN_HELD && slot->member < 0);
}

bool plan_step(struct plan *plan, struct plan_decision *decision)
{
    const struct plan_rotation *rotation = plan->rotation;
    while (plan->slot < rotation->slots_count && !needs_decision(rotation, plan->slot))
        pass(plan);
    if (plan->slot == rotation->slots_count)
        return false;
    decide(plan, decision);
    pass(plan);
    return true;
}

/* ---- whom to ask ------------------------------------------------------------------------------------- */

static bool could_take(const struct plan_verdict *verdict)
{
    return verdict->filter == PLAN_FITS || verdict->filter == PLAN_BESIDE || verdict->filter == PLAN_MIN_GAP;
}

static int compare_asked(const void *a, const void *b, void *verdicts)
{
    const struct plan_verdict *all = verdicts;
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    int order = compare(&all[left], &all[right]);
    return order != 0 ? order : left < right ? -1 : left > right;
}

size_t plan_order(const struct plan_verdict *verdicts, size_t count, int32_t *order)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (could_take(&verdicts[i]))
            order[found++] = (int32_t)i;
    if (found > 1)
        qsort_r(order, found, sizeof *order, compare_asked, (void *)(uintptr_t)verdicts);
    return found;
}
