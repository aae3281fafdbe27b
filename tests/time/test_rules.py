# SPDX-License-Identifier: MIT
"""Recurrence rules against python-dateutil, and clamped ones against a search day by day written for this test."""
import calendar
import csv
import datetime
import itertools
import pathlib
import random
import re
import subprocess
import sys

import pytest
from dateutil import rrule

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tools  # noqa: E402

DATA = tools.ROOT.parent / "shared" / "data" / "recurrence"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"{DATA} is not here")
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
END = datetime.datetime(2200, 1, 1)
DAY = datetime.timedelta(days=1)


def ask(questions, seconds=50):
    """[(start, clamp or skip, from, how many, rule)] -> [[(n, local time)] or the text of an error]."""
    lines = ["\t".join([start.strftime("%Y-%m-%dT%H:%M:%S"), months, "-", since.strftime("%Y-%m-%dT%H:%M:%S"),
                        str(limit), rule]) for start, months, since, limit, rule in questions]
    output = subprocess.run([tools.find("rules")], input="\n".join(lines) + "\n", capture_output=True, text=True,
                            check=True, timeout=seconds).stdout.split("\n")[:-1]
    assert len(output) == len(questions)
    return [line if line.startswith("!") else
            [(int(n), datetime.datetime.fromisoformat(local)) for n, local in
             (word.split("=") for word in line.split())] for line in output]


def parts_of(rule):
    return dict(part.split("=", 1) for part in rule.strip(";").split(";"))


