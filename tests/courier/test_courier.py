# SPDX-License-Identifier: MIT
"""laug-courier between a service and a mail server that are both played here."""
import pathlib
import re
import shutil
import subprocess
import sys
import time

import icalendar
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import entries  # noqa: E402
from fakes import World, certificate, server_context  # noqa: E402
from laugwire import build_folder  # noqa: E402

pytestmark = pytest.mark.skipif(not (build_folder() / "laug-courier").exists(), reason="laug-courier is not built")


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.finish()


def test_sends_and_settles(world):
    world.start()
    world.service.post("one", subject="Din tur på fredag: æøå", text="Hej Åse\n.\n..to\nFrom here\n",
                       language="da", message_id="showcase:turn:2027-03:-14d")
    assert world.service.wait("one")[0] == "sent"
    message, = world.mailbox.messages()
    assert message["Subject"] == "Din tur på fredag: æøå"
    assert message["From"] == "Laug på værket <laug@firma.example>"
    assert message["To"] == "Anna Åkjær <anna@example.org>"
    assert message["Message-ID"] == "<showcase%3Aturn%3A2027-03%3A-14d@firma.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "da"
    assert message.get_content().replace("\r\n", "\n") == "Hej Åse\n.\n..to\nFrom here\n"
    assert abs(message["Date"].datetime.timestamp() - time.time()) < 60
    assert all(len(line) <= 78 for line in world.mailbox.bytes[0].split(b"\r\n"))


def invitation(message):
    """The parts of a mail that invites, and its one event as Python's icalendar reads it."""
    assert message.get_content_type() == "multipart/alternative" and not message.defects
    parts = {part.get_content_type(): part for part in message.iter_parts()}
    calendar = icalendar.Calendar.from_ical(parts["text/calendar"].get_content())
    assert parts["text/calendar"].get_param("method") == calendar["METHOD"]
    event, = calendar.walk("VEVENT")
    return parts, calendar, event


def test_invitations(world):
    world.start()
    world.service.post("one", html="<p>Hej <b>Åse</b></p>\n", message_id="showcase-12:anna:3",
                       calendar={"method": "request", "entry": entries.turn(sequence=3, title="Din tur; æøå")})
    world.service.post("two", calendar={"method": "cancel", "entry": entries.sabbatical(state="cancelled", sequence=4)})
    assert world.service.wait(["one", "two"])[0] == "sent"
    by_id = {message["Message-ID"]: message for message in world.mailbox.messages()}
    message = by_id["<showcase-12%3Aanna%3A3@firma.example>"]
    parts, calendar, event = invitation(message)
    assert list(parts) == ["text/plain", "text/html", "text/calendar"]
    assert parts["text/html"].get_content().replace("\r\n", "\n") == "<p>Hej <b>Åse</b></p>\n"
    assert calendar["METHOD"] == "REQUEST" and event["UID"] == "showcase-12@firma.example" and event["SEQUENCE"] == 3
    assert event["SUMMARY"] == "Din tur; æøå" and event["STATUS"] == "CONFIRMED"
    assert event["ORGANIZER"] == "mailto:laug@firma.example" and event["ORGANIZER"].params["CN"] == "Laug på værket"
    attendee = event["ATTENDEE"]
    assert attendee == "mailto:anna@example.org" and attendee.params["CN"] == "Anna Åkjær"
    assert (attendee.params["PARTSTAT"], attendee.params["RSVP"]) == ("ACCEPTED", "FALSE")
    assert event["DTSTART"].dt.astimezone(entries.UTC).isoformat() == "2027-03-01T08:00:00+00:00"
    _, calendar, event = invitation(by_id["<rule%3Aturn%3Atwo%3A-1d@firma.example>"])
    assert calendar["METHOD"] == "CANCEL" and event["STATUS"] == "CANCELLED" and event["SEQUENCE"] == 4
    assert event["DTSTART"].dt.isoformat() == "2027-03-01" and event["DTEND"].dt.isoformat() == "2027-03-06"


