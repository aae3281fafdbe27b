# SPDX-License-Identifier: MIT
"""Calendar servers that misbehave: laug-courier goes where the settings say and nowhere else, takes what it can bear, and comes
back without hurry."""
import http.server
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from fakes import Mailbox, MailServer, certificate, free_port, server_context  # noqa: E402
from laugwire import build_folder  # noqa: E402
from test_caldav import World, pytestmark  # noqa: E402,F401

HEAD = '<?xml version="1.0"?><multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
FOLDER = "/laug/team/"


class Stub:
    """A calendar in memory. `answers` replace what it would say: a verb -> a function of the handler."""

    def __init__(self, context=None):
        self.resources, self.requests, self.answers, self.version = {}, [], {}, 0
        self.mangle, self.tells_etag, self.kind = lambda text: text, True, ""
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.port = self.server.server_address[1]
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if context else 'http'}://localhost:{self.port}{FOLDER}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def count(self, verb):
        return sum(one == verb for one, _ in self.requests)

    def handler(stub):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def say(self, code, body="", **headers):
                data = body.encode() if isinstance(body, str) else body
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def serve(self):
                self.body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                stub.requests.append((self.command, self.path))
                self.name = self.path.removeprefix(FOLDER)
                stub.answers.get(self.command, getattr(Handler, "on_" + self.command))(self)

            do_REPORT = do_PUT = do_GET = do_DELETE = serve

            def on_REPORT(self):
                parts = (f"<response><href>{FOLDER}{name}</href><propstat><prop><getetag>{etag}</getetag><C:calendar-data><![CDATA[{text}]]>"
                         "</C:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
                         for name, (etag, text) in list(stub.resources.items()))
                self.say(207, HEAD + "".join(parts) + "</multistatus>")

            def is_clash(self, there):
                """A weak one matches nothing (RFC 9110, 8.8.3.2)."""
                wanted = self.headers.get("If-Match")
                return wanted is not None and (not there or there[0] != wanted or wanted.startswith("W/"))

            def on_PUT(self):
                there = stub.resources.get(self.name)
                if ("If-None-Match" in self.headers and there) or self.is_clash(there):
                    return self.say(412)
                stub.version += 1
                etag = f'{stub.kind}"{stub.version}"'
                stub.resources[self.name] = (etag, stub.mangle(self.body))
                return self.say(201, **({"ETag": etag} if stub.tells_etag else {}))

            def on_GET(self):
                etag, text = stub.resources[self.name]
                self.say(200, text, ETag=etag)

            def on_DELETE(self):
                there = stub.resources.get(self.name)
                if not there or self.is_clash(there):
                    return self.say(412 if there else 404)
                del stub.resources[self.name]
                return self.say(204)

        return Handler


@pytest.fixture
def world(tmp_path, laugd):
    made = World(tmp_path, laugd)
    made.stubs = []
    yield made
    made.finish()
    for stub in made.stubs:
        stub.stop()


def stub_of(world, **options):
    world.stubs.append(Stub(**options))
    return world.stubs[-1]


