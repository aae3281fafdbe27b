# SPDX-License-Identifier: MIT
"""Every zone of the system, 2000 to 2040, both ways against Python's zoneinfo: no difference."""
import collections
import datetime
import pathlib
import random
import subprocess
import sys
import zoneinfo

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tools  # noqa: E402

EPOCH = datetime.datetime(1970, 1, 1)
UTC = datetime.timezone.utc
FIRST = int((datetime.datetime(2000, 1, 1) - EPOCH).total_seconds())
LAST = int((datetime.datetime(2041, 1, 1) - EPOCH).total_seconds())
DAY = 86400
STRIDE = 8 * DAY + 3 * 3600 + 17  # drifts through the hours of the day
AROUND = (-2 * DAY, -DAY - 1, -DAY, -7200, -3601, -3600, -1801, -1800, -1, 0, 1, 1799, 1800, 3599, 3600, 3601,
          7199, 7200, DAY, DAY + 1, 2 * DAY)


def offset(zone, instant):
    """Seconds ahead of UTC; fromutc is what astimezone calls."""
    return int((zone.fromutc((EPOCH + datetime.timedelta(seconds=instant)).replace(tzinfo=zone))
                .replace(tzinfo=None) - EPOCH).total_seconds()) - instant


def instant_of(zone, local):
    """PEP 495: fold=0 is the first of two, and in a gap the offset before it."""
    wall = (EPOCH + datetime.timedelta(seconds=local)).replace(tzinfo=zone)
    return local - int(wall.utcoffset().total_seconds())


def changes(zone, grid):
    """Instants at which the offset changes, found between points of the grid."""
    for (before, old), (after, new) in zip(grid, grid[1:]):
        while old != new and after - before > 1:
            middle = (before + after) // 2
            if offset(zone, middle) == old:
                before = middle
            else:
                after = middle
        if old != new:
            yield after, old, new


def questions(zone, first=FIRST, last=LAST):
    grid = [(instant, offset(zone, instant)) for instant in range(first, last, STRIDE)]
    expected = []
    for instant, ahead in grid:
        expected.append((f"i {instant}", instant + ahead))
        expected.append((f"l {instant}", instant_of(zone, instant)))
    for instant, old, new in changes(zone, grid):
        for near in AROUND:
            expected.append((f"i {instant + near}", instant + near + offset(zone, instant + near)))
            for local in (instant + old + near, instant + new + near):
                expected.append((f"l {local}", instant_of(zone, local)))
    return expected


def ask(lines):
    return subprocess.run([tools.find("zones")], input="\n".join(lines) + "\n", capture_output=True, text=True,
                          check=True, timeout=100).stdout.split("\n")[:-1]


@pytest.mark.seconds(300)
def test_every_zone_both_ways():
    names = sorted(name for name in zoneinfo.available_timezones() if name[0].isupper() and name != "Factory")
    assert len(names) > 400, "is tzdata installed?"
    same = collections.defaultdict(list)  # aliases are the same file: python's share of the work is done once
    for name in names:
        same[pathlib.Path("/usr/share/zoneinfo", name).read_bytes()].append(name)
    asked, differences = 0, []
    for aliases in same.values():
        expected = questions(zoneinfo.ZoneInfo(aliases[0]))
        lines = [line for name in aliases for line in (f"z {name}", *(question for question, _ in expected))]
        wanted = ["ok", *(str(answer) for _, answer in expected)] * len(aliases)
        got = ask(lines)
        assert len(got) == len(wanted)
        asked += len(wanted)
        differences += [(aliases[0], *row) for row in zip(lines, wanted, got) if row[1] != row[2]]
    assert not differences, f"{len(differences)} of {asked}, such as {differences[:5]}"
    assert asked > 1_000_000


@pytest.mark.parametrize("name", [
    "Europe/Copenhagen", "Europe/London", "Europe/Dublin", "America/New_York", "America/Nuuk", "Australia/Lord_Howe",
    "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu", "UTC",
])
def test_a_zone_from_1970_to_2200(name):
    expected = questions(zoneinfo.ZoneInfo(name), 4 * DAY, (2200 - 1970) * 365 * DAY)
    got = ask([f"z {name}", *(question for question, _ in expected)])
    assert got == ["ok", *(str(answer) for _, answer in expected)]


def read_observances(line):
    """[(onset, from, to, is_daylight, letters)], as seconds and text."""
    rows = [part.split(" ") for part in line.split(";")[:-1]]
    return [(*map(int, row[:3]), row[3] == "1", row[4]) for row in rows]


def test_observances_place_every_instant():
    """A reader who knows nothing of the zone but what it was told finds the instant of the local time."""
    names = sorted(name for name in zoneinfo.available_timezones() if name[0].isupper() and name != "Factory")
    chance, asked = random.Random(5), 0
    for name in names:
        zone = zoneinfo.ZoneInfo(name)
        instants = [chance.randrange(FIRST, LAST) for _ in range(25)]
        edges = list(changes(zone, [(at, offset(zone, at)) for at in range(FIRST, LAST, 30 * DAY)]))
        for at, _, _ in chance.sample(edges, min(5, len(edges))):
            instants += [at + near for near in (-DAY, -3600, -1800, -1, 0, 1, 1800, 3600, DAY)]
        got = ask([f"z {name}", *(f"o {instant}" for instant in instants)])
        assert got[0] == "ok" and len(got) == len(instants) + 1
        for instant, line in zip(instants, got[1:]):
            told = read_observances(line)
            assert told == sorted(told) and 1 <= len(told) < 8, (name, instant, told)
            for at in (instant, instant + chance.randrange(3601)):
                local = at + offset(zone, at)
                *_, (_, _, ahead, is_daylight, letters) = [row for row in told if row[0] <= local] or told[:1]
                assert local - ahead == instant_of(zone, local), (name, at, told)
                wall = (EPOCH + datetime.timedelta(seconds=local)).replace(tzinfo=zone)
                assert letters == wall.tzname(), (name, at, told)
                asked += 1
            assert all(before[2] == after[1] for before, after in zip(told, told[1:])), (name, instant, told)
    assert asked > 30_000


def test_observances_of_a_year():
    midsummer = 1813536000  # 2027-06-21T00:00:00Z
    (line,) = ask(["z Europe/Copenhagen", f"o {midsummer}"])[1:]
    stamp = lambda local: (EPOCH + datetime.timedelta(seconds=local)).isoformat()  # noqa: E731
    assert [(stamp(onset), *rest) for onset, *rest in read_observances(line)] == [
        ("2026-10-25T03:00:00", 7200, 3600, False, "CET"),
        ("2027-03-28T02:00:00", 3600, 7200, True, "CEST"),
        ("2027-10-31T03:00:00", 7200, 3600, False, "CET")]
    assert read_observances(ask(["z UTC", "o 0"])[1]) == [(0, 0, 0, False, "UTC")]


@pytest.mark.parametrize("name", [
    "Nowhere/City", "europe/copenhagen", "Europe", "Europe/", "/Europe/Copenhagen", "../Europe/Copenhagen",
    "Europe/../Europe/Copenhagen", "Europe//Copenhagen", "/usr/share/zoneinfo/UTC", "posix/Europe/Copenhagen",
    "right/Europe/Copenhagen", "localtime", "posixrules", "Factory", "zone.tab", "tzdata.zi", "", " UTC", "UTC ",
    "Europe/Copenhagen\\", "Europe/K\u00f8benhavn", "CET-1CEST", "Europe/Copenhagen" + "n" * 200, "%s%n", "Z" * 64,
])
def test_no_zone(name):
    assert ask([f"z {name}"]) == ["invalid"]