def is_accepted(rule):
    """The contract's list, once more and in other words."""
    parts = parts_of(rule)
    frequency, days = parts.get("FREQ"), parts.get("BYDAY", "")
    if not set(parts) <= {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST", "BYSETPOS"}:
        return False
    if frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY") or {"COUNT", "UNTIL"} <= set(parts):
        return False
    if "BYSETPOS" in parts and not (frequency == "MONTHLY" and days):
        return False
    if re.search(r"\d", days) and frequency in ("DAILY", "WEEKLY"):
        return False
    return not (frequency == "WEEKLY" and "BYMONTHDAY" in parts)


def by_dateutil(rule, start, limit):
    """dateutil wants no Z where the start has no zone, and reads a day as its first moment."""
    rule = re.sub(r"(UNTIL=\d{8})(?=;|$)", r"\1T235959", re.sub(r"(UNTIL=\w+)Z", r"\1", rule.strip(";")))
    found = itertools.islice(rrule.rrulestr(rule, dtstart=start), limit)
    return list(itertools.takewhile(lambda local: local < END, found))


def differences(cases, limit=40):
    """Every case from its start, and once more from somewhere in the middle: same times, and n counted from the start."""
    chance = random.Random(7)
    questions, expected = [], []
    for start, rule in cases:
        wanted = list(enumerate(by_dateutil(rule, start, limit), 1))
        questions.append((start, "skip", start, limit, rule))
        expected.append(wanted)
        if len(wanted) > 2:
            middle = chance.randrange(1, len(wanted))
            since = wanted[middle - 1][1] + datetime.timedelta(seconds=1)
            questions.append((start, "skip", since, len(wanted) - middle, rule))
            expected.append(wanted[middle:])
    for question, wanted, got in zip(questions, expected, ask(questions)):
        if got != wanted and not (not wanted and str(got).startswith("! invalid by this rule it never")):
            yield question, wanted[:5], got[:5]


def read_time(text):
    return datetime.datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d")


@needs_data
def test_vectors():
    with open(DATA / "libical_rrule_vectors.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    inside = [row for row in rows if is_accepted(row["rrule"])]
    outside = [row for row in rows if not is_accepted(row["rrule"])]
    assert len(inside) > 60 and len(outside) > 60
    assert list(differences([(read_time(row["dtstart"]), row["rrule"]) for row in inside], 1000)) == []
    answers = ask([(read_time(row["dtstart"]), "skip", read_time(row["dtstart"]), 1, row["rrule"]) for row in outside], 5)
    assert [row["rrule"] for row, answer in zip(outside, answers) if not str(answer).startswith("! invalid")] == []
    for row, answer in zip(outside, answers):
        named = [part for part in parts_of(row["rrule"]) if part not in ("INTERVAL", "COUNT", "UNTIL", "WKST")]
        assert any(part in answer for part in named), (row["rrule"], answer)


def rules_in(text):
    """(DTSTART, RRULE) of each component that has both."""
    components = [{}]
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        name, _, value = line.partition(":")
        name = name.partition(";")[0]
        if name == "BEGIN":
            components.append({})
        elif name == "END":
            last = components.pop()
            if {"DTSTART", "RRULE"} <= set(last):
                yield last["DTSTART"], last["RRULE"]
        else:
            components[-1][name] = value


@needs_data
def test_rules_of_other_programs():
    found = [(max(read_time(start), datetime.datetime(1970, 1, 1)), rule)
             for path in sorted((DATA / "ics").glob("*.ics")) for start, rule in rules_in(path.read_text(errors="replace"))]
    assert len(found) > 60
    inside = [case for case in found if is_accepted(case[1])]
    assert len(inside) > 60 and list(differences(inside)) == []
    outside = [case for case in found if not is_accepted(case[1])]
    assert all(str(answer).startswith("! invalid") for answer in
               ask([(start, "skip", start, 1, rule) for start, rule in outside]))


def some(chance, values, most):
    return chance.sample(values, chance.randint(1, min(most, len(values))))


def listed(values):
    return ",".join(map(str, values))


def random_rule(chance, is_mixed):
    """A rule of the accepted kind. dateutil ands weekdays with and without a number in one list, where RFC 5545 ors:
    only with is_mixed are there such."""
    frequency = chance.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={frequency}"]
    if chance.random() < 0.5:
        parts.append(f"INTERVAL={chance.choice([1, 2, 3, 4, 5, 7, 12, 13, 18])}")
    if chance.random() < 0.5:
        months = some(chance, range(1, 13), 8) if frequency != "DAILY" else some(chance, range(1, 13), 12)
        parts.append(f"BYMONTH={listed(months)}")
    has_days = frequency != "WEEKLY" and chance.random() < 0.4
    if has_days:
        days = [chance.choice([day, day, -day]) for day in some(chance, range(1, 32), 7)]
        parts.append(f"BYMONTHDAY={listed(days)}")
    if chance.random() < (0.3 if has_days else 0.6):
        days = some(chance, WEEKDAYS, 5)
        in_year = frequency == "YEARLY" and not any(part.startswith("BYMONTH=") for part in parts)
        if frequency in ("MONTHLY", "YEARLY") and chance.random() < 0.5:
            numbers = range(1, 54 if in_year else 6)
            days = [f"{chance.choice(['', '+', '-'])}{chance.choice(numbers)}{day}"
                    if not is_mixed or chance.random() < 0.6 else day for day in days]
        parts.append(f"BYDAY={listed(days)}")
        if frequency == "MONTHLY" and chance.random() < 0.4:
            picks = [chance.choice([pick, -pick]) for pick in some(chance, range(1, 7), 3)]
            parts.append(f"BYSETPOS={listed(picks)}")
    if chance.random() < 0.4:
        parts.append(f"WKST={chance.choice(WEEKDAYS)}")
    end = chance.random()
    if end < 0.2:
        parts.append(f"COUNT={chance.randint(1, 30)}")
    elif end < 0.4:
        year = chance.randint(2030, 2060)
        parts.append(f"UNTIL={year}{chance.choice(['0131', '1231', '0715T090000', '0228T000000'])}")
    chance.shuffle(parts)
    return ";".join(parts)


def random_start(chance, first=1970, last=2060):
    day = datetime.date(first, 1, 1) + DAY * chance.randrange((last - first) * 365)
    if chance.random() < 0.2:
        day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return datetime.datetime.combine(day, datetime.time(chance.randrange(24), chance.choice([0, 30, 59])))


def happens_often(start, rule):
    """dateutil searches for a rare day until the year 9999; what it would look for in vain is left to the other test."""
    return len(day_by_day(rule, start, False, 30, 1)) > 0


def day_by_day(rule, start, is_clamped, years, limit):
    """The naive way: each day asked whether it belongs, in sets of a month where BYSETPOS wants them."""
    parts = parts_of(rule)
    frequency, interval = parts["FREQ"], int(parts.get("INTERVAL", 1))
    months = {int(month) for month in parts.get("BYMONTH", "").split(",") if month}
    days = [int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    weekdays = [(re.sub(r"[A-Z]", "", day), WEEKDAYS.index(day[-2:])) for day in parts.get("BYDAY", "").split(",") if day]
    in_year = frequency == "YEARLY" and not months
    if not days and not weekdays:
        if frequency == "WEEKLY":
            weekdays = [("", start.weekday())]
        elif frequency in ("MONTHLY", "YEARLY"):
            days = [start.day]
            if frequency == "YEARLY" and not months:
                months = {start.month}
    week_starts = WEEKDAYS.index(parts.get("WKST", "MO"))
    first_week = start.date() - DAY * ((start.weekday() - week_starts) % 7)

    def is_stepped(day):
        steps = {"DAILY": (day - start.date()).days, "WEEKLY": (day - first_week).days // 7,
                 "MONTHLY": (day.year - start.year) * 12 + day.month - start.month, "YEARLY": day.year - start.year}
        return steps[frequency] % interval == 0

    def is_month_day(day, length):
        for wanted in days:
            wanted = wanted if wanted > 0 else length + 1 + wanted
            if is_clamped:
                wanted = min(max(wanted, 1), length)
            if wanted == day.day:
                return True
        return not days

    def is_weekday(day, length):
        into, total = day.day - 1, length
        if in_year:
            into, total = day.timetuple().tm_yday - 1, 365 + calendar.isleap(day.year)
        return not weekdays or any(
            weekday == day.weekday() and (number == "" or int(number) in (into // 7 + 1, -((total - 1 - into) // 7 + 1)))
            for number, weekday in weekdays)

    def of_month(year, month):
        length = calendar.monthrange(year, month)[1]
        found = [day for day in (datetime.date(year, month, number + 1) for number in range(length))
                 if is_stepped(day) and (not months or month in months) and is_month_day(day, length)
                 and is_weekday(day, length)]
        if "BYSETPOS" in parts:
            picks = {int(pick) for pick in parts["BYSETPOS"].split(",")}
            found = [day for place, day in enumerate(found) if {place + 1, place - len(found)} & picks]
        return found

    until = datetime.datetime.max
    if "UNTIL" in parts:
        until = read_time(parts["UNTIL"]) + (0 * DAY if "T" in parts["UNTIL"] else DAY - datetime.timedelta(seconds=1))
    limit = min(limit, int(parts.get("COUNT", limit)))
    found = []
    for index in range(start.year * 12 + start.month - 1, (start.year + years) * 12):
        for day in of_month(index // 12, index % 12 + 1):
            local = datetime.datetime.combine(day, start.time())
            if len(found) == limit or local > until:
                return found
            if local >= start:
                found.append(local)
    return found


@pytest.mark.seconds(120)
def test_random_rules_as_dateutil():
    chance = random.Random(20270104)
    cases = [(random_start(chance), random_rule(chance, False)) for _ in range(4000)]
    cases = [case for case in cases if happens_often(*case)]
    assert len(cases) > 3000
    assert list(differences(cases)) == []


@pytest.mark.seconds(120)
@pytest.mark.parametrize("months", ["clamp", "skip"])
def test_random_rules_day_by_day(months):
    chance = random.Random(months)
    years, limit = 12, 60
    cases = [(random_start(chance), random_rule(chance, True)) for _ in range(700)]
    answers = ask([(start, months, start, limit, rule) for start, rule in cases])
    clamped = 0
    for (start, rule), got in zip(cases, answers):
        wanted = day_by_day(rule, start, months == "clamp", years, limit)
        got = [] if str(got).startswith("! invalid by this rule it never") else got
        end = datetime.datetime(start.year + years, 1, 1)
        assert [row for row in got if row[1] < end] == list(enumerate(wanted, 1)), (start, rule)
        clamped += months == "clamp" and wanted != day_by_day(rule, start, False, years, limit)
    assert months == "skip" or clamped > 50
