# SPDX-License-Identifier: MIT
"""laug-courier and the odd ways of mail servers, byte by byte; and what it tells the service manager."""
import pathlib
import socket
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from fakes import Courier, RawServer, Service, free_port  # noqa: E402
from laugwire import build_folder  # noqa: E402

pytestmark = pytest.mark.skipif(not (build_folder() / "laug-courier").exists(), reason="laug-courier is not built")


class World:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.service = Service(folder / "laug.sock").start()
        self.server = self.courier = None

    def start(self, script, limits="answer_seconds = 2\nconnect_seconds = 2", **options):
        self.server = RawServer(self.port, script)
        self.courier = Courier(self.folder, self.service.path, self.port, limits=limits, **options).start()

    def outcome(self, id="one", **fields):
        if id not in self.service.items:
            self.service.post(id, **fields)
        return self.service.wait(id)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    try:
        if made.courier:
            made.courier.finish()
    finally:
        made.service.stop()
        if made.server:
            made.server.stop()


def test_the_words_of_the_dialogue(world):
    heard = []

    def script(connection, nth):
        connection.greet()
        while True:
            heard.append(connection.take_mail())

    world.start(script)
    assert world.outcome(text=".\nx\n..y\n.")[0] == "sent"
    assert world.outcome("two", to="b@example.org")[0] == "sent"
    first, second = heard
    assert first[:3] == ["MAIL FROM:<laug@firma.example>", "RCPT TO:<anna@example.org>", "DATA"]
    assert first[3].endswith(b"\r\n\r\n..\r\nx\r\n...y\r\n..\r\n")  # every dot in front is doubled
    assert second[1] == "RCPT TO:<b@example.org>"
    assert world.server.count == 1


def test_after_a_refusal_the_session_goes_on(world):
    heard = []

    def script(connection, nth):
        connection.greet()
        for line in iter(connection.hear, None):
            heard.append(line.split()[0])
            connection.say("550 no\r\n" if "bad@" in line else "354 go\r\n" if line == "DATA" else "250 ok\r\n")
            if line == "DATA":
                connection.hear_body()
                connection.say("250 taken\r\n")

    world.start(script)
    assert world.outcome("bad", to="bad@example.org")[0] == "refused"
    assert world.outcome("good")[0] == "sent"
    assert heard == ["MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"] and world.server.count == 1


def test_replies_of_many_lines_and_in_pieces(world):
    def script(connection, nth):
        connection.greet("220-one\r\n220-two\r\n220 three\r\n")
        for answers in (("250-a\r\n250-b\r\n250 c\r\n", "250 ok\n", "354\r\n", "250 taken\r\n"),) * 2:
            connection.hear()
            for byte in answers[0]:
                connection.say(byte)
                time.sleep(0.002)
            connection.hear()
            connection.say(answers[1])
            connection.hear()
            connection.say(answers[2])
            connection.hear_body()
            connection.say(answers[3])

    world.start(script)
    assert world.outcome()[0] == "sent"
    assert world.outcome("two")[0] == "sent"


def test_all_lines_of_a_refusal_are_told(world):
    def script(connection, nth):
        connection.greet()
        connection.take_mail(("250 ok\r\n", "550-5.1.1 no such\r\n550-\x1b[31muser\r\n550 here\xff\r\n", "", ""))

    world.start(script)
    outcome, detail = world.outcome()
    assert outcome == "refused" and detail == "550-5.1.1 no such 550- [31muser 550 here "


@pytest.mark.parametrize("rubbish", ["rubbish\r\n", "2\r\n", "25x ok\r\n", "\r\n", "x" * 20000, "250-" + "x" * 20000,
                                     "250-more\r\n" * 5000, b"\0\0\0\r\n", ""])
def test_rubbish_for_an_answer_defers(world, rubbish):
    def script(connection, nth):
        connection.greet()
        connection.hear()
        connection.say(rubbish)
        if not rubbish:
            return
        connection.hear()

    world.start(script)
    assert world.outcome()[0] == "deferred"


