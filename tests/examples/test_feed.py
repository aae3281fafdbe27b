# SPDX-License-Identifier: MIT
"""The worked example that listens to the events: through restarts of both sides, to a terminal and to a server."""
import http.server
import os
import re
import subprocess
import threading
import time

import pytest
import shown

SEQ = re.compile(r"laug-(\d+)$")


class Listener:
    """feed.py at work, and the lines that it wrote."""

    def __init__(self, daemon, *words):
        self.command = [str(shown.EXAMPLES / "feed.py"), *words]
        self.daemon, self.process, self.path = daemon, None, daemon.folder / "feed.out"

    def start(self):
        with open(self.path, "ab") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=subprocess.PIPE, text=True,
                                            env=shown.environment(self.daemon), stdin=subprocess.DEVNULL)
        return self

    def kill(self):
        self.process.kill()
        self.process.stderr.close()
        self.process.wait()

    def lines(self):
        return self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []


@pytest.fixture
def listen(daemon):
    made = []

    def start(*words):
        made.append(Listener(daemon, *words))
        return made[-1].start()

    yield start
    for one in made:
        if one.process.poll() is None:
            one.kill()


def wait_for(what, condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.02)


def add_people(client, first, last):
    for n in range(first, last):
        client.call("person.add", id=f"n{n:02}", name=f"Person {n}")


def heard(listener):
    return [line.split()[-1] for line in listener.lines() if line.startswith("person.changed")]


def state_of(daemon, options=("--state",)):
    return [*options, str(daemon.folder / "feed.state")]


def test_resumes_without_a_gap(daemon, client, listen):
    """Of 40 events none is missing, though daemon and listener are each ended once on the way."""
    listener = listen("--kind", "person.", *state_of(daemon))
    wait_for("a first state", (daemon.folder / "feed.state").exists)
    add_people(client, 0, 10)
    wait_for("ten lines", lambda: len(heard(listener)) >= 10)
    listener.kill()
    add_people(client, 10, 20)
    listener.start()
    wait_for("ten lines more", lambda: len(heard(listener)) >= 20)
    client.close()
    daemon.stop()
    daemon.start()
    with daemon.connect() as again:
        add_people(again, 20, 40)
    wait_for("all forty", lambda: len(heard(listener)) >= 40)
    names = heard(listener)
    assert list(dict.fromkeys(names)) == [f"n{n:02}" for n in range(40)] and len(names) <= 41


def test_killed_at_any_moment_it_repeats_one_at_most(daemon, client, listen):
    listener = listen("--kind", "person.", *state_of(daemon))
    wait_for("a first state", (daemon.folder / "feed.state").exists)
    add_people(client, 0, 60)
    for kills in range(1, 6):
        wait_for("some lines", lambda: len(heard(listener)) >= kills * 8)
        listener.kill()
        listener.start()
    wait_for("the last", lambda: "n59" in heard(listener))
    names = heard(listener)
    assert list(dict.fromkeys(names)) == [f"n{n:02}" for n in range(60)]
    assert len(names) <= 60 + 5


def test_says_whose_turn_it_is(daemon, client, listen):
    listener = listen("--kind", "turn.", *state_of(daemon))
    wait_for("a first state", (daemon.folder / "feed.state").exists)
    shown.company(client)
    wait_for("eight turns", lambda: len(listener.lines()) >= 8)
    assert listener.lines()[0] == "Showcase, 2027-01-07 09:00: Anna Holm (planned; showcase-1)"
    client.call("absence.add", person="anna", **{"from": "2027-01-21"}, to="2027-01-21")
    wait_for("a turn that changes hands", lambda: len(listener.lines()) >= 9)
    assert listener.lines()[8] == "Showcase, 2027-01-21 09:00: Bo Krag (replaced; showcase-3)"


def test_names_are_text_and_an_event_is_a_line(daemon, client, listen):
    listener = listen("--kind", "turn.published", *state_of(daemon))
    wait_for("a first state", (daemon.folder / "feed.state").exists)
    shown.company(client, names=shown.HOSTILE, title="\u202e$(id) <b>")
    client.call("rotation.change", id="showcase", publish_days=700)
    count = sum(turn["published"] for turn in client.items("rotation.turns", rotation="showcase", limit=1000))
    assert count > len(shown.HOSTILE)
    wait_for("all turns", lambda: len(listener.lines()) >= count)
    assert len(listener.lines()) == count
    assert all(shown.is_text(line) and line.startswith("\\u202e$(id) <b>, 202") for line in listener.lines())


def test_a_state_that_the_service_cannot_go_on_from(daemon, client, listen):
    (daemon.folder / "feed.state").write_text("123456789\n")
    listener = listen("--kind", "person.", *state_of(daemon))
    assert "going on from now" in listener.process.stderr.readline()
    wait_for("a state that fits", lambda: (daemon.folder / "feed.state").read_text() != "123456789\n")
    add_people(client, 0, 1)
    wait_for("a line", lambda: heard(listener) == ["n00"])


# ---- to a server -----------------------------------------------------------------------------------------------

class Receiver(http.server.ThreadingHTTPServer):
    """Answers each try with the next status of `answers`, and 204 when there are no more."""

    def __init__(self):
        self.answers, self.got = [], []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path="/hook"):
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = self.server.answers.pop(0) if self.server.answers else 204
        self.server.got.append((answer, self.path, dict(self.headers), body))
        if answer == "drop":
            self.connection.close()
            return
        self.send_response(answer)
        if answer == 302:
            self.send_header("Location", self.server.url("/elsewhere"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


def test_posts_until_it_is_taken(daemon, client, listen, receiver):
    receiver.answers = [500, "drop", 204, 204]
    listen("--kind", "person.", "--post", receiver.url(), *state_of(daemon))
    wait_for("a first state", (daemon.folder / "feed.state").exists)
    add_people(client, 0, 4)
    wait_for("four taken", lambda: sum(answer == 204 for answer, *_ in receiver.got) >= 4)
    taken = [(headers["Idempotency-Key"], body) for answer, _, headers, body in receiver.got if answer == 204]
    assert [body for _, body in taken] == [f"person.changed: person n{n:02}" for n in range(4)]
    keys = [int(SEQ.fullmatch(key)[1]) for key, _ in taken]
    assert keys == sorted(set(keys))
    assert len({headers["Idempotency-Key"] for _, _, headers, _ in receiver.got[:3]}) == 1, "a retry is the same message"
    assert all(headers["Content-Type"] == "text/plain; charset=utf-8" for _, _, headers, _ in receiver.got)


def test_a_refusal_and_a_redirect_are_told_and_passed_over(daemon, client, listen, receiver):
    receiver.answers = [404, 302]
    listener = listen("--kind", "person.", "--post", receiver.url(), *state_of(daemon))
    wait_for("a first state", (daemon.folder / "feed.state").exists)
    add_people(client, 0, 3)
    wait_for("three tries", lambda: len(receiver.got) >= 3)
    assert [path for _, path, *_ in receiver.got] == ["/hook"] * 3
    assert "does not want event" in listener.process.stderr.readline()


def test_a_terminal_that_is_gone_ends_it(daemon, client):
    reading, writing = os.pipe()
    process = subprocess.Popen([str(shown.EXAMPLES / "feed.py"), *state_of(daemon)], stdout=writing,
                               env=shown.environment(daemon), stdin=subprocess.DEVNULL)
    os.close(writing)
    wait_for("a first state", (daemon.folder / "feed.state").exists)
    os.close(reading)
    add_people(client, 0, 1)
    assert process.wait(20) == 141
