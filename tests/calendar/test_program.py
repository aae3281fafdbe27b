# SPDX-License-Identifier: MIT
"""laug calendar: the plan as files, and files that follow it."""
import getpass
import os
import stat
import subprocess
import time

import icalendar
import msgpack
import pytest

import entries
import fakes
from laugwire import SANITIZER_MARKS, build_folder

pytestmark = pytest.mark.skipif(not (build_folder() / "laug-calendar").exists(), reason="laug-calendar is not built")


@pytest.fixture
def company(daemon, client):
    client.call("team.add", id="quality", name="Quality")
    for person, name in (("anna", "Anna Åkjær"), ("bo", "Bo")):
        client.call("person.add", id=person, name=name, team="quality", **({"login": getpass.getuser()} if person == "anna" else {}))
    for rotation, members, kind in (("showcase", ["anna", "bo"], "person"), ("demo", ["quality"], "team")):
        client.call("rotation.add", id=rotation, title=f"{rotation.title()}, æøå", starts="2027-01-07T09:00", rule="FREQ=WEEKLY",
                    duration_minutes=60, members=members, member_kind=kind)
    return daemon


def events(text):
    return {str(event["UID"]).split("@")[0]: event for event in icalendar.Calendar.from_ical(text).walk("VEVENT")}


def turns(client, **params):
    return {turn["id"]: turn for turn in client.call("rotation.turns", **params)["items"] if turn["published"]}


def test_what_it_writes(company, client):
    done = company.laug("calendar", "--rotation", "showcase")
    assert done.returncode == 0 and not done.stderr
    calendar, found, wanted = icalendar.Calendar.from_ical(done.stdout), events(done.stdout), turns(client, rotation="showcase")
    assert calendar["METHOD"] == "PUBLISH" and calendar["X-WR-CALNAME"] == "Laug: showcase"
    assert set(found) == set(wanted) and len(wanted) > 5
    for id, event in found.items():
        assert event["DTSTART"].dt.strftime("%Y-%m-%dT%H:%M") == wanted[id]["local"]
        assert ("Anna Åkjær" in event["SUMMARY"]) == (wanted[id]["member"] == "anna")
    everybodys = events(company.laug("calendar", "--all").stdout)
    assert set(everybodys) == set(wanted) | set(turns(client, rotation="demo"))


def test_mine_and_others(company, client):
    wanted = {id for id, turn in turns(client, rotation="showcase").items() if turn["member"] == "anna"}
    team = set(turns(client, rotation="demo"))
    assert set(events(company.laug("calendar").stdout)) == wanted | team
    assert set(events(company.laug("calendar", "--person", "anna").stdout)) == wanted | team
    assert set(events(company.laug("calendar", "--team", "quality").stdout)) >= team
    client.call("person.change", id="anna", login="nobody-here")
    done = company.laug("calendar")
    assert done.returncode == 2 and "--person" in done.stderr and not done.stdout


def test_days_are_typed_as_everywhere(company, client):
    found = events(company.laug("calendar", "--rotation", "showcase", "--from", "week 3", "--until", "31/1").stdout)
    assert sorted(event["DTSTART"].dt.day for event in found.values()) == [21, 28]


@pytest.mark.parametrize("words, code, part", [
    (["--all", "--team", "quality"], 2, "one calendar at a time"), (["--person", "a b"], 2, "no id"), (["--person", "nobody"], 3, "nobody"),
    (["--follow"], 2, "--out"), (["--from", "feb 30"], 2, "from"), (["--domain", "a..b"], 2, "domain"), (["--wrong"], 2, "--wrong"),
    (["--out", "/nonexistent/x.ics", "--all"], 7, "/nonexistent/x.ics"), (["--until"], 2, "needs a value")])
def test_what_is_refused(company, words, code, part):
    done = company.laug("calendar", *words)
    assert done.returncode == code and part in done.stderr and not done.stdout


def test_help_and_danish(company):
    assert "--follow" in company.laug("calendar", "--help").stdout
    assert "Skriver en kalender" in company.laug("calendar", "--help", LANGUAGE="da").stdout
    assert company.laug("calendar", "list", "--rotation", "showcase").returncode == 0
    danish = company.laug("calendar", "--rotation", "nope", LANGUAGE="da")
    assert danish.returncode == 3 and "ingen" in danish.stderr


def test_the_same_plan_is_the_same_bytes(company, tmp_path):
    path = tmp_path / "all.ics"
    assert company.laug("calendar", "--all", "--out", str(path), "--domain", "firma.example").returncode == 0
    first = path.read_bytes()
    assert b"UID:showcase-1@firma.example\r\n" in first and stat.S_IMODE(path.stat().st_mode) == 0o666 & ~os.umask(0o022) | 0o644
    assert company.laug("calendar", "--all", "--out", str(path), "--domain", "firma.example").returncode == 0
    assert path.read_bytes() == first and list(tmp_path.iterdir()) == [path]