@pytest.mark.parametrize("step", range(4))
def test_silence_at_any_step_defers_in_time(world, step):
    def script(connection, nth):
        connection.greet()
        connection.take_mail(tuple("" if at == step else answer for at, answer in
                                   enumerate(("250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n"))))
        connection.hear()

    world.start(script, limits="answer_seconds = 1")
    begun = time.monotonic()
    outcome, detail = world.outcome()
    assert outcome == "deferred" and 0.9 < time.monotonic() - begun < 4
    assert ("may have arrived" in detail) == (step == 3)


def test_a_server_that_never_greets(world):
    world.start(lambda connection, nth: connection.hear())
    begun = time.monotonic()
    assert world.outcome()[0] == "deferred"
    assert 1.5 < time.monotonic() - begun < 5


@pytest.mark.parametrize("answer, outcome", [("554 we are full of spam\r\n", "deferred"), ("250 what?\r\n", "deferred"),
                                             ("451 not now\r\n", "deferred"), ("354 go\r\n", "sent")])
def test_the_answer_to_data(world, answer, outcome):
    def script(connection, nth):
        connection.greet()
        connection.take_mail(("250 ok\r\n", "250 ok\r\n", answer, "250 ok\r\n"))

    world.start(script)
    assert world.outcome()[0] == ("refused" if answer[0] == "5" else outcome)


@pytest.mark.parametrize("answer, outcome", [("552 too much\r\n", "refused"), ("452 too much now\r\n", "deferred"),
                                             ("354 go on\r\n", "deferred")])
def test_an_answer_in_the_middle_of_the_body(world, answer, outcome):
    def script(connection, nth):
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.greet()
        for reply in ("250 ok\r\n", "250 ok\r\n", "354 go\r\n"):
            connection.hear()
            connection.say(reply)
        connection.hear()
        connection.say(answer)
        time.sleep(3)

    world.start(script)
    assert world.outcome(text="many lines of it\n" * 30_000)[0] == outcome


def test_an_idle_connection_that_went_stale_costs_nothing(world):
    def script(connection, nth):
        connection.greet()
        connection.take_mail()
        connection.hear()  # the next MAIL, and not a word to it

    world.start(script)
    for number in range(4):
        assert world.outcome(f"m{number}")[0] == "sent"
        time.sleep(0.05)
    assert world.server.count == 4


def test_one_session_is_enough_where_a_server_allows_no_more(world):
    busy = []

    def script(connection, nth):
        if busy:
            connection.say("421 4.7.0 too many of you\r\n")
            return
        busy.append(nth)
        connection.greet()
        while True:
            connection.take_mail()
            time.sleep(0.01)

    world.start(script)
    for number in range(30):
        world.service.post(f"m{number}", to=f"p{number}@d{number}.example", tell=False)
    world.service.tell()
    world.service.wait([f"m{number}" for number in range(30)])
    assert {outcome for outcome, _ in world.service.outcomes.values()} == {"sent"}
    assert world.server.count < 20


def test_a_large_mail_to_a_slow_reader(world):
    bodies = []

    def script(connection, nth):
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.greet()
        bodies.append(connection.take_mail()[3])

    world.start(script, limits="answer_seconds = 60")
    text = "".join(f"line {number} æøå\n" for number in range(5000))
    assert world.outcome(text=text)[0] == "sent"
    assert b"line 4999 =C3=A6" in bodies[0] and len(bodies[0]) > len(text)


def test_tells_the_service_manager(world):
    address = str(world.folder / "notify")
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(address)
    manager.settimeout(10)

    def script(connection, nth):
        connection.greet()
        while True:
            connection.take_mail()

    world.start(script, environment={"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "400000"})
    assert manager.recv(4096) in (b"READY=1", b"WATCHDOG=1")
    assert world.outcome()[0] == "sent"
    said, end = [], time.monotonic() + 5
    while said.count(b"WATCHDOG=1") < 3 and time.monotonic() < end:
        said.append(manager.recv(4096))
    assert said.count(b"WATCHDOG=1") == 3
    assert any(line.startswith(b"STATUS=1 sent, 0 deferred, 0 refused") for line in said)
    assert world.courier.stop() == 0
    while b"STOPPING=1" not in said:
        said.append(manager.recv(4096))
    manager.close()
