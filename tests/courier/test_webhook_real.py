# SPDX-License-Identifier: MIT
"""From a rule to a channel: the real daemon, courier and command line, and a place that takes posts."""
import collections
import datetime
import json
import random
import re
import shlex
import subprocess
import time

import pytest

from fakes import Courier, certificate, free_port
from laugwire import ROOT, build_folder
from receiver import SECRET, Receiver, is_signed, tls

pytestmark = pytest.mark.skipif(not (build_folder() / "laug-courier").exists(), reason="laug-courier is not built")


class Company:
    def __init__(self, folder, laugd):
        self.folder, self.daemon = folder, laugd()
        self.client = self.daemon.connect()
        key, self.authority = certificate(folder)
        self.place = Receiver(tls(key, self.authority))
        (folder / "secret").write_bytes(SECRET)
        (folder / "secret").chmod(0o600)
        self.made = Courier(folder, self.daemon.socket, free_port(), webhook={
            "hosts": f"localhost:{self.place.port}", "authority_file": self.authority, "secret_file": folder / "secret"})
        for person, name in (("anna", "Anna Holm"), ("bo", "Bo <!channel> Dahl"), ("carl", "Carl *Lind*")):
            self.client.call("person.add", id=person, name=name)
        self.client.call("rotation.add", id="showcase", title="Showcase", starts="2027-01-06T13:00", rule="FREQ=WEEKLY",
                         member_kind="person", members=["anna", "bo", "carl"])

    def laug(self, *words):
        return subprocess.run([build_folder() / "laug", "--socket", self.daemon.socket, *words], check=True, text=True,
                              capture_output=True).stdout

    def posts(self):
        return self.client.items("outbox.list", limit=500)

    def wait(self, seconds=40):
        """Until nothing is on its way."""
        end = time.monotonic() + seconds
        while any(one["state"] in ("waiting", "claimed") for one in self.posts()):
            assert time.monotonic() < end, collections.Counter(one["state"] for one in self.posts())
            time.sleep(0.02)

    def finish(self):
        try:
            self.made.finish()
        finally:
            if self.made.process and self.made.process.poll() is None:
                self.made.kill()
            self.client.close()
            self.place.stop()


@pytest.fixture
def company(tmp_path, laugd):
    made = Company(tmp_path, laugd)
    yield made
    made.finish()


def test_three_commands_as_the_readme_says(company):
    lines = re.findall(r"^    (laug (?:webhook|reminder rule change) .*?)(?: +#.*)?$", (ROOT / "README.md").read_text(), re.M)
    assert len(lines) == 3
    company.made.start()
    for line in lines:
        words = shlex.split(line)[1:]
        company.laug(*[company.place.url("/services/T0/B0/x") if word.startswith("https:") else word for word in words])
    company.wait()
    assert "A word from Laug" in [json.loads(request.body)["text"].split("\n")[0] for request in company.place.requests]
    company.client.call("clock.advance", to="2027-01-05T08:30:00Z")
    company.wait()
    assert [one["state"] for one in company.posts()] == ["sent"] * len(company.place.keys())
    turn = json.loads(company.place.requests[-1].body)
    assert turn["text"].split("\n")[1] == "Anna Holm has the turn for Showcase on Wednesday 6 January 2027 at 13:00."
    assert turn["text"].endswith("\nlaug rotation explain showcase-1")
    assert all(request.path == "/services/T0/B0/x" and is_signed(request.headers, request.body)
               for request in company.place.requests)


def test_a_refusal_is_told_to_the_admins(company):
    company.client.call("company.change", admins=["carl"])
    company.client.call("webhook.add", id="chat", title="Team chat", form="plain", url=company.place.url("/gone"))
    company.place.actions["/gone"] = (410, {}, b"channel_is_archived")
    company.made.start()
    company.client.call("webhook.test", id="chat")
    company.wait()
    post, = company.posts()
    assert (post["state"], post["detail"]) == ("refused", "410 channel_is_archived")
    notice, = [one for one in company.client.items("reminder.list", person="carl") if "Team chat" in one["title"]]
    assert notice["title"] == "Posts to Team chat fail" and "channel_is_archived" in notice["text"]
    company.place.actions.clear()
    company.client.call("outbox.retry", id=post["id"])
    company.wait()
    assert [one["state"] for one in company.posts()] == ["sent"]
    assert company.place.keys() == [post["id"]] * 2


@pytest.mark.seconds(180)
def test_a_quarter_of_turns_with_the_courier_killed_at_random(company):
    """Each turn is posted to each place under one key, with its member as the daemon has it."""
    chance = random.Random(11)
    for form in ("slack", "mattermost", "teams", "plain"):
        company.client.call("webhook.add", id=form, title=form, form=form, url=company.place.url(f"/{form}"))
        company.place.actions[f"/{form}"] = lambda nth: "drop" if nth % 9 == 4 else 503 if nth % 7 == 3 else 200
    company.client.call("reminder.rule.add", id="talk", title="Talk", about="turn", leads=["-1d"], late="deliver",
                        webhooks=["slack", "mattermost", "teams", "plain"])
    company.made.start()
    def waiting():
        return [one for one in company.posts() if one["state"] in ("waiting", "claimed")]

    for week in range(13):
        at = datetime.datetime(2027, 1, 5, 10) + datetime.timedelta(weeks=week)
        company.client.call("clock.advance", to=f"{at:%Y-%m-%dT%H:%M:%SZ}")
        for _ in range(chance.randrange(1, 5)):
            time.sleep(chance.uniform(0, 0.08))
            company.made.kill()
            company.made.start()
        while waiting():  # a lease runs out, or it is time to try again
            at += datetime.timedelta(hours=2)
            assert at < datetime.datetime(2027, 1, 12) + datetime.timedelta(weeks=week), waiting()
            company.client.call("clock.advance", to=f"{at:%Y-%m-%dT%H:%M:%SZ}")
            time.sleep(0.3)
    turns = {turn["id"]: turn for turn in company.client.items("rotation.turns", rotation="showcase", **{"from": "2027-01-01"},
                                                               until="2027-04-01")}
    got = collections.defaultdict(set)
    for request in company.place.requests:
        assert is_signed(request.headers, request.body)
        if request.path == "/plain":
            post = json.loads(request.body)
            got[post["subject"]].add(post["id"])
            assert post["when"].startswith(turns[post["subject"]]["local"])
            name = {"anna": "Anna Holm", "bo": "Bo <!channel> Dahl", "carl": "Carl *Lind*"}[turns[post["subject"]]["member"]]
            assert post["text"].startswith(f"{name} has the turn for Showcase on Wednesday ")
    assert len(got) == 13 and all(len(keys) == 1 for keys in got.values())
    for form in ("slack", "mattermost", "teams", "plain"):
        assert len(set(company.place.keys(f"/{form}"))) == 13
    company.place.actions.clear()
    company.client.call("webhook.test", id="plain")
    company.wait()  # the last courier is alive and well
