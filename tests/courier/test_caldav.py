# SPDX-License-Identifier: MIT
"""laug-courier and Radicale: a calendar on a real CalDAV server that is, at each moment of quiet, the service's own."""
import base64
import datetime
import http.client
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import time

import icalendar
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from fakes import Courier, free_port  # noqa: E402
from laugwire import Refused, build_folder  # noqa: E402

pytestmark = [pytest.mark.skipif(not (build_folder() / "laug-courier").exists(), reason="laug-courier is not built"),
              pytest.mark.skipif(subprocess.run(["/usr/bin/python3", "-c", "import radicale"], capture_output=True).returncode != 0,
                                 reason="radicale is not here")]
FOREIGN = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nBEGIN:VEVENT\r\nUID:lunch-1@firma.example\r\nDTSTAMP:20270101T000000Z\r\n"
           "DTSTART:20270120T110000Z\r\nDTEND:20270120T120000Z\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")


class Radicale:
    """With one user and one calendar, in a folder that outlives it."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder / "radicale", free_port(), None
        self.folder.mkdir()
        (self.folder / "users").write_text("laug:se cret\n")
        (self.folder / "conf").write_text(
            f"[server]\nhosts = 127.0.0.1:{self.port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {self.folder}/users\n"
            f"htpasswd_encryption = plain\ndelay = 0\n[rights]\ntype = owner_only\n[storage]\nfilesystem_folder = {self.folder}/all\n"
            "[logging]\nlevel = warning\n")
        self.url = f"http://127.0.0.1:{self.port}/laug/team/"

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(["/usr/bin/python3", "-m", "radicale", "--config", str(self.folder / "conf")],
                                            stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder,
                                            env={**os.environ, "HOME": str(self.folder)})
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                assert time.monotonic() < end and self.process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.05)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def ask(self, verb, name="", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        login = base64.b64encode(b"laug:se cret").decode()
        connection.request(verb, f"/laug/team/{name}", body.encode() if body else None,
                           {"Authorization": f"Basic {login}", **{key.replace("_", "-"): value for key, value in headers.items()}})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def make(self):
        assert self.ask("MKCALENDAR")[0] == 201

    def put(self, name, text):
        status, answer = self.ask("PUT", name, text, Content_Type="text/calendar")
        assert status in (201, 204), answer

    def resources(self):
        """name -> the one event in it, straight from the folder that the server keeps."""
        found = {}
        for path in (self.folder / "all" / "collection-root" / "laug" / "team").glob("*.ics"):
            try:
                found[path.name], = icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")
            except FileNotFoundError:
                pass  # gone since it was listed
        return found

    def events(self):
        """Ours, by their ids."""
        return {str(event["UID"]).split("@")[0]: event for name, event in self.resources().items() if name.startswith("laug-")}


def moment(event):
    starts = event["DTSTART"].dt
    if not isinstance(starts, datetime.datetime):
        return starts.isoformat()
    return starts.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    """The example company's quality team, whose calendar is kept on the server."""

    def __init__(self, folder, laugd):
        self.folder, self.daemon, self.server = folder, laugd(), Radicale(folder)
        self.client, self.couriers = self.daemon.connect(), []
        self.people = ["anna", "bo", "carl", "dorte", "emil"]
        self.client.call("team.add", id="quality", name="Quality")
        self.client.call("team.add", id="sales", name="Sales")
        for person in self.people:
            self.client.call("person.add", id=person, name=f"{person.title()} Æøå", team="quality", hired_on="2020-01-01")
        self.client.call("person.add", id="zoe", name="Zoe", team="sales")
        for id, members, kind, rule in (("showcase", self.people, "person", "FREQ=WEEKLY"),
                                        ("demo", ["quality"], "team", "FREQ=MONTHLY;BYDAY=1TU"), ("sale", ["zoe"], "person", "FREQ=WEEKLY")):
            self.client.call("rotation.add", id=id, title=f"{id.title()}, with; æøå", starts="2027-01-05T09:00", rule=rule,
                             duration_minutes=60, members=members, member_kind=kind)
        self.server.start().make()

    def courier(self, url=None, limits="", more="", start=True, password="se cret"):
        secret = self.folder / "secret"
        secret.write_text(password + "\n")
        secret.chmod(0o600)
        courier = Courier(self.folder, self.daemon.socket, free_port(), limits=limits)
        with open(courier.settings, "a") as settings:
            settings.write(f"[calendar team]\nurl = {url or self.server.url}\nuser = laug\npassword_file = {secret}\n"
                           f"of = team quality\n{more}\n")
        self.couriers.append(courier)
        return courier.start() if start else courier

    def day(self, ahead=0):
        return (datetime.date.fromisoformat(self.client.call("clock.now")["today"]) + datetime.timedelta(days=ahead)).isoformat()

    def turns(self, back=31):
        """What should stand in the calendar: every published turn of the team and its people."""
        first = self.day(-back)
        found = {}
        for rotation in ("showcase", "demo", "sale"):
            for turn in self.client.items("rotation.turns", rotation=rotation, **{"from": first}):
                if turn["published"] and turn["state"] != "cancelled" and turn.get("member") in [*self.people, "quality"]:
                    found[turn["id"]] = turn
        return found

    def sabbaticals(self):
        return {one["id"] + ".away": one for year in (2027, 2028)
                for one in self.client.items("sabbatical.list", year=year) if one["state"] in ("approved", "done")}

    def difference(self):
        """Empty where the calendar is right. What has grown older than the courier looks back is left there."""
        events, turns, weeks, wrong, last = self.server.events(), self.turns(), self.sabbaticals(), [], self.day(-31)
        for id in set(events) - set(turns) - set(weeks):
            if moment(events[id])[:10] >= last:
                wrong.append(f"{id} should not be there")
        for id, turn in turns.items():
            event = events.get(id)
            if event is None:
                wrong.append(f"{id} is missing")
            elif moment(event) != turn["starts_at"]:
                wrong.append(f"{id} is at {moment(event)} and not {turn['starts_at']}")
            elif turn["member"] != "quality" and f"{turn['member'].title()} Æøå" not in event["SUMMARY"]:
                wrong.append(f"{id} is not {turn['member']}'s: {event['SUMMARY']}")
        for id, week in weeks.items():
            if id not in events or moment(events[id]) != week["from"]:
                wrong.append(f"{id} is missing or at another day")
        return wrong

    def wait(self, seconds=40):
        end = time.monotonic() + seconds
        while wrong := self.difference():
            assert time.monotonic() < end, "\n".join(wrong[:10] + [self.couriers[-1].log()[-1500:]])
            time.sleep(0.05)

    def restart(self):
        self.client.close()
        self.daemon.kill()
        self.daemon.start()
        self.client = self.daemon.connect()

    def finish(self):
        try:
            for courier in self.couriers:
                courier.finish()
        finally:
            for courier in self.couriers:
                if courier.process and courier.process.poll() is None:
                    courier.kill()
            self.server.kill()
            self.client.close()


