/* SPDX-License-Identifier: MIT */
/*
 * Who takes which turn, and why. Pure: numbers in, numbers out; no clock, no database, nothing random,
 * integers only, so that the same data gives the same plan on any machine.
 *
 * A rotation is its slots in order of time and its members in roster order. What has to be kept between two
 * runs is one number a rotation (`level`), one a member (`credit`), and the turns themselves: nothing else. A
 * run needs every slot that is still to come and, of the past, each member's last turn and the last slot:
 * older history may be left out.
 *
 * The order of choice, for each slot to decide:
 *   1. who fits: a member that day, not away. Of these, if any, those without the slot right before or after.
 * Of these, if any, those at least min_gap_days from their own turns.
 *   2. fewest credits; then farthest in days from the nearest own turn, past or to come, where the day of
 * joining counts as a turn; then roster order. What the rule leaves open is settled so:
 *   - The day of joining counts for distance only: min_gap_days keeps nobody from a first turn.
 *   - A cancelled slot is no neighbour and no turn: the slots on both its sides are beside each other. An
 * open slot is a neighbour held by nobody.
 *   - Who lost a turn to a replacement gives its credit back before anybody is chosen, all of one run first;
 * then the open slots are filled in order of time.
 *   - Before any decision (a new slot, a replacement, an open slot filled, a pin whose time has come) the
 * credit of all who fit is brought into level … level + 2. Only the choice for a new slot moves the level.
 *   - A pin counts as its member's turn from the moment it is made, and as a credit when its time comes; one
 * whose member cannot do it any more is a new slot.
 *
 * Why it is fair. While nobody's turn was changed by hand or by an absence, every credit is at most level +
 * 1, for the chosen one stands at the new level and gains one; and who fits has at least the level: so they
 * differ by one at most. A credit is the level at one's last turn plus one, or was raised to the level later;
 * as the level never falls, fewer credits means a longer time since the last turn: two who are always there
 * take turns strictly. A cancelled turn is outside of this, since promises do not move: of the turns A B A
 * the loss of B's leaves two to none. Its credit comes back, unless the level has passed it by meanwhile.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { PLAN_NOBODY = -1, PLAN_NO_TURN = -1, PLAN_ALWAYS = INT32_MAX, PLAN_CREDIT_SPREAD = 2 };

/* What stood between a member and a slot. */
enum plan_filter {
    PLAN_FITS,           /* nothing: stood for choice */
    PLAN_NOT_MEMBER_YET, /* joins after that day */
    PLAN_LEFT,           /* left before that day */
    PLAN_ABSENT,         /* away that day: an absence or a sabbatical */
    PLAN_TOO_FEW,        /* a team without enough of its people that day */
    PLAN_BESIDE,         /* holds the slot right before or after, and another fits who does not */
    PLAN_MIN_GAP,        /* has a turn less than min_gap_days away, and another fits who has not */
    PLAN_FILTERS
};

/* The word on the wire, such as "not_member_yet". */
const char *plan_filter_word(enum plan_filter filter);

enum plan_state {
    PLAN_NEW,      /* reached for the first time: to be decided */
    PLAN_PINNED,   /* new, but `member` was put there by hand; not yet counted as a credit */
    PLAN_HELD,     /* stored and counted; replaced if its member cannot do it any more */
    PLAN_OPEN,     /* stored, and nobody fitted so far */
    PLAN_DONE,     /* over: counts for its member (or for nobody) and never changes */
    PLAN_CANCELLED /* does not take place */
};

struct plan_slot {
    int32_t day; /* the civil day on which it takes place */
    enum plan_state state;
    int32_t member; /* an index into members, or PLAN_NOBODY */
};

struct plan_days {
    int32_t from, to; /* both inclusive; `to` may be PLAN_ALWAYS */
};

struct plan_away {
    struct plan_days days;
    enum plan_filter why; /* PLAN_ABSENT or PLAN_TOO_FEW */
};

struct plan_member {
    const struct plan_days *stays; /* as a member: in order, apart from each other; none: never */
    size_t stays_count;
    const struct plan_away *away; /* in order, not overlapping */
    size_t away_count;
    int32_t credit; /* a newcomer's: the level. Written by plan_step */
};

struct plan_rotation {
    struct plan_slot *slots; /* in order of time. plan_step writes state and member of what it decides */
    size_t slots_count;
    size_t new_until; /* new and pinned slots from this index on are not decided; their pins count as turns */
    struct plan_member *members; /* in roster order */
    size_t members_count;
    int32_t level; /* 0 at first. Written by plan_step */
    int32_t min_gap_days;
};

struct plan_verdict {
    int32_t credit;       /* before the turn */
    int32_t nearest_days; /* to the nearest own turn or day of joining; PLAN_NO_TURN where there is none */
    enum plan_filter filter;
    bool is_beside,
        is_near; /* whether the two wishes of the choice are broken, even where nobody keeps them */
};

struct plan_decision {
    size_t slot;
    enum plan_state was;  /* PLAN_NEW, PLAN_PINNED, PLAN_HELD (a replacement) or PLAN_OPEN */
    int32_t member;       /* who takes it now, or PLAN_NOBODY: the slot is open */
    int32_t replaced;     /* of a replacement, or of a pin that fell: who cannot do it; else PLAN_NOBODY */
    int32_t level_before; /* into which … level_before + 2 the credits in `verdicts` were brought */
    const struct plan_verdict *verdicts; /* one a member; good until the next step */
};

struct plan;

/*
 * Starts a run. Who holds a slot that they cannot do any more loses it here and gives the credit back. All
 * memory comes from the arena; the rotation stays the caller's and must outlive the run.
 */
struct plan *plan_open(struct arena *arena, struct plan_rotation *rotation);

/*
 * Decides the next slot that needs it and says so; false when all are decided. A slot that was open and stays
 * open is reported too: its reasons may have changed. After every step the rotation holds what is to be
 * stored.
 */
bool plan_step(struct plan *plan, struct plan_decision *decision);

/*
 * Those who could take the slot that `verdicts` is about (whatever wishes that breaks), best first: the order
 * in which an offer to nobody in particular asks them. Writes at most `count` indices and gives their number.
 */
size_t plan_order(const struct plan_verdict *verdicts, size_t count, int32_t *order);

/* What a turn that changes hands does to a credit: the giver's goes down by one, the taker's up by one from
 * the level at least, so that covering for others counts also for a newcomer and for one who was long away.
 */
int32_t plan_credit_given(int32_t credit);
int32_t plan_credit_taken(int32_t credit, int32_t level);

#endif
