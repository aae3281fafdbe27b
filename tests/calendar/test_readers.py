# SPDX-License-Identifier: MIT
"""What the calendar library writes, read by others: Python's icalendar and khal. What goes in comes out, and nothing else."""
import collections
import datetime
import os
import random
import re
import shutil
import subprocess
import zoneinfo

import icalendar
import msgpack
import pytest

import entries
from laugwire import build_folder

TOOL = build_folder() / "tests" / "tool_calendar"
pytestmark = pytest.mark.skipif(not TOOL.exists(), reason="tests/tool_calendar is not built")

# header and line breaks, properties, escapes, parameters, encodings, terminals, directions of writing
CORPUS = ["\r\nATTACH:http://evil.example/", "\nEND:VEVENT\nBEGIN:VALARM\nACTION:PROCEDURE", "\rSUMMARY:other", "\\n", "\\", "\\\\n",
          ";", ",", ":", '"', "'", "^n", "^'", "CN=evil", ';ROLE=CHAIR:mailto:x@example.org', "BEGIN:VCALENDAR", "\u2028", "\u2029",
          "\x85", "\x0b", "\x0c", "\x1b[31m", "\x1b]0;x\x07", "\x07", "\x7f", "\x9b1m", "\u202e", "\u2066", "\u200f", "\ufeff",
          "<script>alert(1)</script>", "&amp;", "%0d%0a", "=?utf-8?q?x?=", "=0D=0A", "æøå", "漢字", "🎉", "👩‍🔧", "x" * 300, " ", "  ", "\t",
          "-" * 75, "é" * 74, "a\u0301" * 60, "{}", "%s", "$(id)", "`id`", "../../x"]
STEERING = "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"


def plain(text, may_break=False):
    text = re.sub("\r\n?|[\u2028\u2029\x85]", "\n", text)
    return re.sub(STEERING, "", text if may_break else re.sub("[\n\t]", " ", text))


def write(method, *calendars, attendee="Anna"):
    done = subprocess.run([TOOL, method], input=msgpack.packb(list(calendars)), capture_output=True, timeout=60,
                          env={**os.environ, "ATTENDEE": attendee})
    assert done.returncode == 0 and not done.stderr, done.stderr.decode(errors="replace")
    made = done.stdout.split(b"\0")
    assert made.pop() == b"" and len(made) == len(calendars)
    return made


def check_lines(text):
    assert text.endswith(b"\r\n") and b"\n" not in text.replace(b"\r\n", b"") and b"\r" not in text.replace(b"\r\n", b"")
    for line in text.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")  # no character is split


def read(text):
    check_lines(text)
    return icalendar.Calendar.from_ical(text.decode())


def value_of(text, name):
    """A text to the letter of RFC 5545, 3.1 and 3.3.11."""
    value, = re.findall(rf"^{name}:(.*)\r$", text.decode().replace("\r\n ", ""), re.M)
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)


def names(component):
    return sorted(name for name, _ in component.property_items(recursive=False))


def test_what_goes_in_comes_out():
    chance = random.Random(5)
    words = [*CORPUS, *("".join(chance.choices(CORPUS, k=chance.randint(2, 9))) for _ in range(400))]
    made = write("stored", *([entries.turn(title="x" + word, text="y" + word)] for word in words))
    for word, text in zip(words, made):
        calendar = read(text)
        event, = calendar.walk("VEVENT")
        wanted = {"SUMMARY": plain("x" + word), "DESCRIPTION": plain("y" + word, True)}
        assert {name: value_of(text, name) for name in wanted} == wanted
        if "\\" not in word:  # icalendar 4 takes \\\\n for a backslash and a line end
            assert {name: str(event[name]) for name in wanted} == wanted
        assert collections.Counter(one.name for one in calendar.walk()) == {
            "VCALENDAR": 1, "VTIMEZONE": 1, "STANDARD": 1, "DAYLIGHT": 2, "VEVENT": 1}
        assert names(event) == sorted(["BEGIN", "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY",
                                       "DESCRIPTION", "STATUS", "TRANSP", "END"])


@pytest.mark.parametrize("method", ["request", "cancel"])
def test_names_of_people(method):
    for word in CORPUS:
        name = "Å" + word.replace("\0", "")
        text, = write(method, [entries.turn()], attendee=name)
        event, = read(text).walk("VEVENT")
        assert event["ATTENDEE"] == "mailto:anna@firma.example" and event["ORGANIZER"] == "mailto:laug@firma.example"
        assert event["ATTENDEE"].params["CN"] == plain(name).translate({34: "'", 94: "'", 92: "/"})
        assert sorted(event["ATTENDEE"].params) == ["CN", "PARTSTAT", "ROLE", "RSVP"]