def test_an_entry_that_is_none_is_refused(world):
    world.start()
    for id, calendar in {"word": {"method": "reply", "entry": entries.turn()},
                         "empty": {"method": "request", "entry": {}},
                         "more": {"method": "request", "entry": entries.turn(colour="red")},
                         "control": {"method": "request", "entry": entries.turn(title="a\nb")}}.items():
        world.service.post(id, calendar=calendar)
        assert world.service.wait(id)[0] == "refused"
    assert world.mailbox.bytes == []


def test_what_waited_before_the_start_is_sent_and_one_connection_serves_many(world):
    for number in range(600):
        world.service.post(f"m{number}", to=f"p{number}@example.org", tell=False)
    world.start()
    world.service.wait([f"m{number}" for number in range(600)])
    assert {outcome for outcome, _ in world.service.outcomes.values()} == {"sent"}
    assert len(set(world.mailbox.ids())) == len(world.mailbox.bytes) == 600
    assert len(world.mailbox.sessions) <= 16


def test_outcome_by_class_of_reply(world):
    world.mailbox.recipients = {"soft@example.org": "451 4.3.0 come back later",
                                "hard@example.org": "550 5.1.1 no such user here",
                                "drop@example.org": "drop"}
    world.start()
    for id in ("soft", "hard", "drop", "good"):
        world.service.post(id, to=f"{id}@example.org")
    world.service.wait(["soft", "hard", "drop", "good"])
    outcomes = world.service.outcomes
    assert outcomes["soft"][0] == "deferred" and "451 4.3.0 come back later" in outcomes["soft"][1]
    assert outcomes["hard"][0] == "refused" and "550 5.1.1 no such user here" in outcomes["hard"][1]
    assert outcomes["drop"][0] == "deferred"
    assert outcomes["good"][0] == "sent"
    assert len(world.mailbox.bytes) == 1


@pytest.mark.parametrize("answer, outcome", [("250 2.0.0 ok", "sent"), ("452 4.3.1 full", "deferred"),
                                             ("554 5.7.1 looks like spam", "refused"), ("drop after", "deferred"),
                                             ("421 4.3.2 going down", "deferred")])
def test_outcome_by_the_answer_to_the_final_dot(world, answer, outcome):
    world.mailbox.on_data = answer
    world.start()
    world.service.post("one")
    assert world.service.wait("one")[0] == outcome
    if answer == "drop after":
        assert "may have arrived" in world.service.outcomes["one"][1]


@pytest.mark.parametrize("answer, outcome", [("550 5.7.1 not your address", "deferred"),
                                             ("552 5.3.4 too big for us", "refused"), ("451 4.3.0 later", "deferred")])
def test_a_refused_sender_is_not_held_against_the_recipient(world, answer, outcome):
    world.mailbox.on_mail = answer
    world.start()
    world.service.post("one")
    assert world.service.wait("one")[0] == outcome


def test_a_dead_destination_delays_no_other(world):
    world.mailbox.hold["rcpt"] = "@dead.example"
    world.start(limits="connections = 6\nconnections_per_destination = 2\nanswer_seconds = 3")
    for number in range(40):
        world.service.post(f"dead{number}", to=f"p{number}@dead.example", tell=False)
    for number in range(40):
        world.service.post(f"live{number}", to=f"p{number}@live.example", tell=False)
    begun = time.monotonic()
    world.service.tell()
    world.service.wait([f"live{number}" for number in range(40)])
    assert time.monotonic() - begun < 2.5
    assert not any(id.startswith("dead") for id in world.service.outcomes)
    world.service.wait([f"dead{number}" for number in range(40)])
    assert time.monotonic() - begun < 6, "who waits behind a dead one is deferred with it"
    assert all(world.service.outcomes[f"dead{number}"][0] == "deferred" for number in range(40))


