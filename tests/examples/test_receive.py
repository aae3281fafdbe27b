# SPDX-License-Identifier: MIT
"""The worked example that takes posts, behind the real courier and daemon."""
import base64
import hashlib
import hmac
import subprocess
import time
import urllib.error
import urllib.request

import pytest
import shown
from fakes import Courier, free_port
from laugwire import build_folder
from receiver import SECRET

pytestmark = pytest.mark.skipif(not (build_folder() / "laug-courier").exists(), reason="laug-courier is not built")


class Listening:
    """receive.py on a port of its own, and a courier that may post there."""

    def __init__(self, daemon, folder):
        self.folder, self.port, self.lines = folder, free_port(), []
        (folder / "secret").write_bytes(SECRET)
        (folder / "secret").chmod(0o600)
        self.courier = Courier(folder, daemon.socket, free_port(), webhook={
            "hosts": f"localhost:{self.port}", "secret_file": folder / "secret"})
        self.program = None

    def start(self):
        self.program = subprocess.Popen([shown.EXAMPLES / "receive.py", "--secret", self.folder / "secret", "--port", str(self.port),
                                         "--seen", self.folder / "seen"], stdout=open(self.folder / "said", "ab"),
                                        stderr=subprocess.PIPE)
        assert b"listening" in self.program.stderr.readline()

    def stop(self):
        self.program.kill()
        self.program.wait()
        self.program.stderr.close()

    def said(self):
        return (self.folder / "said").read_text().splitlines()

    def post(self, body=b"{}", **headers):
        request = urllib.request.Request(f"http://localhost:{self.port}/x", data=body, method="POST", headers=headers)
        try:
            return urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as answer:
            return answer.code


@pytest.fixture
def listening(daemon, tmp_path):
    made = Listening(daemon, tmp_path)
    made.start()
    yield made
    made.stop()
    made.courier.finish()


def settled(client, count):
    end = time.monotonic() + 30
    while True:
        posts = client.items("outbox.list", limit=500)
        if len(posts) >= count and not any(post["state"] in ("waiting", "claimed") for post in posts):
            return posts
        assert time.monotonic() < end, posts
        time.sleep(0.02)


def test_each_post_is_a_line_once(daemon, client, listening):
    client.call("person.add", id="anna", name="Anna \u202e Holm")
    client.call("rotation.add", id="showcase", title="Showcase", starts="2027-01-06T13:00", rule="FREQ=WEEKLY",
                member_kind="person", members=["anna"])
    client.call("webhook.add", id="mine", title="Mine", form="plain", url=f"http://localhost:{listening.port}/laug")
    client.call("reminder.rule.add", id="talk", title="Talk", about="turn", leads=["-1d"], webhooks=["mine"])
    listening.courier.start()
    client.call("clock.advance", to="2027-01-05T10:00:00Z")
    post, = settled(client, 1)
    assert post["state"] == "sent"
    assert listening.said() == ["2027-01-06: Showcase, Wednesday 6 January 2027: Anna  Holm (turn showcase-1)"]
    client.call("clock.advance", to="2027-01-12T10:00:00Z")
    assert {post["state"] for post in settled(client, 2)} == {"sent"}
    assert len(listening.said()) == 2


def test_nobody_else_may_post(client, listening):
    listening.courier.start()
    assert listening.post() == 401
    assert listening.post(**{"webhook-id": "a", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}) == 401
    assert listening.post(**{"webhook-id": "a", "webhook-timestamp": "x", "webhook-signature": ""}) == 401
    assert [listening.post(**{"Content-Length": length}) for length in ("-1", "x", "9" * 30)] == [400, 400, 413]
    client.call("webhook.add", id="mine", title="Mine", form="plain", url=f"http://localhost:{listening.port}/laug")
    client.call("webhook.test", id="mine")
    assert settled(client, 1)[0]["state"] == "sent"
    assert [line.endswith("(webhook_test mine)") for line in listening.said()] == [True]


def test_what_was_seen_is_not_said_again(listening):
    body = b'{"id": "a", "kind": "turn", "title": "T", "text": "x", "when": null, "subject": "s-1"}'
    at = str(int(time.time()))
    signature = "v1," + base64.b64encode(hmac.digest(SECRET, f"a.{at}.".encode() + body, hashlib.sha256)).decode()
    headers = {"webhook-id": "a", "webhook-timestamp": at, "webhook-signature": f"v1,old {signature}"}
    assert listening.post(body, **headers) == 204
    assert listening.post(body, **headers) == 204
    listening.stop()
    listening.start()
    assert listening.post(body, **headers) == 204
    assert listening.said() == ["T (turn s-1)"]
    old = str(int(time.time()) - 400)
    signature = "v1," + base64.b64encode(hmac.digest(SECRET, f"b.{old}.".encode() + body, hashlib.sha256)).decode()
    assert listening.post(body, **{**headers, "webhook-id": "b", "webhook-timestamp": old, "webhook-signature": signature}) == 401
