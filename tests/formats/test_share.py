# SPDX-License-Identifier: MIT
"""The files in client/share: the Danish holidays against the rules of the calendar and against a list that nobody here
wrote, and the example company against what it claims to be."""
import collections
import csv
import datetime
import pathlib
import re

import pytest
from dateutil import easter

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARE = ROOT / "client" / "share"
OUTSIDE = ROOT.parent / "shared" / "data" / "holidays" / "dk_da_2015-2035.ics"
YEARS = range(2020, 2041)


def unfolded(path):
    raw = path.read_bytes()
    assert raw.endswith(b"END:VCALENDAR\r\n") and b"\n" not in raw.replace(b"\r\n", b""), "lines end in CR LF"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75, "RFC 5545, 3.1: 75 octets a line"
    return raw.decode("utf-8").replace("\r\n ", "").split("\r\n")


def events(lines):
    """One dict of property -> value an event; parameters are part of the property's name."""
    event = None
    for line in lines:
        if line == "BEGIN:VEVENT":
            event = {}
        elif line == "END:VEVENT":
            yield event
            event = None
        elif event is not None:
            name, _, value = line.partition(":")
            assert name not in event, f"{name} twice"
            event[name] = value


def day(text):
    return datetime.datetime.strptime(text, "%Y%m%d").date()


def days(path):
    found = {}
    for event in events(unfolded(path)):
        assert day(event["DTEND;VALUE=DATE"]) - day(event["DTSTART;VALUE=DATE"]) == datetime.timedelta(1)
        assert event["UID"] and re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"]), "RFC 5545, 3.6.1"
        on = day(event["DTSTART;VALUE=DATE"])
        assert on not in found, f"{on} twice"
        found[on] = event
    assert len({event["UID"] for event in found.values()}) == len(found)
    return {on: event["SUMMARY"] for on, event in found.items()}


def by_law(year):
    """Danish law's holidays of a year, from Easter."""
    from_easter = {"Skærtorsdag": -3, "Langfredag": -2, "Påskedag": 0, "2. påskedag": 1,
                   "Kristi himmelfartsdag": 39, "Pinsedag": 49, "2. pinsedag": 50}
    if year < 2024:
        from_easter["Store bededag"] = 26
    moving = {easter.easter(year) + datetime.timedelta(after): name for name, after in from_easter.items()}
    fixed = {(1, 1): "Nytårsdag", (12, 25): "Juledag", (12, 26): "2. juledag"}
    return moving | {datetime.date(year, *at): name for at, name in fixed.items()}


def test_denmark_is_what_the_law_says():
    expected = {}
    for year in YEARS:
        expected |= by_law(year)
    assert days(SHARE / "holidays" / "denmark.ics") == expected


def test_denmark_agrees_with_a_list_from_elsewhere():
    if not OUTSIDE.exists():
        pytest.skip(f"no {OUTSIDE.name} beside this clone")
    outside = {day(event["DTSTART;VALUE=DATE"])
               for event in events(OUTSIDE.read_text(encoding="utf-8").replace("\r\n", "\n").split("\n"))}
    ours = days(SHARE / "holidays" / "denmark.ics")
    for year in range(2020, 2036):
        assert {on for on in ours if on.year == year} == {on for on in outside if on.year == year}


def test_usual_closing_days_are_no_holidays_by_law():
    """And never a day that the law closes already, as Whit Monday does 5 June 2028: a day has one name."""
    usual = days(SHARE / "holidays" / "denmark-usual-closing-days.ics")
    custom = {datetime.date(year, *at) for year in YEARS for at in ((6, 5), (12, 24), (12, 31))}
    assert set(usual) == custom - {day for year in YEARS for day in by_law(year)}
    assert len(custom) - len(usual) == 3


def table(name):
    with open(SHARE / "example" / name, encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        heads = next(rows)
        return [dict(zip(heads, row, strict=True)) for row in rows]


def test_example_people_are_one_company():
    people, teams = table("people.csv"), {team["id"]: team for team in table("teams.csv")}
    by_id = {person["id"]: person for person in people}
    assert len(people) == len(by_id) == 140 and len(teams) == 9
    for field in ("name", "email", "login"):
        values = [person[field] for person in people if person[field]]
        assert len(values) == len(set(values)), f"two people share a {field}"
    for person in people:
        assert re.fullmatch(r"[a-z][a-z0-9-]*", person["id"])
        assert person["team"] in teams and person["also_in"] in {"", *teams} - {person["team"]}
        assert person["email"].endswith("@hjarbaek.example.com")
        hired_on = datetime.date.fromisoformat(person["hired_on"])
        assert datetime.date(1989, 1, 1) <= hired_on <= datetime.date(2026, 12, 31)
        assert hired_on.weekday() < 5, "a first day at work is a working day"
    for team in teams.values():
        assert by_id[team["lead"]]["team"] == team["id"]


def test_example_managers_form_one_tree():
    boss_of = {person["id"]: person["manager"] for person in table("people.csv")}
    assert [person for person, boss in boss_of.items() if not boss] == ["kirsten"]
    for person in boss_of:
        steps = 0
        while boss_of[person]:
            person, steps = boss_of[person], steps + 1
            assert steps < 10, "a loop"


def test_example_absences_are_a_year_and_give_no_reason():
    people = {person["id"]: person for person in table("people.csv")}
    absences = table("absences.csv")
    assert list(absences[0]) == ["person", "from", "to"]
    away = collections.defaultdict(set)
    for absence in absences:
        first, last = (datetime.date.fromisoformat(absence[end]) for end in ("from", "to"))
        assert first <= last and first.year == last.year == 2027
        left_on = people[absence["person"]]["left_on"]
        assert not left_on or last.isoformat() < left_on
        for after in range((last - first).days + 1):
            on = first + datetime.timedelta(after)
            assert on not in away[absence["person"]], f"{absence['person']} is away twice on {on}"
            away[absence["person"]].add(on)
    summer = datetime.date(2027, 7, 21)
    assert sum(summer in off for off in away.values()) > 110
