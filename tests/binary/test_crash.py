# SPDX-License-Identifier: MIT
"""kill -9 under concurrent writers, again and again: what was acknowledged is there, the rest is whole or absent."""
import os
import random
import sqlite3
import threading
import time

import pytest
from laugwire import Client, Gone, Refused

KILLS = int(os.environ.get("LAUG_KILLS", 200))
WRITERS = 4


class Writer(threading.Thread):
    """Adds people and their absences one after the other. A call whose answer was lost is made again with the same
    request_id, as a careful client does."""

    def __init__(self, number, daemon, stop):
        super().__init__(daemon=True)
        self.number, self.laugd, self.stop = number, daemon, stop
        self.acknowledged, self.first_answers, self.repeated, self.fault = [], 0, 0, None

    def calls(self):
        for turn in range(1_000_000):
            person = f"w{self.number}-{turn}"
            yield "person.add", {"id": person, "name": f"Person {person}", "request_id": f"{person}-add"}
            if turn % 3 == 0:
                yield "absence.add", {"person": person, "from": "2027-03-01", "to": "2027-03-05",
                                      "request_id": f"{person}-away"}

    def run(self):
        client = None
        for method, params in self.calls():
            tries = 0
            while True:
                if self.stop.is_set() and not tries:
                    return
                try:
                    client = client or Client(self.laugd.socket, timeout=10)
                    client.call(method, **params)
                    self.acknowledged.append((method, params.get("id") or params["person"]))
                    self.repeated += tries > 0
                    break
                except (Gone, FileNotFoundError, ConnectionRefusedError, BrokenPipeError):
                    if client:
                        tries += 1
                        client.close()
                    client = None
                    time.sleep(0.002)
                except (Refused, TimeoutError) as fault:
                    self.fault = f"{method} {params}: {fault!r}"
                    return


@pytest.mark.seconds(240)
def test_nothing_acknowledged_is_lost(laugd):
    chance = random.Random(20270104)
    daemon, stop = laugd(kind="release"), threading.Event()
    writers = [Writer(number, daemon, stop) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    slowest = 0.0
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.005, 0.12))
        daemon.kill()
        began = time.monotonic()
        daemon.start(init=False)
        slowest = max(slowest, time.monotonic() - began)
        assert not any(writer.fault for writer in writers), [writer.fault for writer in writers]
    stop.set()
    for writer in writers:
        writer.join(30)
        assert not writer.is_alive() and writer.fault is None, writer.fault

    acknowledged = [entry for writer in writers for entry in writer.acknowledged]
    with daemon.connect() as client:
        people = [person["id"] for person in client.items("person.list", limit=500)]
        away = []
        for first in range(0, len(people), 200):
            calls = [client.send("absence.list", person=person) for person in people[first:first + 200]]
            away += [absence["person"] for call in calls for absence in client.answer(call)["items"]]
    kept = [("person.add", person) for person in people] + [("absence.add", person) for person in away]
    lost = set(acknowledged) - set(kept)
    doubled = len(kept) - len(set(kept))
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged, {sum(w.repeated for w in writers)} repeated, "
          f"{len(lost)} lost, {doubled} doubled, slowest start {slowest * 1000:.0f} ms")
    assert not lost and not doubled
    assert set(kept) == set(acknowledged), "something is there that nobody was told of"
    assert len(acknowledged) > KILLS
    assert slowest < 1.0

    assert daemon.stop() == 0
    for path in daemon.state.glob("*.db"):
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()


@pytest.mark.seconds(120)
def test_batch_is_whole_or_absent(laugd):
    """A batch of ten is one thing: a kill never leaves a part of it."""
    daemon, chance = laugd(kind="release"), random.Random(7)
    for turn in range(25):
        client = daemon.connect()
        calls = [{"method": "person.add", "params": {"id": f"b{turn}-{n}", "name": "Part"}} for n in range(10)]
        client.send("service.batch", calls=calls)
        time.sleep(chance.uniform(0, 0.004))
        daemon.kill()
        client.close()
        daemon.start(init=False)
    with daemon.connect() as client:
        people = [person["id"] for person in client.items("person.list", limit=500)]
    for turn in range(25):
        assert sum(person.startswith(f"b{turn}-") for person in people) in (0, 10)
