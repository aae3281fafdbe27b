# SPDX-License-Identifier: MIT
"""The bounds of the fair choice over random histories, and the daemon's planner against the naive model.

A history is the life of one rotation over 400 slots: people join, leave, come back and are away; every slot is
published some slots ahead; in lively histories turns are handed over, pinned and cancelled, and absences become
known only after the turn was promised.
"""

import functools
import itertools
import os
import pathlib
import random
import subprocess

import pytest

from fairness import FOREVER, Rotation, Slot

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILTERS = {"absent": 3, "too_few_present": 4}
STATES = ["new", "pinned", "held", "open"]
SLOTS = 400
QUIET, LIVELY = range(100), range(1000, 1100)


class History:
    """One random life. Tells every event to the model and notes it for the planner; keeps what was decided."""

    def __init__(self, seed, lively, ahead=None, cancels=False):
        self.random = random.Random(seed)
        r = self.random
        self.lively, self.cancels = lively, cancels or lively
        self.rotation = Rotation(min_gap=r.choice([0, 0, 10, 30, 45]))
        self.ahead = r.randrange(0, 9) if ahead is None else ahead
        self.step = r.choice([1, 7, 7, 30])
        self.script, self.decisions = [f"gap {self.rotation.min_gap}"], []
        day = 100
        for _ in range(SLOTS):
            self.rotation.slots.append(Slot(day))
            self.script.append(f"slot {day}")
            day += self.step + r.choice([0, 0, 0, 1, 2])
        self.published, self.now = 0, 0
        for _ in range(r.randrange(1, 8)):
            self.join(r.choice([50, 50, 60, 100]))

    def join(self, day):
        number = len(self.rotation.members)
        if number < 14:
            self.rotation.add_member(number, [(day, FOREVER)])
            self.script.append(f"member {day} {FOREVER}")

    def tell_stays(self, member):
        spans = " ".join(f"{a} {b}" for a, b in member.stays)
        self.script.append(f"stays {member.name} {spans}")

    def leave(self, member, day):
        first, last = member.stays[-1]
        if last == FOREVER and day > first:
            member.stays[-1] = (first, day)
            self.tell_stays(member)

    def return_to_it(self, member, day):
        if member.stays[-1][1] + 1 < day:
            member.stays.append((day, FOREVER))
            self.tell_stays(member)

    def tell_away(self, member):
        days = [f"{d} {d} {FILTERS[member.away[d]]}" for d in sorted(member.away)]
        self.script.append(" ".join(["away", str(member.name), *days]))

    def be_away(self, member, first, days, word):
        """Known by slots only, so that the lists stay short."""
        known = [s.day for s in self.rotation.slots if first <= s.day < first + days]
        if known and len(member.away) < 300:
            member.away.update((d, word) for d in known)
            self.tell_away(member)

    def come_back(self, member, day):
        member.away = {d: w for d, w in member.away.items() if d < day}
        self.tell_away(member)

    def event(self):
        r, rotation = self.random, self.rotation
        slots = rotation.slots
        today = slots[self.now].day
        first_new = slots[min(self.published, SLOTS - 1)].day
        # in a quiet history nothing touches a promise: all is known before the turn is published
        known_from = today + 1 if self.lively else first_new
        if not rotation.members:
            return
        member = r.choice(rotation.members)
        dice = r.random()
        if dice < 0.03:
            self.join(known_from + r.randrange(0, 3 * self.step))
        elif dice < 0.045:
            self.leave(member, known_from + r.randrange(0, 10 * self.step))
        elif dice < 0.06:
            self.return_to_it(member, known_from + r.randrange(0, 5 * self.step))
        elif dice < 0.20:
            word = r.choice(list(FILTERS))
            self.be_away(member, known_from + r.randrange(0, 6 * self.step), self.step * r.choice([1, 3, 12, 40]), word)
        elif dice < 0.22:
            self.come_back(member, known_from)
        elif self.cancels and dice < 0.24:
            self.cancel()
        elif self.lively and dice < 0.32:
            self.by_hand(member)

    def cancel(self):
        coming = [i for i in range(self.now + 1, self.published) if self.rotation.slots[i].state == "held"]
        if coming:
            at = self.random.choice(coming)
            self.rotation.cancel(at)
            self.script.append(f"cancel {at}")

    def by_hand(self, member):
        r, slots = self.random, self.rotation.slots
        coming = [i for i in range(self.now + 1, self.published) if slots[i].state == "held"]
        if coming and r.random() < 0.7:
            at = r.choice(coming)
            if slots[at].member != member.name and member.obstacle(slots[at].day) is None:
                self.rotation.hand_over(at, member.name)
                self.script.append(f"hand {at} {member.name}")
        else:
            at = self.published + r.randrange(0, 20)
            if at < SLOTS and slots[at].state == "new" and member.obstacle(slots[at].day) is None:
                self.rotation.pin(at, member.name)
                self.script.append(f"pin {at} {member.name}")

    def run(self, until):
        self.published = max(self.published, until)
        self.script.append(f"run {self.published}")
        self.decisions.append(self.rotation.run(self.published))

    def live(self, events=True):
        for self.now in range(SLOTS):
            slot = self.rotation.slots[self.now]
            if events:
                self.event()
            self.run(min(SLOTS, self.now + 1 + self.ahead))
            if slot.state != "cancelled":
                self.script.append(f"done {self.now}")
            self.rotation.finish(self.now)
        return self