@pytest.fixture
def world(tmp_path, laugd):
    made = World(tmp_path, laugd)
    yield made
    made.finish()


def test_it_becomes_what_the_service_has(world):
    world.server.put("lunch.ics", FOREIGN)
    world.courier()
    world.wait()
    assert len(world.turns()) > 8
    event = world.server.events()["showcase-1"]
    assert event["UID"] == "showcase-1@firma.example" and "ATTENDEE" not in event and "ORGANIZER" not in event
    world.client.call("turn.cancel", id="showcase-2")
    world.wait()
    assert "showcase-2" not in world.server.events()
    assert str(world.server.resources()["lunch.ics"]["SUMMARY"]) == "Lunch"


def test_an_edit_is_put_right(world):
    """A title, a time, an entry that is gone, one that was moved out of sight, and one that repeats."""
    courier = world.courier()
    world.wait()
    courier.stop()
    edits = {"showcase-1": lambda event: event.update(SUMMARY=icalendar.vText("Mine!")),
             "showcase-2": lambda event: (event.pop("DTSTART"), event.add("dtstart", datetime.datetime(2027, 2, 2, 3, 4, tzinfo=datetime.timezone.utc)),
                                          event.pop("DTEND")),
             "showcase-3": lambda event: (event.pop("DTSTART"), event.add("dtstart", datetime.date(2035, 1, 1)), event.pop("DTEND")),
             "showcase-4": lambda event: event.add("rrule", {"freq": "daily"})}
    for id, edit in edits.items():
        calendar = icalendar.Calendar.from_ical(world.server.ask("GET", f"laug-{id}.ics")[1])
        edit(*calendar.walk("VEVENT"))
        world.server.put(f"laug-{id}.ics", calendar.to_ical().decode())
    assert world.server.ask("DELETE", "laug-showcase-5.ics")[0] == 200
    assert len(world.difference()) >= 4
    world.courier()
    world.wait()
    assert "RRULE" not in world.server.events()["showcase-4"]


