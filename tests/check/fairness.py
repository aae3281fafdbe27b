# SPDX-License-Identifier: MIT
"""A second, naive implementation of the fair choice, written from its description and from nothing else.

Everything is looked up anew each time, in dictionaries and lists: slow and plain, so that a reader can see that it
is right. It shares no code with the daemon, only the words of the reasons.

Where the description leaves room, this model reads it so:
  - the day of joining is a turn when distances are compared, but not for the smallest gap between turns;
  - a cancelled slot is nobody's neighbour and nobody's turn: the slots around it are beside each other;
  - a run first takes all turns from those who cannot do them (with the credit), then fills in order of time;
  - credits are brought into level … level + 2 before every decision; only a choice for a new slot moves the level;
  - a pin is a turn from the start, and a credit once its slot is reached.
"""

SPREAD = 2
FOREVER = 10**6


class Member:
    """stays: [(first day, last day)]; away: {day: word} for each day on which the member cannot."""

    def __init__(self, name, stays, away=None, credit=0):
        self.name, self.stays, self.away, self.credit = name, list(stays), dict(away or {}), credit
        self.turns = set()  # numbers of the slots held, in the past and to come

    def obstacle(self, day):
        """None if the member can take a turn that day, else the word that says why not."""
        if not any(first <= day <= last for first, last in self.stays):
            return "not_member_yet" if self.stays and day < self.stays[0][0] else "left"
        return self.away.get(day)

    def joined(self, day):
        """The last day of joining on or before `day`, or None."""
        return max((first for first, _ in self.stays if first <= day), default=None)


class Slot:
    """state: new, pinned, held, open, done or cancelled."""

    def __init__(self, day, state="new", member=None):
        self.day, self.state, self.member = day, state, member


class Decision:
    def __init__(self, slot, was, member, replaced, level, verdicts):
        self.slot, self.was, self.member, self.replaced = slot, was, member, replaced
        self.level, self.verdicts = level, verdicts  # verdicts: {name: (credit, nearest or None, word)}


class Rotation:
    def __init__(self, min_gap=0):
        self.slots, self.members, self.level, self.min_gap = [], [], 0, min_gap
        self.pins = set()
        self.over = 0  # slots before this number are past: they count, and nothing touches them

    def member(self, name):
        return next(m for m in self.members if m.name == name)

    def add_member(self, name, stays):
        self.members.append(Member(name, stays, credit=self.level))

    # ---- what the rule asks ----------------------------------------------------------------------------------

    def neighbours(self, at):
        """The names that hold the slot right before and right after slot number `at`."""
        names = set()
        for numbers in (range(at - 1, -1, -1), range(at + 1, len(self.slots))):
            for number in numbers:
                slot = self.slots[number]
                if slot.state != "cancelled":
                    if slot.member is not None and slot.state != "new":
                        names.add(slot.member)
                    break
        return names

    def give(self, at, state, name=None):
        slot = self.slots[at]
        if slot.member is not None:
            self.member(slot.member).turns.discard(at)
        slot.state, slot.member = state, name
        if name is not None:
            self.member(name).turns.add(at)

    def nearest(self, member, at, with_joining=True):
        """Days to the nearest own turn, or None. Looks at every turn there is."""
        day = self.slots[at].day
        days = [self.slots[number].day for number in member.turns if number != at]
        if with_joining and member.joined(day) is not None:
            days.append(member.joined(day))
        return min([abs(day - other) for other in days], default=None)

    def choose(self, at):
        """(name or None, verdicts), by the description's numbers 1 and 2; brings credits near the level first."""
        day = self.slots[at].day
        verdicts, fit = {}, []
        for member in self.members:
            word = member.obstacle(day)
            if word is None:
                fit.append(member)
                member.credit = min(max(member.credit, self.level), self.level + SPREAD)
            verdicts[member.name] = [member.credit, self.nearest(member, at), word]
        holders = self.neighbours(at)
        apart = [m for m in fit if m.name not in holders]
        if apart:
            for member in fit:
                if member not in apart:
                    verdicts[member.name][2] = "has_turn_beside"
            fit = apart
        far = [m for m in fit if self.has_gap(m, at)]
        if far:
            for member in fit:
                if member not in far:
                    verdicts[member.name][2] = "min_gap"
            fit = far
        verdicts = {n: (c, near, w or "fits") for n, (c, near, w) in verdicts.items()}
        roster = {m.name: i for i, m in enumerate(self.members)}
        order = sorted(fit, key=lambda m: (m.credit, -verdicts[m.name][1], roster[m.name]))
        return (order[0].name if order else None), verdicts

    def has_gap(self, member, at):
        nearest = self.nearest(member, at, with_joining=False)
        return nearest is None or nearest >= self.min_gap

    # ---- runs ------------------------------------------------------------------------------------------------

    def run(self, until=None):
        """Decides every slot that needs it, new ones only before number `until`. Gives the decisions in order."""
        until = len(self.slots) if until is None else until
        replaced = {}
        # nothing lies beyond `until` but pins
        coming = [*range(self.over, until), *sorted(at for at in self.pins if at >= until)]
        for at in coming:
            slot = self.slots[at]
            if slot.state in ("held", "pinned") and slot.member is not None:
                member = self.member(slot.member)
                if member.obstacle(slot.day) is not None:
                    replaced[at] = slot.member
                    if slot.state == "held":
                        member.credit -= 1
                    self.give(at, slot.state)
        decisions = []
        for at in coming:
            slot = self.slots[at]
            is_new = slot.state in ("new", "pinned") and at < until
            if is_new or slot.state == "open" or (slot.state == "held" and slot.member is None):
                decisions.append(self.decide(at, replaced.get(at)))
        return decisions

    def decide(self, at, replaced):
        slot, level = self.slots[at], self.level
        was, pinned = slot.state, slot.member
        name, verdicts = self.choose(at)
        if pinned is not None:
            name = pinned
        elif name is not None and was in ("new", "pinned"):
            self.level = verdicts[name][0]
        self.give(at, "open" if name is None else "held", name)
        if name is not None:
            self.member(name).credit += 1
        return Decision(at, was, name, replaced, level, verdicts)

    # ---- what people do ----------------------------------------------------------------------------------------

    def hand_over(self, at, name):
        """A cover, one half of a swap, or a pin on a turn that somebody has."""
        slot = self.slots[at]
        if slot.member is not None:
            self.member(slot.member).credit -= 1
        self.give(at, "held", name)
        taker = self.member(name)
        taker.credit = max(taker.credit, self.level) + 1

    def cancel(self, at):
        slot = self.slots[at]
        if slot.state == "held" and slot.member is not None:
            self.member(slot.member).credit -= 1
        self.give(at, "cancelled")

    def pin(self, at, name):
        self.give(at, "pinned", name)
        self.pins.add(at)

    def finish(self, at):
        """Slot `at` is over; so are all before it."""
        if self.slots[at].state != "cancelled":
            self.slots[at].state = "done"
        self.over = at + 1