@functools.lru_cache(maxsize=None)
def life(seed, **how):
    return History(seed, **how).live()


def every_decision(history):
    return itertools.chain(*history.decisions)


def spread(decision):
    """Between the most and the fewest credits of those who fit."""
    credits = [credit for credit, _, word in decision.verdicts.values()
               if word in ("fits", "has_turn_beside", "min_gap")]
    return max(credits) - min(credits) if credits else 0


def worst_balance(history):
    """The most by which the turns of two differ on any stretch of slots that both could take. Says nothing of histories
    with cancelled turns: of two who take turns, A B A, the loss of B's leaves 2 to 0, and published turns do not move."""
    worst = 0
    for one, other in itertools.combinations(history.rotation.members, 2):
        balance = lowest = highest = 0
        for slot in history.rotation.slots:
            if one.obstacle(slot.day) or other.obstacle(slot.day):
                balance = lowest = highest = 0  # a new stretch begins
                continue
            balance += (slot.member == one.name) - (slot.member == other.name)
            lowest, highest = min(lowest, balance), max(highest, balance)
            worst = max(worst, highest - lowest)
    return worst


# ---- the bounds ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("seed", QUIET)
def test_while_promises_stand_nobody_is_ahead_by_more_than_one(seed):
    history = life(seed, lively=False)
    assert max(spread(decision) for decision in every_decision(history)) <= 1
    assert worst_balance(history) <= 1


@pytest.mark.parametrize("seed", LIVELY)
def test_whatever_happens_nobody_is_ahead_by_more_than_two(seed):
    history = life(seed, lively=True)
    assert max(spread(decision) for decision in every_decision(history)) <= 2


@pytest.mark.parametrize("seed", range(500, 520))
def test_a_cancelled_turn_puts_nobody_ahead(seed):
    history = life(seed, lively=False, cancels=True)
    assert max(spread(decision) for decision in every_decision(history)) <= 1


@pytest.mark.parametrize("seed", LIVELY)
def test_nobody_has_two_slots_in_a_row_while_another_fits(seed):
    for decision in every_decision(life(seed, lively=True)):
        beside = [name for name, (_, _, word) in decision.verdicts.items() if word == "has_turn_beside"]
        assert decision.was == "pinned" or decision.member not in beside


@pytest.mark.parametrize("seed", range(30))
def test_an_absence_changes_only_turns_inside_it_and_open_ones(seed):
    history = History(4000 + seed, lively=False, ahead=8)
    for history.now in range(100):
        history.event()
        history.run(history.now + 9)
    rotation = history.rotation
    before = [(s.state, s.member) for s in rotation.slots]
    holders = [s.member for s in rotation.slots[100:108] if s.member is not None]
    if not holders:
        pytest.skip("nobody holds a turn in this history's window")
    away = rotation.member(history.random.choice(holders))
    first, last = rotation.slots[101].day, rotation.slots[105].day
    away.away.update((s.day, "absent") for s in rotation.slots if first <= s.day <= last)
    rotation.run(108)
    for slot, (state, member) in zip(rotation.slots, before):
        if (slot.state, slot.member) != (state, member):
            assert state == "open" or (member == away.name and first <= slot.day <= last)


@pytest.mark.parametrize("seed", range(8))
def test_slot_by_slot_is_all_at_once(seed):
    def plan(ahead):
        history = History(5000 + seed, lively=True, ahead=0)
        for _ in range(60):  # joins, leaves and absences, all known before the first slot is planned
            history.event()
        history.ahead = ahead
        history.live(events=False)
        history.script = [line for line in history.script if not line.startswith("done")]
        return [(d.slot, d.member, d.verdicts) for d in itertools.chain(*history.decisions)
                if d.was in ("new", "pinned")]

    assert plan(0) == plan(7) == plan(SLOTS)


# ---- the daemon's planner ----------------------------------------------------------------------------------------

@pytest.fixture(scope="session")
def replay():
    """The planner with a plain text front."""
    builds = [os.environ.get("LAUG_BUILD"), ROOT / "build-debug", ROOT / "build"]
    for program in (pathlib.Path(build) / "tests/tool_replay" for build in builds if build):
        if program.exists():
            return program
    pytest.skip("tool_replay is not built")


def printed(decision):
    def number(name):
        return -1 if name is None else name

    verdicts = (decision.verdicts[m] for m in sorted(decision.verdicts))
    words = (f"{credit}:{-1 if nearest is None else nearest}:{word}" for credit, nearest, word in verdicts)
    return " ".join([str(decision.slot), str(STATES.index(decision.was)), str(number(decision.member)),
                     str(number(decision.replaced)), str(decision.level), *words])


@pytest.mark.parametrize("lively", [False, True])
def test_the_planner_decides_as_the_naive_model_does(replay, lively):
    histories = [life(seed, lively=lively) for seed in (LIVELY if lively else QUIET)]
    script = "\n".join(line for history in histories for line in history.script) + "\n"
    answer = subprocess.run([replay], input=script, capture_output=True, text=True, check=True).stdout.splitlines()
    expected = []
    for history in histories:
        for decisions in history.decisions:
            expected += [printed(decision) for decision in decisions] + ["end"]
    for number, (ours, theirs) in enumerate(itertools.zip_longest(expected, answer)):
        assert ours == theirs, f"line {number}"
