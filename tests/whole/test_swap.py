# SPDX-License-Identifier: MIT
"""A swap moves both entries: from the command line over daemon, courier, TLS and login into two people's calendars."""
import pathlib
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "courier"))

from fakes import Courier, Mailbox, MailServer, certificate, free_port, server_context  # noqa: E402
from inbox import Inboxes  # noqa: E402
from laugwire import build_folder  # noqa: E402
from year import instant  # noqa: E402

pytestmark = pytest.mark.skipif(not (build_folder() / "laug-courier").exists(), reason="laug-courier is not built")


class Office:
    """Anna and Bo, who present by turns, and a mail server that asks for TLS and a password."""

    def __init__(self, daemon, folder):
        self.client, self.mailbox, port, self.taken = daemon.connect(), Mailbox(), free_port(), 0
        key, made = certificate(folder)
        (folder / "password").write_text("tør æble")
        (folder / "password").chmod(0o600)
        self.server = MailServer(self.mailbox, port, context=server_context(key, made), password="tør æble")
        self.server.start()
        self.courier = Courier(folder, daemon.socket, port, security="starttls", authority_file=made, user="laug",
                               password_file=folder / "password")
        self.inboxes = Inboxes()
        for id, name in (("anna", "Anna Holm"), ("bo", "Bo Ågård")):
            self.client.call("person.add", id=id, name=name, email=f"{id}@example.org")
        self.client.call("rotation.add", id="talk", title="Talk", starts="2027-01-07T09:00", rule="FREQ=WEEKLY", publish_days=20,
                         member_kind="person", members=["anna", "bo"])
        self.courier.start()

    def collect(self):
        end = time.monotonic() + 40
        while any(one["state"] in ("waiting", "claimed") for one in self.client.items("outbox.list", limit=500)
                  if one["kind"] == "invitation"):
            assert time.monotonic() < end, self.courier.log()
            time.sleep(0.02)
        new = self.mailbox.messages()[self.taken:]
        for message, content in zip(new, self.mailbox.bytes[self.taken:]):
            self.inboxes.deliver(message["To"].addresses[0].addr_spec, content)
        self.taken += len(new)

    def turns(self, person):
        """[(uid, start)] of what stands in the calendar, and what the service says."""
        now = instant(self.client.call("clock.now")["at"])
        have = sorted((uid, entry.starts) for uid, entry in self.inboxes.of(f"{person}@example.org").to_come(now).items())
        plan = sorted((turn["id"], instant(turn["starts_at"])) for turn in self.client.call("turn.list", person=person)["items"])
        return have, plan

    def finish(self):
        try:
            self.courier.finish()
        finally:
            self.server.stop(no_assert=True)
            self.client.close()


@pytest.fixture
def office(daemon, tmp_path):
    made = Office(daemon, tmp_path)
    yield made
    made.finish()


def test_a_swap_moves_both_entries(daemon, office):
    office.collect()
    for person, turns in (("anna", ["talk-1", "talk-3"]), ("bo", ["talk-2"])):
        have, plan = office.turns(person)
        assert have == plan and [uid for uid, _ in have] == turns
    for words in (["turn", "offer", "talk-1", "--to", "bo", "--against", "talk-2"], ["turn", "accept", "talk-1"]):
        done = daemon.laug(*words)
        assert done.returncode == 0, done.stderr
    office.collect()
    for person, turns in (("anna", ["talk-2", "talk-3"]), ("bo", ["talk-1"])):
        have, plan = office.turns(person)
        assert have == plan and [uid for uid, _ in have] == turns
    assert daemon.laug("turn", "undo", "talk-2").returncode == 0
    office.collect()
    for person in ("anna", "bo"):
        have, plan = office.turns(person)
        assert have == plan
    assert not office.client.call("service.status").get("trouble")