def wait(condition, courier, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, courier.log()
        time.sleep(0.02)


def is_full(world, stub):
    return lambda: {f"laug-{id}.ics" for id in world.turns()} <= set(stub.resources)


@pytest.mark.parametrize("tells_etag", [True, False])
def test_a_server_with_a_way_of_its_own_is_not_argued_with(world, tells_etag):
    """It rewrites what it gets: that is put once, and again only when it, or the entry, changes."""
    stub = stub_of(world)
    stub.tells_etag, stub.mangle = tells_etag, lambda text: text.replace("SEQUENCE:", "SEQUENCE:1").replace("STATUS:CONFIRMED", "STATUS:TENTATIVE")
    courier = world.courier(stub.url)
    wait(is_full(world, stub), courier)
    puts = stub.count("PUT")
    assert puts == len(stub.resources)
    for looks in range(2, 5):
        world.client.call("turn.cancel", id=f"showcase-{looks}")
        wait(lambda: f"laug-showcase-{looks}.ics" not in stub.resources and stub.count("REPORT") >= looks, courier)
    assert stub.count("PUT") == puts
    etag, text = stub.resources["laug-showcase-5.ics"]
    stub.resources["laug-showcase-5.ics"] = ('"edited"', text.replace("SUMMARY:", "SUMMARY:Mine! "))
    world.client.call("turn.cancel", id="showcase-6")
    wait(lambda: "Mine!" not in stub.resources["laug-showcase-5.ics"][1], courier)
    assert stub.count("PUT") == puts + 1


def test_a_server_whose_etags_are_weak(world):
    """No condition can be made of them: what was looked at is replaced and removed without one."""
    stub = stub_of(world)
    stub.kind = "W/"
    courier = world.courier(stub.url)
    wait(is_full(world, stub), courier)
    etag, text = stub.resources["laug-showcase-5.ics"]
    stub.resources["laug-showcase-5.ics"] = ('W/"edited"', text.replace("SUMMARY:", "SUMMARY:Mine! "))
    world.client.call("turn.cancel", id="showcase-2")
    wait(lambda: "laug-showcase-2.ics" not in stub.resources and "Mine!" not in stub.resources["laug-showcase-5.ics"][1], courier)


def test_it_is_not_sent_on(world):
    elsewhere, stub = stub_of(world), stub_of(world)
    for code in (301, 302, 307, 308):
        stub.answers["REPORT"] = lambda handler, code=code: handler.say(code, Location=elsewhere.url)
        courier = world.courier(stub.url)
        wait(lambda: f"answers {code}: it sends us elsewhere" in courier.log(), courier)
        courier.stop()
    assert elsewhere.requests == []


def test_what_it_says_of_other_places_is_passed_over(world):
    stub, elsewhere = stub_of(world), stub_of(world)
    text = ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:showcase-1@firma.example\nDTSTART:20270105T080000Z\nEND:VEVENT\nEND:VCALENDAR")
    old = text.replace("showcase-1@", "gone-1@")
    places = [elsewhere.url + "laug-gone-1.ics", "/laug/other/laug-gone-1.ics", FOLDER + "../other/laug-gone-1.ics",
              FOLDER + "%2e%2e%2fother%2flaug-gone-1.ics", "//localhost/laug-gone-1.ics", FOLDER + "deeper/laug-gone-1.ics", "laug-gone-1.ics",
              FOLDER + "laug-gone-1.ics?x", FOLDER]
    parts = "".join(f'<response><href>{place}</href><propstat><prop><getetag>"1"</getetag><C:calendar-data>{one}</C:calendar-data></prop>'
                    "<status>HTTP/1.1 200 OK</status></propstat></response>" for place in places for one in (text, old))
    stub.answers["REPORT"] = lambda handler: handler.say(207, HEAD + parts + "</multistatus>")
    courier = world.courier(stub.url)
    wait(is_full(world, stub), courier)
    assert elsewhere.requests == [] and stub.count("DELETE") == 0
    assert all(re.fullmatch(FOLDER + r"(laug-[a-z0-9.-]+\.ics)?", path) for _, path in stub.requests)


BAD = {
    "entities": lambda handler: handler.say(207, '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9)) + "]>" + HEAD[21:] + "&j;</multistatus>"),
    "external": lambda handler: handler.say(207, '<?xml version="1.0"?><!DOCTYPE m SYSTEM "file:///etc/passwd">' + HEAD[21:] + "</multistatus>"),
    "deep": lambda handler: handler.say(207, HEAD + "<a>" * 100000),
    "cut": lambda handler: handler.say(207, HEAD + "<response><href>"),
    "html": lambda handler: handler.say(207, "<html><body>Welcome</body></html>"),
    "nothing": lambda handler: handler.say(207, ""),
    "binary": lambda handler: handler.say(207, os.urandom(5000)),
    "long": lambda handler: handler.say(207, HEAD + "<!--" + "x" * (40 << 20)),
    "one long text": lambda handler: handler.say(200, "x" * (2 << 20)),
    "no room": lambda handler: handler.say(507),
    "not allowed": lambda handler: handler.say(403),
    "nobody": lambda handler: handler.say(401, WWW_Authenticate='Digest realm="x", nonce="y"'),
    "no HTTP": lambda handler: (handler.wfile.write(b"* OK IMAP4rev1 ready\r\n"), setattr(handler, "close_connection", True)),
    "closed": lambda handler: handler.connection.shutdown(socket.SHUT_RDWR),
    "busy": lambda handler: handler.say(503, Retry_After="1"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_answer_is_said_and_tried_again(world, kind):
    """Nothing is put on the word of it, and when the server is well again so is the calendar."""
    stub = stub_of(world)
    stub.answers["REPORT"] = BAD[kind]
    courier = world.courier(stub.url)
    wait(lambda: "calendar team: the server" in courier.log(), courier)
    assert stub.count("PUT") == 0 and "se cret" not in courier.log()
    del stub.answers["REPORT"]
    wait(is_full(world, stub), courier)


def test_one_that_is_refused_does_not_stop_the_others(world):
    stub = stub_of(world)

    def choose(handler):
        if handler.name == "laug-showcase-2.ics":
            handler.say(400)
        else:
            handler.on_PUT()
    stub.answers["PUT"] = choose
    courier = world.courier(stub.url)
    wait(lambda: len(stub.resources) == len(world.turns()) - 1, courier)
    wait(lambda: "the server will not have showcase-2: it answers 400" in courier.log(), courier)
    del stub.answers["PUT"]
    wait(is_full(world, stub), courier)


THEIRS = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:showcase-2@firma.example\nDTSTART:20270112T080000Z\nEND:VEVENT\nEND:VCALENDAR"


@pytest.mark.parametrize("verb", ["PUT new", "PUT again", "DELETE"])
def test_a_change_between_look_and_step_is_looked_at_again(world, verb):
    """Each step is done only to what was seen; what somebody did in between is seen first, and then put right."""
    stub, met = stub_of(world), []

    def meddle(handler):
        assert "If-Match" in handler.headers or "If-None-Match" in handler.headers
        if handler.name == "laug-showcase-2.ics" and not met and handler.command == verb.split()[0]:
            met.append(stub.count("REPORT"))
            stub.resources[handler.name] = ('"theirs"', THEIRS)
        getattr(handler, "on_" + handler.command)()

    def is_right():
        wanted, there = set(world.turns()), {name[5:-4]: text for name, (_, text) in stub.resources.items()}
        return wanted == set(there) and all("DESCRIPTION" in text for text in there.values())
    stub.answers.update(PUT=meddle if verb == "PUT new" else stub.answers.get("PUT", lambda handler: handler.on_PUT()))
    courier = world.courier(stub.url)
    wait(is_right, courier)
    stub.answers.update(PUT=meddle, DELETE=meddle)
    if verb == "PUT again":
        holder = world.turns()["showcase-2"]["member"]
        world.client.call("turn.pin", id="showcase-2", member=next(one for one in world.people if one != holder))
    elif verb == "DELETE":
        world.client.call("turn.cancel", id="showcase-2")
    wait(lambda: met and is_right() and (verb == "PUT new" or stub.count("REPORT") > met[0]), courier)


def test_a_dead_server_delays_nobody(world):
    """Mail and another calendar go on while one server takes connections and says nothing."""
    dead, living, mailbox, port = stub_of(world), stub_of(world), Mailbox(), free_port()
    never = threading.Event()
    dead.answers["REPORT"] = lambda handler: never.wait(60)
    server = MailServer(mailbox, port)
    server.start()
    try:
        courier = world.courier(dead.url, start=False, limits="answer_seconds = 30\n",
                                more=f"[calendar other]\nurl = {living.url}\nof = all\nlanguage = danish\n")
        courier.settings.write_text(re.sub(r"(?m)^port = \d+", f"port = {port}", courier.settings.read_text()))
        courier.start()
        wait(lambda: dead.count("REPORT") == 1, courier)
        world.client.call("person.change", id="anna", email="anna@example.org")
        world.client.call("reminder.rule.add", id="tidy", title="Tidy up", text="Do it.", at="2027-01-05T10:00", to=["everyone"], channels=["inbox", "mail"])
        world.client.call("clock.advance", to="2027-01-05T09:01:00Z")
        wait(lambda: mailbox.bytes and set(living.resources) >= {"laug-sale-2.ics", "laug-showcase-2.ics"}, courier)
        assert dead.count("PUT") == 0
    finally:
        never.set()
        server.stop(no_assert=True)


def test_tls(world):
    """Only a certificate that is trusted, and for this name, will do; and no password goes to any other."""
    key, made = certificate(world.folder)
    other_key, other_made = certificate(world.folder, "other.example")
    for context, more in ((server_context(key, made), ""), (server_context(other_key, other_made), f"authority_file = {other_made}\n")):
        stub = stub_of(world, context=context)
        courier = world.courier(stub.url, more=more)
        wait(lambda: "the server cannot be used: SSL" in courier.log(), courier)
        courier.stop()
        courier.errors.unlink()
        assert stub.requests == []
    stub = stub_of(world, context=server_context(key, made))
    courier = world.courier(stub.url, more=f"authority_file = {made}\n")
    wait(is_full(world, stub), courier)


def test_a_certificate_s_name_steers_no_terminal(world):
    key, made = world.folder / "steering.key", world.folder / "steering.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-utf8",
                    "-days", "30", "-subj", "/CN=left\u202eright\u009b2J\x7f", "-keyout", key, "-out", made], check=True, capture_output=True)
    stub = stub_of(world, context=server_context(key, made))
    courier = world.courier(stub.url, more=f"authority_file = {made}\n")
    wait(lambda: "left" in courier.log(), courier)
    assert "leftright2J'" in courier.log() and not any(c in courier.log() for c in "\u202e\u009b\x7f")


@pytest.mark.parametrize("lines, part", [
    ("[calendar team]\nuser = x\n", "url is missing"), ("[calendar team]\nurl = http://cal.example.org/x/\n", "must begin with https"),
    ("[calendar team]\nurl = https://a:b@cal.example.org/x/\n", "without a name"), ("[calendar]\nurl = https://c/\n", "each calendar has a name"),
    ("[calendar Team A]\nurl = https://c/\n", "a calendar's name"), ("[calendar team]\nurl = https://c/\nof = everything\n", "of must be"),
    ("[calendar team]\nurl = https://c/\nof = team A B\n", "of must be"), ("[calendar team]\nurl = https://c/\nuser = laug\n", "laug-calendar-team"),
    ("[calendar a]\nurl = https://c/\n[calendar b]\nurl = https://c/\n", "that of another"), ("[calendar a]\nurl = https://c/\nurl = https://d/\n", "twice"),
    ("[calendar a]\nurl = https://c/d\n[calendar b]\nurl = https://C/d/\n", "that of another"),
    ("[calendar a]\nurl = https://c/\nminutes = 0\n", "minutes must be"), ("[calendar a]\nurl = https://c/\nsecret = x\n", "no setting secret"),
    ("[calendar a]\nurl = https://c/\nuser = a:b\n", "colon"), ("[calendar a]\nurl = https://c/\nauthority_file = /nonexistent\n", "cannot be read")])
def test_settings_that_are_refused(tmp_path, lines, part):
    path = tmp_path / "courier.conf"
    path.write_text("[mail]\nfrom = laug@firma.example\n" + lines)
    done = subprocess.run([build_folder() / "laug-courier", "--config", path, "--check"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 78 and part in done.stderr and str(path) in done.stderr


def test_the_sample_is_taken_with_a_calendar_in_it(tmp_path):
    program = build_folder() / "laug-courier"
    sample = subprocess.run([program, "--sample"], capture_output=True, text=True, check=True).stdout
    path = tmp_path / "courier.conf"
    path.write_text(re.sub(r"(?m)^#from = $", "from = laug@firma.example", sample).replace("#[calendar NAME]\n", "[calendar team]\n").replace(
        "#url = \n", "url = https://cal.example.org/team/\n").replace("#of = all", "of = rotation showcase"))
    assert subprocess.run([program, "--config", path, "--check"], capture_output=True, timeout=20).returncode == 0