def test_a_dead_destination_with_more_than_is_held_delays_no_other(world):
    world.mailbox.hold["rcpt"] = "@dead.example"
    for number in range(400):
        world.service.post(f"dead{number}", to=f"p{number}@dead.example", tell=False)
    world.service.post("live", to="p@live.example", tell=False)
    world.start(limits="answer_seconds = 30")
    assert world.service.wait("live", seconds=10)[0] == "sent"
    assert len(world.mailbox.bytes) == 1


def test_a_slow_answer_to_the_final_dot_holds_up_nobody(world):
    world.mailbox.hold["data"] = "@slow.example"
    world.start()
    world.service.post("slow", to="a@slow.example")
    while not world.mailbox.bytes:
        time.sleep(0.01)
    begun = time.monotonic()
    for number in range(10):
        world.service.post(f"fast{number}", to=f"p{number}@fast.example")
    world.service.wait([f"fast{number}" for number in range(10)])
    assert time.monotonic() - begun < 2 and "slow" not in world.service.outcomes
    world.mailbox.hold.clear()
    assert world.service.wait("slow")[0] == "sent"


def test_no_mail_server_defers_everything_at_once(world):
    world.service.start()
    for number in range(30):
        world.service.post(f"m{number}", to=f"p{number}@d{number}.example", tell=False)
    world.courier()
    begun = time.monotonic()
    world.service.wait([f"m{number}" for number in range(30)])
    assert time.monotonic() - begun < 3
    assert {outcome for outcome, _ in world.service.outcomes.values()} == {"deferred"}
    world.mail_server()
    world.service.outcomes.clear()
    world.service.release()
    world.service.wait([f"m{number}" for number in range(30)])
    assert {outcome for outcome, _ in world.service.outcomes.values()} == {"sent"}


def test_what_must_not_be_sent_is_refused_here(world):
    world.start()
    bad = {"break": {"subject": "hello\r\nBcc: all@example.org"}, "feed": {"subject": "a\nb"},
           "nul": {"subject": "a\0b"}, "nul-text": {"text": "a\0b"}, "to": {"to": "anna@example.org>\r\nRCPT TO:<x@y.z"},
           "to2": {"to": "anna"}, "to3": {"to": ""}, "to4": {"to": "anna@example.org, b@example.org"},
           "name": {"to_name": "Anna\r\nBcc: all@example.org"}, "id": {"message_id": ""}, "hook": {"channel": "webhook"}}
    for id, fields in bad.items():
        world.service.post(id, **fields)
    world.service.post("good")
    world.service.wait([*bad, "good"])
    assert {id for id, (outcome, _) in world.service.outcomes.items() if outcome == "refused"} == set(bad)
    assert len(world.mailbox.bytes) == 1


def test_a_kill_between_send_and_settle_costs_at_most_a_copy_with_the_same_id(world):
    world.service.silent_settle = True
    courier = world.start()
    for number in range(20):
        world.service.post(f"m{number}", to=f"p{number}@example.org")
    end = time.monotonic() + 10
    while len(world.mailbox.bytes) < 20:
        assert time.monotonic() < end
        time.sleep(0.005)
    courier.kill()
    world.couriers.remove(courier)
    assert not world.service.outcomes
    world.service.silent_settle = False
    world.service.release()
    world.courier()
    world.service.wait([f"m{number}" for number in range(20)])
    ids = world.mailbox.ids()
    assert len(ids) == 40 and len(set(ids)) == 20


def test_the_service_goes_and_comes_back(world):
    world.start()
    world.service.post("before")
    world.service.wait("before")
    world.mailbox.hold["data"] = True
    world.service.post("during")
    while len(world.mailbox.bytes) < 2:
        time.sleep(0.01)
    world.service.stop()
    world.mailbox.hold.clear()
    time.sleep(0.7)
    world.service.post("after", tell=False)
    world.service.start()
    assert world.service.wait("during")[0] == "sent"
    assert [id for id, _, _ in world.service.settled].count("during") == 1
    world.service.tell()
    assert world.service.wait("after")[0] == "sent"


