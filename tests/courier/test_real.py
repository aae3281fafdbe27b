# SPDX-License-Identifier: MIT
"""laug-courier between the real daemon and a mail server on loopback: from a reminder to a mailbox."""
import collections
import pathlib
import random
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from fakes import Courier, Mailbox, MailServer, free_port  # noqa: E402
from laugwire import build_folder  # noqa: E402

pytestmark = pytest.mark.skipif(not (build_folder() / "laug-courier").exists(), reason="laug-courier is not built")


class World:
    def __init__(self, folder, laugd):
        self.folder, self.daemon = folder, laugd()
        self.mailbox, self.port, self.couriers = Mailbox(), free_port(), []
        self.server = MailServer(self.mailbox, self.port)
        self.server.start()
        self.client = self.daemon.connect()

    def courier(self):
        courier = Courier(self.folder, self.daemon.socket, self.port).start()
        self.couriers.append(courier)
        return courier

    def people(self, count):
        names = [f"person-{number}" for number in range(count)]
        for name in names:
            self.client.call("person.add", id=name, name=f"Åse Nr {name[7:]}", email=f"{name}@example.org",
                             language="danish" if name.endswith("3") else "english")
        return names

    def remind(self, rule, at):
        self.client.call("reminder.rule.add", id=rule, title=f"Remember {rule} æøå", text="Do it.", at=at,
                         to=["everyone"], channels=["inbox", "mail"])

    def mail(self):
        return self.client.items("outbox.list")

    def wait_settled(self, count, seconds=20):
        end = time.monotonic() + seconds
        while True:
            mail = self.mail()
            if len(mail) >= count and not any(one["state"] in ("waiting", "claimed") for one in mail):
                return mail
            assert time.monotonic() < end, collections.Counter(one["state"] for one in mail)
            time.sleep(0.02)

    def finish(self):
        try:
            for courier in self.couriers:
                courier.finish()
        finally:
            for courier in self.couriers:
                if courier.process.poll() is None:
                    courier.kill()
            self.client.close()
            self.server.stop(no_assert=True)


@pytest.fixture
def world(tmp_path, laugd):
    made = World(tmp_path, laugd)
    yield made
    made.finish()


def test_a_reminder_becomes_a_mail(world):
    people = world.people(5)
    world.remind("tidy", "2027-01-05T10:00")
    world.courier()
    world.client.call("clock.advance", to="2027-01-05T09:01:00Z")
    mail = world.wait_settled(5)
    assert [one["state"] for one in mail] == ["sent"] * 5
    messages = world.mailbox.messages()
    assert sorted(message["To"].addresses[0].addr_spec for message in messages) == \
        sorted(f"{person}@example.org" for person in people)
    assert all("æøå" in message["Subject"] for message in messages)
    assert {message["Content-Language"] for message in messages} == {"en", "da"}
    assert {message["Message-ID"] for message in messages} == {f"<{one['id']}@firma.example>" for one in mail}
    states = {one["state"] for person in people for one in world.client.items("reminder.list", person=person)}
    assert states == {"delivered"}


def test_a_refusal_for_good_and_one_for_now(world):
    world.people(2)
    world.mailbox.recipients = {"person-0@example.org": "550 5.1.1 nobody of that name",
                                "person-1@example.org": "451 4.3.0 later"}
    world.remind("tidy", "2027-01-05T10:00")
    world.courier()
    world.client.call("clock.advance", to="2027-01-05T09:01:00Z")
    end = time.monotonic() + 10
    while {one["person"]: one["state"] for one in world.mail()} != {"person-0": "refused", "person-1": "waiting"}:
        assert time.monotonic() < end, world.mail()
        time.sleep(0.02)
    details = {one["person"]: one["detail"] for one in world.mail()}
    assert "nobody of that name" in details["person-0"] and "451" in details["person-1"]
    world.mailbox.recipients = {}
    world.client.call("clock.advance", to="2027-01-05T09:03:00Z")  # a minute, give or take
    end = time.monotonic() + 10
    while "sent" not in {one["state"] for one in world.mail() if one["person"] == "person-1"}:
        assert time.monotonic() < end, world.mail()
        time.sleep(0.02)


def test_nothing_is_lost_through_kills_of_both(world):
    chance = random.Random(11)
    world.people(30)
    weeks, kills = 6, 0
    for week in range(weeks):
        world.remind(f"week-{week}", f"2027-01-{4 + 7 * week:02}T10:00" if week < 4 else f"2027-02-{7 * week - 27:02}T10:00")
    courier = world.courier()
    for week in range(weeks):
        month, day = (1, 4 + 7 * week) if week < 4 else (2, 7 * week - 27)
        world.client.call("clock.advance", to=f"2027-{month:02}-{day:02}T09:01:00Z")
        for attempt in range(4):  # some of the attempts meet letters on their way
            time.sleep(chance.uniform(0, 0.12))
            courier.kill()
            world.couriers.remove(courier)
            kills += 1
            if attempt % 2:
                world.client.close()
                world.daemon.kill()
                world.daemon.start()
                world.client = world.daemon.connect()
            courier = world.courier()
            world.client.call("clock.advance", to=f"2027-{month:02}-{day:02}T{10 + attempt}:01:00Z")  # leases end
        mail = world.wait_settled(30 * (week + 1))
    # a letter that was late for a day gave its reminder to a digest, and was dropped itself
    assert {one["state"] for one in mail} <= {"sent", "dropped"}
    sent = [one for one in mail if one["state"] == "sent"]
    reminders = world.client.call("reminder.counts")["items"]
    assert sum(row["count"] for row in reminders if row["rule"].startswith("week-")) == 30 * weeks
    assert {row["state"] for row in reminders if row["rule"].startswith("week-")} == {"delivered"}
    counts = collections.Counter(world.mailbox.ids())
    assert set(counts) == {f"<{one['id']}@firma.example>" for one in sent}
    assert sum(counts.values()) - len(counts) <= 16 * kills
    print(f"{len(mail)} mails, {kills} kills, {sum(counts.values()) - len(counts)} copies")