def test_what_is_somebody_elses_stays(world):
    """Also where it has our domain, or one of our names."""
    world.server.put("laug-showcase-3.ics", FOREIGN.replace("lunch-1@", "theirs-3@"))
    world.server.put("laug-old-1.ics", FOREIGN.replace("lunch-1@firma.example", "old-1@other.example"))
    world.server.put("lunch.ics", FOREIGN)
    world.server.put("laug-gone-1.ics", FOREIGN.replace("lunch-1@", "gone-1@"))  # this one is ours, of a turn there is no more
    before = {name: event.to_ical() for name, event in world.server.resources().items()}
    courier = world.courier()
    end = time.monotonic() + 40
    while "something else has the name laug-showcase-3.ics" not in courier.log():
        assert time.monotonic() < end, courier.log()
        time.sleep(0.05)
    while " put, " not in courier.log():  # the round is over
        assert time.monotonic() < end, courier.log()
        time.sleep(0.05)
    assert " 1 removed" in courier.log()
    after = world.server.resources()
    assert all(after[name].to_ical() == before[name] for name in before if name != "laug-gone-1.ics")
    assert "laug-showcase-4.ics" in after


@pytest.mark.seconds(300)
def test_a_year(world):
    """Moves, swaps, covers, cancelled turns, absences and sabbaticals; killed are the server, the courier and the service."""
    chance = random.Random(19)
    world.server.put("lunch.ics", FOREIGN)
    world.client.call("sabbatical.policy.change", min_tenure_days=0, notice_days=0)
    courier = world.courier()
    world.wait()
    today = datetime.date(2027, 1, 4)
    for step in range(26):
        today += datetime.timedelta(days=14)
        if step % 6 == 4:
            world.restart()
        world.client.call("clock.advance", to=f"{today}T{chance.randrange(6, 20):02}:00:00Z")
        for _ in range(3):
            act(world, chance, today)
        if step % 5 == 2:
            world.server.kill()
            act(world, chance, today)
            time.sleep(0.7)
            world.server.start()
        if step % 7 == 3:
            courier.kill()
            world.couriers.remove(courier)
            act(world, chance, today)
            courier = world.courier()
        world.wait()
    assert str(world.server.resources()["lunch.ics"]["SUMMARY"]) == "Lunch"
    assert len(world.server.events()) > 60


def act(world, chance, today):
    """Something that moves or changes turns to come; what the service will not have is no matter."""
    coming = [turn for turn in world.turns(0).values() if turn["local"] > f"{today}T23" and turn["state"] == "planned"]
    one, other = chance.sample([turn for turn in coming if turn["rotation"] == "showcase"], 2)
    day = today + datetime.timedelta(days=chance.randrange(1, 50))
    try:
        match chance.randrange(6):
            case 0:
                world.client.call("absence.add", person=chance.choice(world.people), **{"from": str(day), "to": str(day + datetime.timedelta(days=9))})
            case 1:
                world.client.call("turn.cancel", id=chance.choice(coming)["id"])
            case 2:
                world.client.call("turn.offer", id=one["id"], to=other["member"], against=other["id"])
                with world.daemon.as_person(other["member"]) as person:
                    person.call("turn.accept", id=one["id"])
            case 3:
                world.client.call("turn.pin", id=one["id"], member=chance.choice(world.people))
            case 4:
                made = world.client.call("sabbatical.request", person=chance.choice(world.people), starts_on=str(day), project="x")
                world.client.call("sabbatical.approve", id=made["id"])
            case 5:
                world.client.call("rotation.change", id="demo", starts=f"2027-01-05T{chance.randrange(8, 16):02}:00", republish=True)
    except Refused:
        pass


def test_khal_reads_it(world):
    if not shutil.which("khal"):
        pytest.skip("khal is not here")
    world.courier()
    world.wait()
    folder = world.server.folder / "all" / "collection-root" / "laug" / "team"
    settings = world.folder / "khal.conf"
    settings.write_text(f"[calendars]\n[[team]]\npath = {folder}\nreadonly = True\n[sqlite]\npath = {world.folder}/khal.db\n"
                        "[locale]\nlocal_timezone = Europe/Copenhagen\ndefault_timezone = Europe/Copenhagen\ntimeformat = %H:%M\n"
                        "dateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n")
    done = subprocess.run(["khal", "-c", settings, "list", "--format", "{start} {title}", "--day-format", "", "2027-01-04", "60d"],
                          capture_output=True, text=True, timeout=50,
                          env={**os.environ, "HOME": str(world.folder), "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": str(world.folder)})
    shown = sorted(line[:16] for line in done.stdout.splitlines() if line)
    assert done.returncode == 0 and shown == sorted(turn["local"].replace("T", " ") for turn in world.turns().values()), done.stderr
