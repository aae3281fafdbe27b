# SPDX-License-Identifier: MIT
"""Days as people type them. First a table written by hand; then every form around year ends, leap days, week 53 and the days
on which the clock changes, against dates reckoned by Python."""
import calendar
import datetime
import os
import subprocess

import pytest
from dateutil.relativedelta import relativedelta
from laugwire import build_folder

DAY = datetime.timedelta(days=1)
ENGLISH = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DANISH = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]
MÅNEDER = ["januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november",
           "december"]
# Thursday 4 March 2027, 9 o'clock in Copenhagen
NOW = datetime.datetime(2027, 3, 4, 9, 0)


class Tool:
    def __init__(self):
        self.process = subprocess.Popen([build_folder() / "tests/tool_when"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, text, kind="date", now=NOW, at=None, language="en"):
        """The value and how it is said; or None and why not."""
        seconds = calendar.timegm(now.timetuple())
        at = seconds - 3600 if at is None else at
        self.process.stdin.write(f"{kind}\t{at}\t{seconds}\t{language}\t{text}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n")
        assert answer, f"no answer to {text!r}"
        return (None, answer[2:]) if answer.startswith("! ") else tuple(answer.split("\t"))


@pytest.fixture(scope="module")
def tool():
    if not (build_folder() / "tests/tool_when").exists():
        pytest.skip("tool_when is not built")
    tool = Tool()
    yield tool
    tool.process.stdin.close()
    assert tool.process.wait(10) == 0


# What is typed on Thursday 4 March 2027 at 9:00, and the day that is meant.
DAYS = """
2027-03-01 2027-03-01 | 2028-02-29 2028-02-29 | 1999-12-31 1999-12-31
1/3 2028-03-01 | 4/3 2027-03-04 | 5/3 2027-03-05 | 31/12 2027-12-31 | 1/1 2028-01-01 | 29/2 2028-02-29 | 01/03 2028-03-01
1/3/2027 2027-03-01 | 1/3/27 2027-03-01 | 1/3-2027 ! | 29/2/2028 2028-02-29 | 1.3.2027 2027-03-01 | 1.3. 2028-03-01
1.3 2028-03-01 | 01-03-2027 2027-03-01 | 5.3.27 2027-03-05 | 24.12. 2027-12-24
1. marts 2028-03-01 | 1. marts 2027 2027-03-01 | 1 marts 2027 2027-03-01 | den 1. marts 2028-03-01 | d. 1. marts 2028-03-01
1 March 2028-03-01 | 1 March 2027 2027-03-01 | March 1 2028-03-01 | March 1, 2027 2027-03-01 | march 1st 2028-03-01
1st of March 2028-03-01 | the 2nd of april 2027-04-02 | 3rd may 2027-05-03 | 22nd june 2027-06-22 | 1 mar. 2027 2027-03-01
1. MARTS 2027 2027-03-01 | 24 dec 2027-12-24 | 24. dec. 2027-12-24 | 4. oktober 2027-10-04 | oct 4 2027-10-04 | 1 maj 2027-05-01
5 maj 2027-05-05 | may 5 2027-05-05 | 29 feb 2028-02-29 | 29. februar 2028 2028-02-29
monday 1 march 2027 2027-03-01 | mandag den 1. marts 2027 2027-03-01 | Friday 5/3 2027-03-05 | fre. 5/3 2027-03-05
today 2027-03-04 | i dag 2027-03-04 | idag 2027-03-04 | tomorrow 2027-03-05 | i morgen 2027-03-05 | I MORGEN 2027-03-05
imorgen 2027-03-05 | i overmorgen 2027-03-06 | overmorgen 2027-03-06 | day after tomorrow 2027-03-06
the day after tomorrow 2027-03-06 | yesterday 2027-03-03 | i går 2027-03-03 | i gaar 2027-03-03 | I GÅR 2027-03-03
thursday 2027-03-04 | friday 2027-03-05 | monday 2027-03-08 | Wednesday 2027-03-10 | torsdag 2027-03-04 | lørdag 2027-03-06
loerdag 2027-03-06 | LØRDAG 2027-03-06 | lordag 2027-03-06 | søn 2027-03-07 | sun 2027-03-07 | wed 2027-03-10 | ons 2027-03-10
man. 2027-03-08 | mon 2027-03-08 | tir 2027-03-09 | tors 2027-03-04 | fr 2027-03-05 | lø 2027-03-06 | to 2027-03-04
on monday 2027-03-08 | på mandag 2027-03-08 | paa mandag 2027-03-08
next friday 2027-03-12 | næste fredag 2027-03-12 | naeste fredag 2027-03-12 | next monday 2027-03-08 | næste søndag 2027-03-14
this friday 2027-03-05 | denne fredag 2027-03-05 | this monday 2027-03-01 | last friday 2027-02-26 | last thursday 2027-02-25
sidste onsdag 2027-03-03 | i mandags 2027-03-01 | i torsdags 2027-02-25 | forrige søndag 2027-02-28
week 12 2027-03-22 | uge 12 2027-03-22 | w12 2027-03-22 | u12 2027-03-22 | Uge 9 2027-03-01 | week 8 2028-02-21
week 12 2028 2028-03-20 | uge 12/2028 2028-03-20 | 2027-W12 2027-03-22 | 2027-W12-5 2027-03-26 | week 53 2026 2026-12-28
week 1 2028-01-03 | week 52 2027-12-27 | i uge 12 2027-03-22
friday week 12 2027-03-26 | fredag uge 12 2027-03-26 | fredag i uge 12 2027-03-26 | week 12 friday 2027-03-26
tors. uge 9 2027-03-04 | next week 2027-03-08 | næste uge 2027-03-08 | this week 2027-03-01 | last week 2027-02-22
friday next week 2027-03-12 | torsdag i næste uge 2027-03-11 | next week friday 2027-03-12
+2w 2027-03-18 | +3d 2027-03-07 | -1d 2027-03-03 | +0d 2027-03-04 | +2u 2027-03-18 | +1m 2027-04-04 | -1y 2026-03-04
+2 weeks 2027-03-18 | +2 uger 2027-03-18 | in 2 weeks 2027-03-18 | om 2 uger 2027-03-18 | om en uge 2027-03-11
in a week 2027-03-11 | in three ! | om 3 dage 2027-03-07 | in 1 month 2027-04-04 | om 1 måned 2027-04-04 | om et år 2028-03-04
+400d 2028-04-07 | +999999w !
31/2 ! | 30/2 ! | 29/2/2027 ! | 3/25 ! | 3/25/2027 ! | 0/3 ! | 1/0 ! | 31. april ! | 2027-02-29 ! | 2027-13-01 ! | 32 may !
week 54 ! | week 0 ! | week 53 ! | week 53 2027 ! | uge ! | 2027-W54 ! | 2027-W12-8 !
ma ! | m ! | tu 2027-03-09 | ju 1 ! | 15 ! | 2027 ! | march ! | marts 2027 ! | den 15. ! | 1 ! | next ! | næste måned !
moday ! | fredagg ! | friday 1/3/2027 ! | tuesday 1 march 2027 ! | monday tuesday ! | 1/3 2/3 ! | monday +2w ! | today tomorrow !
monday 10:00 ! | i morgen kl. 9 ! | +2h ! | noon ! | 0000-01-01 ! | 1/1/0000 ! | 1/3/027 ! | + ! | - ! | / ! | 1/ ! | /3 ! | +w ! | 2w !
1/3/2027x ! | x1/3 ! | 1//3 ! | 1/3/ ! | 9999999999/1 ! | ９/3 ! | 2027-3 ! | 20270301 ! | ' OR 1=1 ! | week 12 week 13 !
2027-3-1 2027-03-01 | den 1/3-27 !
"""

# At nine; what has a time and has passed is not to come.
TIMES = """
2027-03-01T09:00 2027-03-01T09:00 | 2027-03-01 09:00 2027-03-01T09:00 | 2027-03-01T09:00:30 2027-03-01T09:00:30
monday 10:00 2027-03-08T10:00 | mandag kl. 10 2027-03-08T10:00 | mandag kl 10.30 2027-03-08T10:30 | mandag 10.30 2027-03-08T10:30
i morgen kl. 9 2027-03-05T09:00 | tomorrow at 9 2027-03-05T09:00 | tomorrow 9am 2027-03-05T09:00 | tomorrow at 9:30 pm 2027-03-05T21:30
1/3/2027 9:00 2027-03-01T09:00 | 4/3 8:00 2028-03-04T08:00 | 4/3 10:00 2027-03-04T10:00 | 1. marts 2027 kl. 9 2027-03-01T09:00
thursday 8:00 2027-03-11T08:00 | thursday 9:00 2027-03-11T09:00 | thursday 9:01 2027-03-04T09:01 | klokken 14 2027-03-04T14:00
14:00 2027-03-04T14:00 | 8:00 2027-03-05T08:00 | at 9 2027-03-05T09:00 | kl. 9.01 2027-03-04T09:01 | noon 2027-03-04T12:00
friday noon 2027-03-05T12:00 | fredag middag 2027-03-05T12:00 | 12am 2027-03-05T00:00 | 12pm 2027-03-04T12:00
10:00 monday 2027-03-08T10:00 | +2w 10:00 2027-03-18T10:00 | friday week 12 at 14:15 2027-03-26T14:15 | next friday 9:00 2027-03-12T09:00
torsdag i næste uge kl. 8.15 2027-03-11T08:15 | i dag 8:00 2027-03-04T08:00 | 23:59 2027-03-04T23:59 | 00:00 2027-03-05T00:00
+2h 2027-03-04T11:00 | om 2 timer 2027-03-04T11:00 | in 30 minutes 2027-03-04T09:30 | +90min 2027-03-04T10:30 | om en time 2027-03-04T10:00
24:00 ! | monday 9:60 ! | monday 25 ! | 13pm ! | 0am ! | monday at ! | monday 9:00 10:00 ! | 9:0 ! | +2h 10:00 ! | 9:30:61 !
"""


def rows(table):
    for row in table.strip().replace("\n", " | ").split("|"):
        typed, _, meant = row.strip().rpartition(" ")
        yield typed, meant


@pytest.mark.parametrize("language", ["en", "da"])
def test_days_as_they_are_typed(tool, language):
    wrong = []
    for typed, meant in rows(DAYS):
        got = tool.ask(typed, language=language)
        if got[0] != (None if meant == "!" else meant):
            wrong.append((typed, meant, got))
    assert not wrong


@pytest.mark.parametrize("kind", ["local", "moment"])
def test_times_as_they_are_typed(tool, kind):
    wrong = []
    for typed, meant in rows(TIMES):
        if kind == "moment" and "+2h +90min om 2 timer in 30 minutes om en time".find(typed) >= 0:
            continue
        got = tool.ask(typed, kind)
        if got[0] != (None if meant == "!" else meant):
            wrong.append((typed, meant, got))
    assert not wrong


def test_a_moment_is_a_day_or_a_time(tool):
    assert tool.ask("monday", "moment")[0] == "2027-03-08"
    assert tool.ask("2027-03-01T08:00:00Z", "moment")[0] == "2027-03-01T08:00:00Z"
    assert tool.ask("+2h", "moment")[0] == "2027-03-04T10:00:00Z"
    assert tool.ask("monday", "local")[0] is None
    assert "time of day" in tool.ask("monday", "local")[1]


# ---- against dates that Python reckons ----

def turning_points():
    """Days around which something turns: years, leap days, week 53, the clock."""
    for year in (2024, 2026, 2027, 2028, 2032, 2096):
        for month, day in ((1, 1), (12, 31), (3, 1), (2, 28), (1, 4), (12, 28)):
            for near in range(-4, 5):
                yield datetime.date(year, month, day) + near * DAY
    for change in ("2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"):
        for near in range(-7, 8):
            yield datetime.date.fromisoformat(change) + near * DAY


TODAYS = sorted(set(turning_points()))


def at_nine(day):
    return datetime.datetime.combine(day, datetime.time(9))


def next_to_come(today, month, day):
    for year in range(today.year, today.year + 9):
        try:
            found = datetime.date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found


def next_week_to_come(today, week, weekday):
    for year in (today.isocalendar()[0], today.isocalendar()[0] + 1):
        try:
            monday = datetime.date.fromisocalendar(year, week, 1)
        except ValueError:
            continue
        if monday + 6 * DAY >= today:
            return monday + weekday * DAY


def expect(tool, today, typed, meant):
    got = tool.ask(typed, now=at_nine(today))
    assert got[0] == (meant.isoformat() if meant else None), f"{typed!r} on {today}: {got}, not {meant}"


def test_weekdays_on_any_day(tool):
    for today in TODAYS:
        for weekday in range(7):
            ahead = next(today + i * DAY for i in range(7) if (today + i * DAY).weekday() == weekday)
            gone = next(today - i * DAY for i in range(1, 8) if (today - i * DAY).weekday() == weekday)
            of_next_week = next(today + i * DAY for i in range(1, 15)
                                if (today + i * DAY).isocalendar()[:2] == (today + 7 * DAY).isocalendar()[:2] and
                                (today + i * DAY).weekday() == weekday)
            expect(tool, today, ENGLISH[weekday].lower(), ahead)
            expect(tool, today, DANISH[weekday], ahead)
            expect(tool, today, "next " + ENGLISH[weekday], of_next_week)
            expect(tool, today, "næste " + DANISH[weekday], of_next_week)
            expect(tool, today, "last " + ENGLISH[weekday], gone)
            expect(tool, today, f"i {DANISH[weekday]}s", gone)


def test_days_of_the_year_on_any_day(tool):
    for today in TODAYS[::3]:
        for month in range(1, 13):
            for day in (1, 28, 29, 30, 31, today.day):
                meant = next_to_come(today, month, day)
                expect(tool, today, f"{day}/{month}", meant)
                expect(tool, today, f"{day}. {MÅNEDER[month - 1]}", meant)
                expect(tool, today, f"{MONTHS[month - 1]} {day}", meant)


def test_weeks_on_any_day(tool):
    for today in TODAYS:
        for week in (1, 2, 9, 12, 13, 51, 52, 53, today.isocalendar()[1]):
            expect(tool, today, f"week {week}", next_week_to_come(today, week, 0))
            expect(tool, today, f"fredag uge {week}", next_week_to_come(today, week, 4))


def test_weeks_of_a_year(tool):
    for year in range(2000, 2101):
        for week in (1, 52, 53):
            try:
                monday = datetime.date.fromisocalendar(year, week, 1)
            except ValueError:
                monday = None
            expect(tool, NOW.date(), f"uge {week} {year}", monday)
            expect(tool, NOW.date(), f"{year}-W{week:02}-7", monday and monday + 6 * DAY)


def test_distances_from_any_day(tool):
    units = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
    for today in TODAYS[::2]:
        for unit, name in units.items():
            for count in (1, 2, 13, 52):
                expect(tool, today, f"+{count}{unit}", today + relativedelta(**{name: count}))
                expect(tool, today, f"-{count}{unit}", today - relativedelta(**{name: count}))


def test_every_day_of_a_year_in_every_way(tool):
    day = datetime.date(2028, 1, 1)
    while day.year == 2028:
        week = day.isocalendar()
        for typed in (day.isoformat(), f"{day.day}/{day.month}/{day.year}", f"{day.day}.{day.month}.{day.year}",
                      f"{day.day:02}-{day.month:02}-{day.year}", f"{day.day} {MONTHS[day.month - 1]} 2028",
                      f"{ENGLISH[day.weekday()]} {day.day} {MONTHS[day.month - 1][:3]} 2028",
                      f"{DANISH[day.weekday()]} den {day.day}. {MÅNEDER[day.month - 1]} 2028",
                      f"{DANISH[day.weekday()]} uge {week[1]} {week[0]}", f"{week[0]}-W{week[1]:02}-{week[2]}"):
            expect(tool, NOW.date(), typed, day)
        day += DAY


def test_what_is_said_can_be_typed(tool):
    for today in TODAYS:
        for language in ("en", "da"):
            value, said = tool.ask("today", now=at_nine(today), language=language)
            assert tool.ask(said.rstrip("*"))[0] == value == today.isoformat()
            value, said = tool.ask("i dag kl. 14.30", "local", now=at_nine(today), language=language)
            assert tool.ask(said.rstrip("*"), "local")[0] == value == f"{today}T14:30"


def test_hours_are_the_clocks_where_a_moment_is_wanted(tool):
    # the night of 28 March 2027, 01:30 in Copenhagen: an hour later it is 03:30
    now, at = datetime.datetime(2027, 3, 28, 1, 30), calendar.timegm((2027, 3, 28, 0, 30, 0))
    assert tool.ask("+1h", "moment", now=now, at=at)[0] == "2027-03-28T01:30:00Z"
    assert tool.ask("+24h", "moment", now=now, at=at)[0] == "2027-03-29T00:30:00Z"
    assert tool.ask("tomorrow 1:30", "moment", now=now, at=at)[0] == "2027-03-29T01:30"


# ---- what is said ----

def test_said_in_full_in_the_language_of_the_reader(tool):
    assert tool.ask("1/3/2027") == ("2027-03-01", "Monday 1 March 2027")
    assert tool.ask("1/3/2027", language="da") == ("2027-03-01", "mandag 1. marts 2027")
    assert tool.ask("i morgen kl. 9", "local") == ("2027-03-05T09:00", "Friday 5 March 2027 at 09:00")
    assert tool.ask("tomorrow 9:00", "local", language="da")[1] == "fredag 5. marts 2027 kl. 09:00"


def test_what_was_typed_in_full_is_marked(tool):
    for typed, is_full in (("2027-03-01", True), ("1. marts 2027", True), ("March 1, 2027", True), ("1/3/2027", False),
                           ("1. marts", False), ("monday", False), ("week 12 2027", False), ("+2w", False)):
        assert tool.ask(typed)[1].endswith("*") == is_full, typed


@pytest.mark.parametrize("typed,part", [
    ("31/2", "31 February"), ("29/2/2027", "29 February 2027"), ("3/25/2027", "day 3 of month 25"), ("ma", "Monday or March"),
    ("moday", "did you mean \"monday\""), ("tuesday 1 march 2027", "which is no Tuesday"), ("march", "day of the month"),
    ("week 53", "no week 53"), ("monday 10:00", "without a time"), ("today tomorrow", "more than one day"),
    ("x" * 500, "would type"), ("\x1b[2J", "would type"), ("1/3\u202e", "not understood")])
def test_what_is_wrong_is_said_with_examples(tool, typed, part):
    value, said = tool.ask(typed)
    assert value is None and part in said
    if "week 53" not in typed and "tuesday" not in typed:
        assert "2027-03-01" in said


def test_danish_is_told_in_danish(tool):
    for typed in ("31/2", "3/25/2027", "ma", "moday", "tuesday 1 march 2027", "march", "week 53", "week 54", "monday 10:00",
                  "today tomorrow", "x" * 500, "xyzzy", "+999999w"):
        english, danish = tool.ask(typed)[1], tool.ask(typed, language="da")[1]
        assert english != danish, english


def test_nothing_that_is_typed_does_harm(tool):
    import random
    chance = random.Random(int(os.environ.get("LAUG_SEED", 20270304)))
    words = "1 3 31 12 2027 . / - : + , monday uge week næste i om kl am pm marts may t w 99999999 æ \u202e ' \" % %s den of 00".split()
    for _ in range(3000):
        typed = chance.choice(["", " "]).join(chance.choice(words) for _ in range(chance.randrange(1, 12)))
        for kind in ("date", "local", "moment"):
            value, said = tool.ask(typed, kind)
            assert said
