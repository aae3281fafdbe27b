# SPDX-License-Identifier: MIT
"""Ten years of a real company, through the socket alone.

The 290 people of the AdventureWorks samples in their 16 departments, Danish holidays, a showcase that each month another
department presents, and an office hour that each week another person hosts. People are away, join and leave at random.
The naive model in fairness.py lives through the same years beside the daemon, from what the socket says: when turns are, and
how far they are published. Every choice must be the same, and the bounds must hold in what was published.
"""
import csv
import datetime
import gzip
import itertools
import math
import pathlib
import random
import re

import pytest
from dateutil.rrule import rrulestr

import fairness

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "people"
EPOCH = datetime.date(1970, 1, 1)
BEGIN = datetime.date(2027, 1, 4)
YEARS = 10
FOREVER = 10**6

needs_data = pytest.mark.skipif(not DATA.exists(), reason="the samples of real people are not in ../shared/data")


def number(day):
    return (day - EPOCH).days


def date(text):
    return datetime.date.fromisoformat(text)


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def rows(name):
    with open(DATA / name, encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def batches(calls, size=200):
    for first in range(0, len(calls), size):
        yield [{"method": method, "params": params} for method, params in calls[first:first + size]]


def holidays():
    text = (ROOT / "client/share/holidays/denmark.ics").read_text(encoding="utf-8")
    return sorted({datetime.datetime.strptime(found, "%Y%m%d").date()
                   for found in re.findall(r"DTSTART;VALUE=DATE:(\d{8})", text)})


class Company:
    """What the daemon was told, kept here a second time."""

    def __init__(self, client):
        self.client, self.away, self.left = client, {}, {}
        self.stays = {}  # team: {person: [(first, last)]}
        self.holidays = set(holidays())
        self.load(client)
        self.teams = sorted(self.stays)

    def load(self, client):
        people, moves = rows("adventureworks_staff_290.csv"), rows("adventureworks_department_moves.csv")
        self.people = [person["employee_id"] for person in people]
        self.hired = {person["employee_id"]: date(person["hire_date"]) for person in people}
        teams = sorted({move["department"] for move in moves})
        calls = [("holiday.import", {"items": [{"on": str(day), "title": "Holiday"} for day in self.holidays]})]
        calls += [("team.add", {"id": slug(team), "name": team}) for team in teams]
        calls += [("person.add", {"id": person["employee_id"], "name": person["login"], "title": person["job_title"],
                                  "hired_on": person["hire_date"]}) for person in people]
        calls += [("person.change", {"id": person["employee_id"], "manager": person["manager_id"]})
                  for person in people if person["manager_id"]]
        for move in moves:
            stay = {"person": move["employee_id"], "team": slug(move["department"]), "from": move["start"]}
            calls.append(("membership.add", dict(stay, to=move["end"]) if move["end"] else stay))
            last = date(move["end"]) if move["end"] else datetime.date.max
            team = self.stays.setdefault(slug(move["department"]), {})
            team.setdefault(move["employee_id"], []).append((date(move["start"]), last))
        for batch in batches(calls):
            client.call("service.batch", calls=batch)

    def is_closed(self, day):
        return day.weekday() > 4 or day in self.holidays

    def is_away(self, person, day):
        return any(first <= day <= last for first, last in self.away.get(person, []))

    def is_gone(self, person, day):
        return day >= self.left.get(person, datetime.date.max)

    def has_too_few(self, team, day):
        here = [person for person, stays in self.stays[team].items()
                if any(first <= day <= last for first, last in stays) and not self.is_gone(person, day)]
        present = sum(not self.is_away(person, day) for person in here)
        return present < max(1, math.ceil(len(here) / 2))


class LargeCompany(Company):
    """The 100,000, in teams of up to 60,000."""

    def load(self, client):
        with gzip.open(DATA / "generated_100k.csv.gz", "rt", encoding="utf-8-sig") as file:
            people = list(csv.DictReader(file))
        self.people = [person["employee_id"] for person in people]
        client.call("holiday.import", items=[{"on": str(day), "title": "Holiday"} for day in sorted(self.holidays)])
        for team in sorted({person["department"] for person in people}):
            client.call("team.add", id=slug(team), name=team)
            self.stays[slug(team)] = {}
        for person in people:
            stays = self.stays[slug(person["department"])]
            stays[person["employee_id"]] = [(date(person["hire_date"]), datetime.date.max)]
        for first in range(0, len(people), 5000):
            client.call("person.import", people=[
                {"id": person["employee_id"], "name": person["name"], "team": slug(person["department"]),
                 "hired_on": person["hire_date"]} for person in people[first:first + 5000]])


class Beside:
    """One rotation of the daemon's, and the model that lives through the same."""

    def __init__(self, company, name, rule, members, kind):
        self.company, self.name, self.kind = company, name, kind
        self.model = fairness.Rotation()
        for member in members:
            self.model.add_member(member, [(number(BEGIN), FOREVER)])
        self.due = (day.date() for day in rrulestr(f"DTSTART:20270107T090000\nRRULE:{rule}"))
        self.days, self.published, self.was = [], 0, {}
        company.client.call("rotation.add", id=name, title=name, starts="2027-01-07T09:00", rule=rule, members=members,
                            member_kind=kind, duration_minutes=30)

    def day_of(self, at):
        """The moved day of slot `at`, by this test's own reckoning."""
        while len(self.days) <= at:
            day = next(self.due)
            while self.company.is_closed(day):
                day += datetime.timedelta(days=1)
            if not self.days or day > self.days[-1]:
                self.days.append(day)
        return self.days[at]

    def refresh_away(self):
        """Tells the model every obstacle on the days of slots it still may touch."""
        for member in self.model.members:
            member.away = {}
            for at in range(self.model.over, len(self.model.slots)):
                day = self.day_of(at)
                if self.kind == "team" and self.company.has_too_few(member.name, day):
                    member.away[number(day)] = "too_few_present"
                if self.kind == "person" and self.company.is_away(member.name, day):
                    member.away[number(day)] = "absent"

    def compare(self, today):
        client = self.company.client
        turns = [turn for turn in client.items("rotation.turns", rotation=self.name, **{"from": str(BEGIN)},
                                               until=str(today + datetime.timedelta(days=90)), limit=1000)
                 if turn["published"]]
        while len(self.model.slots) < len(turns):
            self.model.slots.append(fairness.Slot(number(self.day_of(len(self.model.slots)))))
        self.refresh_away()
        self.model.run(len(turns))
        for at, turn in enumerate(turns):
            assert turn["local"][:10] == str(self.day_of(at)), f"{turn['id']} is on the wrong day"
            assert turn.get("member") == self.model.slots[at].member, (
                f"{self.name} {turn}: the model says {self.model.slots[at].member}, "
                f"the daemon: {client.call('rotation.explain', turn=turn['id'])}")
        self.check_bounds(turns)
        while self.model.over < len(turns) and self.day_of(self.model.over) <= today:
            self.model.finish(self.model.over)
        self.published = len(turns)

    def check_bounds(self, turns):
        """In what is new: nobody has two in a row while another fits, and credits of those who fit are close."""
        for at in range(self.published, len(turns)):
            why = self.company.client.call("rotation.explain", turn=turns[at]["id"])
            fit = [r["credit"] for r in why["reasons"] if r["filter"] in ("fits", "has_turn_beside", "min_gap")]
            assert len(why["reasons"]) == len(self.model.members), "a member is missing from the reasons"
            assert not fit or max(fit) - min(fit) <= 2, why
            others = [r for r in why["reasons"] if r["filter"] == "fits" and not r["chosen"]]
            if at and turns[at].get("member") and turns[at]["member"] == turns[at - 1].get("member"):
                assert not others, f"two in a row: {why}"


def live(company, rotations, chance):
    client, today = company.client, BEGIN
    joined = itertools.count(1000)
    while today < BEGIN.replace(year=BEGIN.year + YEARS):
        for _ in range(chance.randrange(6)):
            person = chance.choice(company.people)
            first = today + datetime.timedelta(days=chance.randrange(1, 200))
            last = first + datetime.timedelta(days=chance.choice((0, 1, 4, 13, 27)))
            if not company.is_gone(person, today):
                client.call("absence.add", person=person, **{"from": str(first)}, to=str(last))
                company.away.setdefault(person, []).append((first, last))
                for rotation in rotations:
                    rotation.compare(today)
        if chance.random() < 0.2:
            person = chance.choice(company.people[1:])
            if person not in company.left:
                day = today + datetime.timedelta(days=chance.randrange(1, 90))
                client.call("person.change", id=person, left_on=str(day))
                company.left[person] = day
                for rotation in rotations:
                    for member in rotation.model.members:
                        if member.name == person:
                            member.stays = [(member.stays[0][0], number(day) - 1)]
                    rotation.compare(today)
        if chance.random() < 0.1:
            person = str(next(joined))
            client.call("person.add", id=person, name="New " + person, hired_on=str(today))
            company.people.append(person)
            hosts = rotations[1]
            here = [m.name for m in hosts.model.members] + [person]
            client.call("rotation.change", id=hosts.name, members=here)
            hosts.model.add_member(person, [(number(today), FOREVER)])
            for rotation in rotations:
                rotation.compare(today)
        today += datetime.timedelta(days=chance.randrange(20, 45))
        client.call("clock.advance", to=f"{today}T20:00:00Z")
        for rotation in rotations:
            rotation.compare(today)


@needs_data
@pytest.mark.seconds(240)
@pytest.mark.parametrize("seed", range(2))
def test_ten_years_are_planned_as_the_model_plans_them(laugd, seed):
    chance = random.Random(seed)
    with laugd().connect(timeout=60) as client:
        company = Company(client)
        rotations = [Beside(company, "showcase", "FREQ=MONTHLY;BYDAY=1TH", company.teams, "team"),
                     Beside(company, "hosts", "FREQ=WEEKLY;BYDAY=TH", chance.sample(company.people, 25), "person")]
        for rotation in rotations:
            rotation.compare(BEGIN)
        live(company, rotations, chance)
        shown = client.call("rotation.fairness", rotation="hosts")["items"]
        assert sum(item["done"] for item in shown) > 400


@needs_data
@pytest.mark.seconds(240)
def test_a_company_of_a_hundred_thousand_is_planned_so_too(laugd):
    """Half of a small team is away now and then, so that it cannot present; two people of the largest one leave."""
    chance = random.Random(3)
    with laugd().connect(timeout=60) as client:
        company = LargeCompany(client)
        showcase = Beside(company, "showcase", "FREQ=MONTHLY;BYDAY=1TH", company.teams, "team")
        showcase.compare(BEGIN)
        small = min(company.teams, key=lambda team: len(company.stays[team]))
        today = BEGIN
        for _ in range(2):
            members = chance.sample(sorted(company.stays[small]), len(company.stays[small]) * 6 // 10)
            first, last = today + datetime.timedelta(days=70), today + datetime.timedelta(days=120)
            calls = [("absence.add", {"person": person, "from": str(first), "to": str(last)}) for person in members]
            for batch in batches(calls):
                client.call("service.batch", calls=batch)
            for person in members:
                company.away.setdefault(person, []).append((first, last))
            largest = max(company.teams, key=lambda team: len(company.stays[team]))
            person = chance.choice(sorted(company.stays[largest]))
            company.left[person] = today + datetime.timedelta(days=30)
            client.call("person.change", id=person, left_on=str(company.left[person]))
            for _ in range(7):
                today += datetime.timedelta(days=60)
                client.call("clock.advance", to=f"{today}T20:00:00Z")
                showcase.compare(today)
        assert len(showcase.model.slots) > 25