def test_waits_for_a_service_that_is_not_there_yet(world):
    world.mail_server()
    world.service.post("one", tell=False)
    world.courier()
    time.sleep(0.8)
    world.service.start()
    assert world.service.wait("one")[0] == "sent"


def test_a_refused_claim_is_said_and_tried_again(world):
    world.service.refuse_claim = [1, "forbidden: this user is not the courier"]
    world.service.post("one", tell=False)
    courier = world.start()
    end = time.monotonic() + 5
    while "forbidden: this user is not the courier" not in courier.log():
        assert time.monotonic() < end
        time.sleep(0.02)
    world.service.refuse_claim = None
    assert world.service.wait("one")[0] == "sent"


def test_long_messages_are_fetched_a_few_at_a_time(world):
    world.service.largest_claim = 3
    for number in range(20):
        world.service.post(f"m{number}", tell=False)
    courier = world.start()
    world.service.wait([f"m{number}" for number in range(20)], seconds=5)
    assert not courier.log()


def test_ends_in_good_order(world):
    world.mailbox.hold["data"] = True
    courier = world.start(limits="connections = 2\nconnections_per_destination = 2")
    for number in range(6):
        world.service.post(f"m{number}")
    while len(world.mailbox.bytes) < 2:
        time.sleep(0.01)
    begun = time.monotonic()
    courier.process.terminate()
    world.service.wait([f"m{number}" for number in range(2, 6)])
    assert all(world.service.outcomes[f"m{number}"][0] == "deferred" for number in range(2, 6))
    world.mailbox.hold.clear()
    assert courier.process.wait(5) == 0
    assert time.monotonic() - begun < 4
    assert [world.service.outcomes[f"m{number}"][0] for number in range(2)] == ["sent", "sent"]


def test_gives_up_after_five_seconds_when_told_to_end(world):
    world.mailbox.hold["rcpt"] = True
    courier = world.start()
    world.service.post("one")
    time.sleep(0.5)
    begun = time.monotonic()
    assert courier.stop() == 0
    assert 4.5 < time.monotonic() - begun < 7
    assert world.service.outcomes["one"][0] == "deferred"


def test_idle_is_silent(world):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    courier = world.start()
    world.service.post("one")
    world.service.wait("one")
    time.sleep(11.5)  # until the connection to the mail server is closed
    trace = world.folder / "trace"
    tracer = subprocess.Popen(["strace", "-f", "-o", trace, "-p", str(courier.process.pid)], stderr=subprocess.DEVNULL)
    time.sleep(5)
    tracer.terminate()
    tracer.wait()
    calls = [line for line in trace.read_text().splitlines() if re.search(r"\w+\(", line) and "---" not in line]
    assert len(calls) <= 1, calls


def tls_world(world, **options):
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    key, made = certificate(world.folder)
    world.service.start()
    world.mail_server(context=server_context(key, made), **options)
    return made


@pytest.mark.parametrize("implicit", [False, True])
def test_encrypts_and_logs_in(world, implicit):
    made = tls_world(world, password="s3cret; #1", implicit=implicit)
    (world.folder / "credentials").mkdir()
    secret = world.folder / "credentials" / "laug-smtp-password"
    secret.write_text("s3cret; #1\n")
    secret.chmod(0o600)
    courier = world.courier(security="tls" if implicit else "starttls", authority_file=made, user="laug",
                            environment={"CREDENTIALS_DIRECTORY": str(secret.parent)})
    for number in range(10):
        world.service.post(f"m{number}", html=f"<p>Nr. {number} æøå</p>\n" * 50, calendar={
            "method": "cancel" if number % 2 else "request",
            "entry": entries.turn(uid=f"showcase-{number}", sequence=number, title="Din tur; æøå, \\n" + "x" * 300)})
    world.service.wait([f"m{number}" for number in range(10)])
    assert {outcome for outcome, _ in world.service.outcomes.values()} == {"sent"}
    assert "s3cret" not in courier.log()
    read = {}
    for message in world.mailbox.messages():
        parts, calendar, event = invitation(message)
        read[str(event["UID"])] = str(calendar["METHOD"]), event["SEQUENCE"]
        assert parts["text/html"].get_content().count("æøå") == 50
    assert read == {f"showcase-{number}@firma.example": ("CANCEL" if number % 2 else "REQUEST", number) for number in range(10)}