class Follower:
    def __init__(self, daemon, path, *words):
        self.path, self.errors = path, path.with_suffix(".stderr")
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen([daemon.build / "laug", "calendar", "--out", path, "--follow", *words], stderr=errors,
                                            stdin=subprocess.DEVNULL, env={**os.environ, "LAUG_SOCKET": str(daemon.socket)})

    def wait(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while not (self.path.exists() and condition(events(self.path.read_bytes()))):  # whole at any moment
            assert self.process.poll() is None and time.monotonic() < end, self.errors.read_text()
            time.sleep(0.01)

    def finish(self):
        self.process.terminate()
        self.process.wait(20)
        assert not any(mark in self.errors.read_text() for mark in SANITIZER_MARKS)


def test_a_file_follows_the_plan(company, client, tmp_path):
    follower = Follower(company, tmp_path / "feed.ics", "--rotation", "showcase")
    try:
        follower.wait(lambda found: "showcase-1" in found)
        before = events(follower.path.read_bytes())["showcase-2"]
        client.call("turn.cancel", id="showcase-1")
        follower.wait(lambda found: "showcase-1" not in found)
        holder = turns(client, rotation="showcase")["showcase-2"]["member"]
        client.call("turn.pin", id="showcase-2", member="bo" if holder == "anna" else "anna")
        follower.wait(lambda found: found["showcase-2"]["SUMMARY"] != before["SUMMARY"])
        assert events(follower.path.read_bytes())["showcase-2"]["SEQUENCE"] > before["SEQUENCE"]
        client.close()
        company.stop()
        company.start()
        with company.connect() as again:
            again.call("turn.cancel", id="showcase-3")
            follower.wait(lambda found: "showcase-3" not in found)
            assert sorted(events(follower.path.read_bytes())) == sorted(
                id for id, turn in turns(again, rotation="showcase").items() if turn["state"] != "cancelled")
    finally:
        follower.finish()
    assert {path.name for path in tmp_path.iterdir()} == {"feed.ics", "feed.stderr"}


class ManyPages(fakes.Service):
    """A service whose calendar is long, and whose answers must be short."""

    def __init__(self, path, entries, most=40):
        super().__init__(path)
        self.entries, self.most, self.asked = entries, most, []

    def answer(self, connection, msgid, method, params):
        error = result = None
        if method == "service.hello":
            result = {"service": "laugd", "version": "0", "roles": [], "clock_held": False, "person": "anna"}
        elif method == "clock.now":
            result = {"at": "2027-01-04T07:00:00Z", "local": "2027-01-04T08:00", "today": "2027-01-04", "is_held": True}
        elif method == "calendar.list":
            self.asked.append(params)
            first = next((at for at, entry in enumerate(self.entries) if entry.get("uid") == params.get("after", "")), 0)
            page = self.entries[first:first + params["limit"]]
            error = [1, "too_large: the answer would be too long"] if params["limit"] > self.most else None
            result = None if error else {"items": page}
            if result and first + len(page) < len(self.entries):
                result["next"] = self.entries[first + len(page)]["uid"]
        else:
            return super().answer(connection, msgid, method, params)
        connection.sendall(msgpack.packb([1, msgid, error, result]))


def run_against(path, *words):
    return subprocess.run([build_folder() / "laug-calendar", *words], capture_output=True, text=True, timeout=50,
                          env={**os.environ, "LAUG_SOCKET": str(path), "LANGUAGE": "en"})


def test_pages_become_smaller_where_they_are_too_large(tmp_path):
    given = [entries.turn(uid=f"t-{number:04}", at=f"2027-{number % 12 + 1:02}-{number % 28 + 1:02}T09:00", text="x" * 1500)
             for number in range(505)]
    given[7]["state"] = "cancelled"
    service = ManyPages(tmp_path / "s", given).start()
    done = run_against(tmp_path / "s", "--all")
    service.stop()
    assert done.returncode == 0 and set(events(done.stdout)) == {entry["uid"] for entry in given} - {"t-0007"}
    assert [ask["limit"] for ask in service.asked[:4]] == [250, 125, 62, 31] and len(service.asked) < 25
    assert service.asked[0] == {"limit": 250, "from": "2026-10-06"}


@pytest.mark.parametrize("entry", [{}, {"uid": "a"}, entries.turn(title="a\nb"), entries.turn(uid="A B"), entries.turn(more=1),
                                   entries.turn(state="maybe"), entries.turn(starts="soon")])
def test_an_answer_that_is_none_writes_nothing(tmp_path, entry):
    service = ManyPages(tmp_path / "s", [entry], most=500).start()
    path = tmp_path / "all.ics"
    path.write_text("what was there")
    done = run_against(tmp_path / "s", "--all", "--out", str(path))
    service.stop()
    assert done.returncode != 0 and done.stderr and path.read_text() == "what was there"
    assert not any(mark in done.stderr for mark in SANITIZER_MARKS)


def test_no_service(tmp_path):
    done = run_against(tmp_path / "none", "--all")
    assert done.returncode == 7 and done.stderr and not done.stdout