def test_zones_are_what_they_are():
    """The instant by the entry's own zone data is the one that Python's zoneinfo has, to the end."""
    zones = ["Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Africa/Casablanca",
             "Asia/Tehran", "Pacific/Chatham", "Europe/Dublin"]
    chance, given = random.Random(6), []
    for zone in zones:
        for _ in range(25):
            day = datetime.date(2026, 6, 1) + datetime.timedelta(days=chance.randrange(900))
            given.append(entries.turn(at=f"{day}T{chance.randrange(4, 24):02}:{chance.choice((0, 30)):02}", zone=zone,
                                      minutes=chance.choice((30, 60, 600, 3000))))
    for entry, text in zip(given, write("stored", *([entry] for entry in given))):
        event, = read(text).walk("VEVENT")
        zone = zoneinfo.ZoneInfo(entry["zone"])
        starts_at = event["DTSTART"].dt.replace(tzinfo=None).replace(tzinfo=zone if event["DTSTART"].params.get("TZID") else entries.UTC)
        assert starts_at.astimezone(entries.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") == entry["starts_at"]
        if "DURATION" in event:
            ends_at = starts_at.astimezone(entries.UTC) + event["DURATION"].dt
        else:
            ends_at = event["DTEND"].dt.replace(tzinfo=None).replace(tzinfo=zone if event["DTEND"].params.get("TZID") else entries.UTC)
        assert ends_at.astimezone(entries.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") == entry["ends_at"]
        check_observances(text, entry)


def check_observances(text, entry):
    """RFC 5545, 3.6.5: the offset at a time is that of the latest onset before it."""
    starts = datetime.datetime.fromisoformat(entry["starts"])
    parts = [part for part in icalendar.Calendar.from_ical(text.decode()).walk() if part.name in ("STANDARD", "DAYLIGHT")]
    assert len(parts) == len(entry["observances"])
    begun = [part for part in parts if part["DTSTART"].dt.replace(tzinfo=None) <= starts]
    if begun:
        last = max(begun, key=lambda part: part["DTSTART"].dt.replace(tzinfo=None))
        instant = datetime.datetime.fromisoformat(entry["starts_at"][:-1])
        assert starts - instant == last["TZOFFSETTO"].td


def test_all_day_and_long_lists():
    calendar = read(write("publish", [entries.turn(uid=f"t-{number}", at=f"2027-{number % 12 + 1:02}-{number % 28 + 1:02}T09:00")
                                      for number in range(300)] + [entries.sabbatical()])[0])
    assert calendar["METHOD"] == "PUBLISH" and len(calendar.walk("VEVENT")) == 301 and len(calendar.walk("VTIMEZONE")) == 1
    days, = (event for event in calendar.walk("VEVENT") if event["UID"] == "anna-2027@firma.example")
    assert (days["DTSTART"].dt, days["DTEND"].dt) == (datetime.date(2027, 3, 1), datetime.date(2027, 3, 6))


@pytest.fixture
def khal(tmp_path):
    if not shutil.which("khal"):
        pytest.skip("khal is not here")
    settings = tmp_path / "khal.conf"
    (tmp_path / "vdir").mkdir()
    settings.write_text(f"[calendars]\n[[team]]\npath = {tmp_path}/vdir\n[sqlite]\npath = {tmp_path}/khal.db\n"
                        "[locale]\nlocal_timezone = Europe/Copenhagen\ndefault_timezone = Europe/Copenhagen\n"
                        "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
                        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n")

    def run(*words):
        done = subprocess.run(["khal", "-c", settings, *words], capture_output=True, text=True, timeout=50,
                              env={**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": str(tmp_path),
                                   "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "NO_COLOR": "1"})
        assert done.returncode == 0, done.stderr
        return done.stdout
    return run


@pytest.mark.parametrize("method", ["publish", "request", "stored"])
def test_khal_takes_it_in(khal, tmp_path, method):
    attack = "Fredag; æøå, 🎉\nEND:VEVENT"
    given = [entries.turn(title=attack), entries.turn(uid="ny-1", at="2027-03-02T09:00", zone="America/New_York", title="Far away"),
             entries.sabbatical(title="A week of one's own"), entries.turn(uid="late", at="2027-03-03T23:30", minutes=60, title="Night")]
    path = tmp_path / "team.ics"
    path.write_bytes(write(method, given)[0])
    khal("import", "--batch", "-a", "team", str(path))
    shown = khal("list", "--format", "{start}|{end}|{title}", "--day-format", "", "--notstarted", "2027-03-01", "7d")
    assert set(shown.splitlines()) - {""} == {
        "2027-03-01|2027-03-05|A week of one's own", f"2027-03-01 09:00|2027-03-01 10:00|{plain(attack)}",
        "2027-03-02 15:00|2027-03-02 16:00|Far away", "2027-03-03 23:30|2027-03-04 00:30|Night"}