def test_a_wrong_password_defers(world):
    made = tls_world(world, password="right")
    secret = world.folder / "password"
    secret.write_text("wrong")
    secret.chmod(0o600)
    world.courier(security="starttls", authority_file=made, user="laug", password_file=secret)
    world.service.post("one")
    outcome, detail = world.service.wait("one")
    assert outcome == "deferred" and "Login denied" in detail


def test_never_speaks_in_the_clear_nor_to_a_stranger(world):
    made = tls_world(world)
    courier = world.courier(security="starttls")  # this certificate is not among the system's
    world.service.post("stranger")
    assert world.service.wait("stranger")[0] == "deferred"
    assert courier.stop() == 0
    for server in world.servers:
        server.stop()
    world.servers.clear()
    world.mail_server()  # no STARTTLS on offer
    world.courier(security="starttls", authority_file=made)
    world.service.post("clear")
    assert world.service.wait("clear")[0] == "deferred"
    assert not world.mailbox.bytes


SETTINGS = "[mail]\nfrom = laug@firma.example\n"


@pytest.mark.parametrize("text, said", [
    ("[mail]\nhost = x\n", "from is missing"),
    ("[mail]\nfrom = nobody\n", "line 2: from must be an address"),
    (SETTINGS + "prot = 25\n", "line 3: there is no setting prot in [mail]"),
    (SETTINGS + "port = 70000\n", "line 3: port must be a number from 0 to 65535"),
    (SETTINGS + "security = maybe\n", "line 3: security must be one of: starttls tls none"),
    (SETTINGS + "port = 1\nport = 2\n", "line 4: port is given twice"),
    (SETTINGS + "hello\n", "line 3: this is not  name = value"),
    (SETTINGS + "host =\n", "line 3: host is empty"),
    (SETTINGS + "host = a:25\n", "host and hello must be names"),
    (SETTINGS + "user = laug\nsecurity = none\n", "never sent in the clear"),
    (SETTINGS + "user = laug\n", "neither password_file nor the credential"),
    (SETTINGS + "user = laug\npassword_file = /nonexistent\n", "/nonexistent cannot be read"),
])
def test_settings_are_refused_with_the_line(tmp_path, text, said):
    path = tmp_path / "courier.conf"
    path.write_text(text)
    done = subprocess.run([build_folder() / "laug-courier", "--config", path, "--check"], capture_output=True,
                          text=True, timeout=20)
    assert done.returncode == 78 and said in done.stderr


def test_a_password_for_everybody_to_read_is_refused(tmp_path):
    path, secret = tmp_path / "courier.conf", tmp_path / "password"
    secret.write_text("s3cret")
    secret.chmod(0o644)
    path.write_text(SETTINGS + f"user = laug\npassword_file = {secret}\n")
    command = [build_folder() / "laug-courier", "--config", path, "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 78 and "everybody may read" in done.stderr
    secret.chmod(0o640)
    assert subprocess.run(command, timeout=20).returncode == 0


def test_the_sample_is_a_settings_file(tmp_path):
    program, path = build_folder() / "laug-courier", tmp_path / "courier.conf"
    sample = subprocess.run([program, "--sample"], capture_output=True, text=True, check=True, timeout=20).stdout
    path.write_text(sample.replace("#from = ", "from = laug@firma.example"))
    assert subprocess.run([program, "--config", path, "--check"], timeout=20).returncode == 0
    always_there = path.read_text().split("\n#[calendar NAME]")[0]  # of calendars there may be none
    with_defaults = re.sub(r"^#(\w+) = (\S)", r"\1 = \2", always_there, flags=re.M)
    path.write_text(with_defaults)
    assert subprocess.run([program, "--config", path, "--check"], timeout=20).returncode == 0
