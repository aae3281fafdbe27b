# SPDX-License-Identifier: MIT
"""Lively years in the running service, and the naive model beside it: every turn and every reason must be the same.

A showcase of the departments each month, hosts each week, and a watch of two that is often open, over Danish holidays.
People join, leave, move and are away; turns are pinned, now and ahead, cancelled, covered, swapped and swapped back.
"""
import csv
import datetime
import pathlib
import random

import pytest

from fairness import FOREVER, Member, Rotation, Slot

EPOCH = datetime.date(1970, 1, 1)
START = datetime.date(2027, 1, 4)
YEARS = 3
DATA = pathlib.Path(__file__).resolve().parents[3] / "shared/data"


def number(text):
    return (datetime.date.fromisoformat(text) - EPOCH).days


def text(day):
    return (EPOCH + datetime.timedelta(days=day)).isoformat()


def is_member(member):
    return bool(member.stays) and member.stays[-1][1] == FOREVER


class Person:
    def __init__(self, name, teams):
        self.name = name
        self.left = FOREVER  # the first day no longer here
        self.teams = teams  # [team, first day, last day]
        self.absences = {}  # id: (first, last)

    def is_away(self, day):
        return any(first <= day <= last for first, last in self.absences.values())


class Host(Member):
    """A person in a rotation: a member until the last day at work, absent on days away."""

    def __init__(self, person, stays, credit):
        super().__init__(person.name, stays, credit=credit)
        self.person = person

    def obstacle(self, day):
        if self.person.left <= day and self.stays and self.stays[0][0] <= day:
            return "left"
        return super().obstacle(day) or ("absent" if self.person.is_away(day) else None)


class Team(Member):
    """A team in a rotation: half of those who belong to it that day, rounded up, must be there."""

    def __init__(self, name, stays, people):
        super().__init__(name, stays)
        self.people = people

    def obstacle(self, day):
        word = super().obstacle(day)
        if word:
            return word
        there = [p for p in self.people.values() if p.left > day and
                 any(team == self.name and first <= day <= last for team, first, last in p.teams)]
        present = [p for p in there if not p.is_away(day)]
        return None if present and 2 * len(present) >= len(there) else "too_few_present"


