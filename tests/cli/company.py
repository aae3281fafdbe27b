# SPDX-License-Identifier: MIT
"""The example company on Wednesday 10 March 2027, as people would find it: for looking at screens."""
import contextlib
import fcntl
import os
import pathlib
import pty
import select
import socket
import struct
import subprocess
import termios
import threading

import laugwire

SHARE = laugwire.ROOT / "client" / "share"
NOW = "2027-03-10T08:30:00Z"


def live(daemon):
    """Loads the company into a daemon held at Monday 4 January 2027, and lives until NOW; gives the number of the last event
    before this day."""
    with daemon.connect(timeout=60) as admin:
        load(daemon, admin)
        go_round(admin)
        return pass_winter(daemon, admin)


def load(daemon, admin):
    example = SHARE / "example"
    for words in (["people", example / "people.csv", f"--with-teams={example / 'teams.csv'}"],
                  ["holidays", SHARE / "holidays" / "denmark.ics"], ["absences", example / "absences.csv"]):
        done = daemon.laug("import", *map(str, words), seconds=60)
        assert done.returncode == 0, done.stderr
    admin.call("company.change", name="Hjarbæk Maskinværk", admins=["susanne"], message_cap=20)
    admin.call("closure.add", id="summer-2027", **{"from": "2027-07-12", "to": "2027-07-30"}, title="Weeks 28 to 30")


def go_round(admin):
    admin.call("rotation.add", id="showcase", title="Monthly AI showcase", starts="2027-01-14T09:00",
               rule="FREQ=MONTHLY;BYDAY=2TH", duration_minutes=30,
               members="assembly engineering machining office planning quality sales service welding".split())
    admin.call("rotation.add", id="office-hours", title="AI office hours", starts="2027-01-08T13:00",
               rule="FREQ=WEEKLY;BYDAY=FR", duration_minutes=60, member_kind="person", min_gap_days=20,
               members="amira peter anna gitte bo jakob astrid anders".split())
    admin.call("rotation.add", id="tool-watch", title="What is new among the tools", starts="2027-01-05T08:30",
               rule="FREQ=MONTHLY;BYDAY=1TU", duration_minutes=15, member_kind="person", members=["mette", "peter"])
    admin.call("sabbatical.policy.change", days=5, notice_days=42, min_tenure_days=365, max_away_company=2,
               max_away_team=4, min_cover=1,
               blackouts=[{"from": "2027-11-22", "to": "2027-12-23", "title": "The year's deliveries"}])
    admin.call("sabbatical.critical.set", competency="vision", holders=["amira", "peter", "tomasz"])
    admin.call("reminder.rule.add", id="ai-update", title="Monthly AI update: 30 minutes", starts="2027-01-20T09:00",
               rule="FREQ=MONTHLY;BYDAY=3WE", to=["leads"],
               text="This month's AI update is due: one tool, one technique or one use case, in thirty minutes.")
    admin.call("reminder.rule.add", id="data-rules", title="Read the new data rules", at="2027-03-08T09:00",
               people=["anna", "susanne"], acknowledge=True, text="What may be entered where has changed.")


def pass_winter(daemon, admin):
    def until(day):
        admin.call("clock.advance", to=day if "T" in day else f"{day}T09:00:00Z")

    until("2027-01-11")
    for person, starts_on, project in (("amira", "2027-03-08", "A camera that sorts carrots by shape"),
                                       ("gitte", "2027-03-10", "Parts lists that check themselves"),
                                       ("bo", "2027-03-09", "Reading measuring reports aloud")):
        admin.call("sabbatical.request", person=person, starts_on=starts_on, project=project)
    until("2027-01-18")
    admin.call("sabbatical.approve", id="sabbatical-1")
    admin.call("sabbatical.approve", id="sabbatical-2")
    until("2027-02-01")
    admin.call("sabbatical.withdraw", id="sabbatical-2")
    until("2027-02-01T09:01:00Z")  # what follows from a change is done by then
    admin.call("sabbatical.accept", id="sabbatical-3")
    until("2027-02-08")
    admin.call("sabbatical.approve", id="sabbatical-3")
    until(NOW)
    yesterday = admin.call("service.status")["last_event"]
    admin.call("sabbatical.request", person="tomasz", starts_on="2027-05-10", project="PLC code that explains itself")
    admin.call("sabbatical.request", person="anna", starts_on="2027-09-06", project="A robot that reads drawings")
    admin.call("absence.add", person="mette", **{"from": "2027-04-05", "to": "2027-04-09"})
    admin.call("absence.add", person="peter", **{"from": "2027-04-05", "to": "2027-04-07"})
    until(NOW.replace(":30:", ":31:"))
    hosted = [turn for turn in admin.call("rotation.turns", rotation="office-hours")["items"]
              if turn["published"] and turn["local"] > NOW[:10]]
    theirs = next(turn for turn in hosted if turn["member"] not in ("anna", "amira", "bo"))
    with daemon.as_person(theirs["member"]) as host:
        host.call("turn.offer", id=theirs["id"], to="anna")
    until(NOW.replace(":30:", ":32:"))
    return yesterday


class Proxy:
    """A socket on which everybody is one person: act_as is said first on every connection."""

    def __init__(self, daemon, person):
        self.daemon, self.person = daemon, person
        self.path = pathlib.Path(daemon.folder) / f"as-{person}.sock"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(8)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                inner, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(inner,), daemon=True).start()

    def serve(self, inner):
        outer = self.daemon.as_person(self.person).socket
        outer.settimeout(None)
        with inner, outer, contextlib.suppress(ConnectionError):
            while True:
                ready = select.select([inner, outer], [], [])[0]
                data = {side: side.recv(1 << 16) for side in ready}
                if not all(data.values()):
                    break
                for side, read in data.items():
                    (outer if side is inner else inner).sendall(read)

    def close(self):
        self.listener.close()


def on_terminal(build, path, *words, columns=80, lines=24, status=0, **environment):
    """What laug writes on a terminal of this size."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS")}
    variables = {**kept, "LAUG_SOCKET": str(path), "LANGUAGE": "en", "LANG": "C.UTF-8", "TERM": "xterm",
                 "TZ": "Europe/Copenhagen", "PAGER": "cat", **environment}
    process = subprocess.Popen([str(build / "laug"), *words], stdin=other, stdout=other, stderr=other, env=variables)
    os.close(other)
    seen = b""
    while select.select([main], [], [], 10)[0]:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    os.close(main)
    try:
        ended = process.wait(10)
    finally:
        process.kill()
    assert ended == status, seen.decode()
    return seen.decode().replace("\r\n", "\n")