class Life:
    """The company's calls, told to the service and to the models of both rotations."""

    def __init__(self, client, seed):
        self.client, self.random = client, random.Random(seed)
        self.today = (START - EPOCH).days
        self.people, self.models, self.ids = {}, {}, {}

    def call(self, method, **params):
        return self.client.call(method, **params)

    # ---- the company ---------------------------------------------------------------------------------------------

    def found(self):
        staff = DATA / "people/adventureworks_staff_290.csv"
        if staff.exists():
            rows = [("e" + row["employee_id"], row["department"].lower().replace(" ", "-"))
                    for row in csv.DictReader(staff.open(encoding="utf-8"))]
        else:
            rows = [(f"p{i}", f"team-{i % 9}") for i in range(140)]
        for team in sorted({team for _, team in rows}):
            self.call("team.add", id=team, name=team)
        for login, team in rows:
            self.call("person.add", id=login, name=login, team=team)
            self.people[login] = Person(login, [[team, 0, FOREVER]])
        self.close_holidays()
        teams = sorted({team for _, team in rows})
        self.add("showcase", teams, "team", "FREQ=MONTHLY;BYDAY=1TH", "2027-01-07T09:00", min_gap_days=60)
        self.add("hours", [login for login, _ in rows[:10]], "person", "FREQ=WEEKLY;BYDAY=WE", "2027-01-06T13:00")
        self.add("watch", [login for login, _ in rows[4:6]], "person", "FREQ=WEEKLY;BYDAY=MO", "2027-01-04T12:00",
                 when_closed="keep", publish_days=70)

    def close_holidays(self):
        days = DATA / "holidays/date-holidays_dk_2015-2035.csv"
        if days.exists():
            items = [{"on": row["date"][:10], "title": row["name"] or "Fri"}
                     for row in csv.DictReader(days.open(encoding="utf-8")) if row["type"] == "public"]
        else:
            items = [{"on": f"{year}-{day}", "title": "Fri"} for year in range(2027, 2038)
                     for day in ("01-01", "05-06", "12-24", "12-25", "12-26", "12-31")]
        self.call("holiday.import", items=items)

    def add(self, rotation, members, kind, rule, starts, **more):
        self.call("rotation.add", id=rotation, title=rotation, starts=starts, rule=rule, members=members,
                  member_kind=kind, **more)
        model = self.models[rotation] = Rotation(min_gap=more.get("min_gap_days", 0))
        for member in members:
            stays = [(self.today, FOREVER)]
            model.members.append(Team(member, stays, self.people) if kind == "team" else
                                 Host(self.people[member], stays, 0))
        self.ids[rotation] = []
        self.follow(rotation)

    # ---- both sides do the same ------------------------------------------------------------------------------------

    def follow(self, rotation):
        """Learns of slots from the service, lets the model decide, and compares all of it."""
        model, ids = self.models[rotation], self.ids[rotation]
        turns = self.client.items("rotation.turns", rotation=rotation, **{"from": text(self.today)},
                                  until=text(self.today + 200))
        known = set(ids)
        for turn in turns:
            if turn["id"] not in known:
                ids.append(turn["id"])
                model.slots.append(Slot(number(turn["local"][:10])))
        published = 1 + max((ids.index(turn["id"]) for turn in turns if turn["published"]), default=-1)
        decisions = {ids[d.slot]: d for d in model.run(max(published, model.over))}
        for turn in turns:
            if turn["published"] and turn["state"] in ("planned", "open"):
                slot = model.slots[ids.index(turn["id"])]
                assert turn.get("member") == slot.member, (text(self.today), turn, decisions.get(turn["id"]))
        for turn, decision in decisions.items():
            self.compare_reasons(turn, decision)

    def compare_reasons(self, turn, decision):
        why = self.call("rotation.explain", turn=turn)
        ours = {r["member"]: (r["credit"], r.get("nearest_days"), r["filter"]) for r in why["reasons"]}
        if decision.was == "open" and decision.member is None:  # the model asks every time, the service after a change
            assert all(ours[name][2] == word for name, (_, _, word) in decision.verdicts.items())
            return
        assert why["level"] == decision.level, (turn, why["level"], decision.level)
        assert ours == decision.verdicts, (turn, why, decision.was, decision.verdicts)
        able = [c for c, _, word in ours.values() if word in ("fits", "has_turn_beside", "min_gap")]
        assert not able or max(able) - min(able) <= 2
        if why["how"] != "pinned" and decision.member is not None:
            assert ours[decision.member][2] == "fits"

    def follow_all(self):
        # what a change brings with it is done behind its reply, and on a busy machine not at once
        self.call("clock.advance", to=self.client.call("clock.now")["at"])
        for rotation in self.models:
            self.follow(rotation)

    def live_a_week(self):
        self.today += 7
        now = f"{text(self.today)}T07:00:00Z"
        self.call("clock.advance", to=now)
        for rotation, model in self.models.items():
            past = {t["id"] for t in self.client.items("rotation.turns", rotation=rotation,
                                                       **{"from": text(self.today - 8)}, until=text(self.today))
                    if t["starts_at"] <= now}
            for at, turn in enumerate(self.ids[rotation]):
                if turn in past and at >= model.over:
                    model.finish(at)
        self.follow_all()

    # ---- what happens ----------------------------------------------------------------------------------------------

    def happen(self):
        dice = self.random.random()
        if dice < 0.45:
            self.go_away()
        elif dice < 0.55:
            self.come_back()
        elif dice < 0.60:
            self.leave()
        elif dice < 0.66:
            self.change_hosts()
        elif dice < 0.72:
            self.move()
        else:
            self.by_hand_on(self.random.choice(list(self.models)))
        self.follow_all()

    def anybody(self):
        hosts = [m.name for m in self.models["hours"].members]
        pool = hosts if self.random.random() < 0.6 else list(self.people)
        return self.people[self.random.choice(pool)]

    def go_away(self):
        r, person = self.random, self.anybody()
        first = self.today + r.randrange(0, 90)
        last = first + r.choice([0, 1, 4, 9, 20, 60])
        row = self.call("absence.add", person=person.name, **{"from": text(first), "to": text(last)})
        first, last = number(row["from"]), number(row["to"])
        person.absences = {i: d for i, d in person.absences.items() if d[1] < first - 1 or d[0] > last + 1}
        person.absences[row["id"]] = (first, last)

    def come_back(self):
        coming = [(p, i) for p in self.people.values() for i, (_, last) in p.absences.items() if last >= self.today]
        if coming:
            person, absence = self.random.choice(coming)
            self.call("absence.remove", id=absence)
            del person.absences[absence]

    def leave(self):
        person = self.anybody()
        if person.left == FOREVER and sum(p.left == FOREVER for p in self.people.values()) > 80:
            person.left = self.today + self.random.randrange(1, 120)
            self.call("person.change", id=person.name, left_on=text(person.left))

    def move(self):
        person = self.anybody()
        team = self.random.choice([m.name for m in self.models["showcase"].members])
        if person.teams[-1][0] == team or person.left <= self.today or person.teams[-1][1] >= self.today:
            return
        self.call("person.change", id=person.name, team=team)
        person.teams[-1][2] = self.today - 1
        person.teams.append([team, self.today, FOREVER])

    def change_hosts(self):
        model, r = self.models["hours"], self.random
        roster = [m.name for m in model.members if is_member(m)]
        others = [p for p in self.people.values() if p.left == FOREVER and p.name not in roster]
        if r.random() < 0.5 and len(roster) > 5:
            roster.remove(r.choice(roster))
        else:
            roster.append(r.choice(others).name)
        self.call("rotation.change", id="hours", members=roster)
        for member in model.members:
            if member.name not in roster and is_member(member):
                first, _ = member.stays.pop()
                if first < self.today:  # who joined today never was a member
                    member.stays.append((first, self.today - 1))
        for name in roster:
            known = next((m for m in model.members if m.name == name), None)
            if known is None:
                model.members.append(Host(self.people[name], [(self.today, FOREVER)], model.level))
            elif not is_member(known):
                known.stays.append((self.today, FOREVER))
        model.members.sort(key=lambda m: (not is_member(m), roster.index(m.name) if m.name in roster else 0))

    def by_hand_on(self, rotation):
        model, ids, r = self.models[rotation], self.ids[rotation], self.random
        held = [i for i in range(model.over, len(ids)) if model.slots[i].state == "held"]
        ahead = [i for i in range(model.over, len(ids)) if model.slots[i].state == "new"]
        kind = r.choice(["pin", "ahead", "cancel", "cover", "swap", "undo"])
        if kind == "ahead" and ahead:
            at = r.choice(ahead[:12])
            member = self.able(model, at)
            if member:
                self.call("turn.pin", id=ids[at], member=member.name)
                model.pin(at, member.name)
        elif kind == "cancel" and held:
            at = r.choice(held)
            self.call("turn.cancel", id=ids[at])
            model.cancel(at)
        elif kind in ("pin", "cover") and held:
            at = r.choice(held)
            member = self.able(model, at)
            if member and member.name != model.slots[at].member:
                self.hand(kind, model, ids, at, member)
        elif kind in ("swap", "undo") and len(held) > 1:
            self.swap(model, ids, *r.sample(held, 2), undo=kind == "undo")

    def able(self, model, at):
        able = [m for m in model.members if m.obstacle(model.slots[at].day) is None]
        return self.random.choice(able) if able else None

    def hand(self, kind, model, ids, at, member):
        if kind == "pin":
            self.call("turn.pin", id=ids[at], member=member.name)
        else:
            self.call("turn.offer", id=ids[at], to=member.name)
            self.call("turn.accept", id=ids[at])
        model.hand_over(at, member.name)

    def swap(self, model, ids, one, other, undo):
        first, second = model.member(model.slots[one].member), model.member(model.slots[other].member)
        if first is second or second.obstacle(model.slots[one].day) or first.obstacle(model.slots[other].day):
            return
        self.call("turn.offer", id=ids[one], against=ids[other])
        self.call("turn.accept", id=ids[one])
        if undo:
            self.call("turn.undo", id=ids[other])
        else:
            model.give(one, "held", second.name)
            model.give(other, "held", first.name)


@pytest.mark.seconds(120)
@pytest.mark.parametrize("seed", [1, 2])
def test_lively_years_are_what_the_naive_model_says(laugd, seed):
    daemon = laugd()
    with daemon.connect() as client:
        life = Life(client, seed)
        life.found()
        for _ in range(52 * YEARS):
            for _ in range(life.random.randrange(0, 3)):
                life.happen()
            life.live_a_week()
        for rotation, model in life.models.items():
            fairness = {row["member"]: row for row in client.call("rotation.fairness", rotation=rotation)["items"]}
            for member in model.members:
                assert fairness[member.name]["credit"] == member.credit
                done = sum(s.member == member.name and s.state == "done" for s in model.slots)
                assert fairness[member.name]["done"] == done
