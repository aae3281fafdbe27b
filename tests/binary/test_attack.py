# SPDX-License-Identifier: MIT
"""Somebody who knows the protocol and means ill: calls inside calls, side doors, and taking more than their share."""
import os
import select
import shutil
import signal
import socket
import sqlite3
import statistics
import time

import msgpack
import pytest
from laugwire import Client, Gone, Refused
from test_limits import needs_root, run_as, settings

MIB = 1 << 20


def refused(client, method, **params):
    with pytest.raises(Refused) as refusal:
        client.call(method, **params)
    return refusal.value


def inner(method, **params):
    return {"method": method, "params": params}


def resident(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024


def tables(daemon):
    """Every row of every table, as another process sees it."""
    path, = daemon.state.glob("*.db")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


@pytest.fixture
def company(client):
    """Anna leads the press shop, where Bo works; Carl works elsewhere."""
    for person in ("anna", "bo", "carl"):
        client.call("person.add", id=person, name=person.title())
    client.call("team.add", id="press", name="Press shop", lead="anna")
    client.call("membership.add", person="bo", team="press")
    return client


# ---- names that go on behind a NUL ----

@pytest.mark.parametrize("method, params, code", [
    ("team.list\0" + "x" * 40, {}, "unknown_method"),
    ("team.list\0", {}, "unknown_method"),
    ("team.list", {"limit\0" + "x" * 40: 5}, "invalid"),
    ("service.hello", {"language": "danish\0" + "x" * 40}, "invalid"),
])
def test_name_with_a_nul_behind_it(client, method, params, code):
    assert refused(client, method, **params).code == code


# ---- calls inside a call ----

@pytest.mark.parametrize("outer", ["service.batch", "service.what_if"])
@pytest.mark.parametrize("name, params", [
    ("service.batch", {"calls": []}), ("service.what_if", {"calls": []}), ("service.act_as", {"person": "anna"}),
    ("service.hello", {"language": "danish"}), ("event.subscribe", {}),
])
def test_what_changes_the_connection_is_not_called_from_inside(company, outer, name, params):
    refusal = refused(company, outer, calls=[inner(name, **params)])
    assert (refusal.code, refusal.field) == ("invalid", "calls[0].method")
    hello = company.call("service.hello")
    assert "admin" in hello["roles"] and not hello.get("person")


def test_batch_is_all_or_nothing(company, daemon):
    before = tables(daemon)
    refusal = refused(company, "service.batch", calls=[
        inner("person.add", id="dora", name="Dora"), inner("team.change", id="press", name="Presses"),
        inner("person.add", id="anna", name="Another")])
    assert (refusal.code, refusal.field) == ("exists", "calls[2].id")
    assert tables(daemon) == before


def test_batch_checks_each_call_as_if_it_came_alone(company, daemon):
    with daemon.as_person("bo") as bo:
        assert refused(bo, "service.batch", calls=[inner("person.add", id="x", name="X")]).code == "forbidden"
        assert refused(bo, "service.batch", calls=[inner("nonsense.call")]).code == "unknown_method"
        assert refused(bo, "service.batch", calls=[inner("person.show", id="Bad Id")]).code == "invalid"
        assert refused(bo, "service.batch", calls=[{"method": "person.show", "params": [1]}]).code == "invalid"
        shown = bo.call("service.batch", calls=[inner("person.show", id="carl")])
        assert shown["results"][0] == bo.call("person.show", id="carl")


@pytest.mark.seconds(120)
def test_ten_thousand_calls_in_one(client):
    calls = [inner("team.add", id=f"t{n}", name="Team") for n in range(10_000)]
    client.timeout = 60
    assert len(client.call("service.batch", calls=calls)["results"]) == 10_000
    assert refused(client, "service.batch", calls=calls + calls[:1]).code == "invalid"
    assert len(client.items("team.list", limit=500)) == 10_000


def test_batch_whose_answers_are_too_much(client):
    """The answers cannot be sent, so it ends early and not after all of it."""
    client.call("service.batch", calls=[inner("person.add", id=f"p{n}", name="N" * 190) for n in range(500)])
    began = time.monotonic()
    refusal = refused(client, "service.batch", calls=[inner("person.list", limit=500)] * 10_000)
    assert refusal.code == "too_large"
    assert time.monotonic() - began < 5
    assert client.call("service.hello")


def test_batch_that_would_take_long(laugd):
    """Nobody else is served meanwhile, so a member of staff has one second."""
    daemon = laugd(kind="release")
    with daemon.connect() as admin:
        for start in range(0, 20_000, 5_000):
            admin.call("service.batch", calls=[inner("person.add", id=f"p{n}", name="P", hired_on="2030-01-01")
                                               for n in range(start, start + 5_000)])
        with daemon.as_person("p1") as greedy:
            call = greedy.send("service.batch", calls=[inner("person.list", here=True)] * 10_000)
            time.sleep(0.05)
            began = time.monotonic()
            assert admin.call("service.hello")
            assert time.monotonic() - began < 2.5
            with pytest.raises(Refused) as refusal:
                greedy.answer(call)
            assert refusal.value.code == "too_large"


def test_batch_counts_as_what_is_in_it(laugd):
    """Or ten thousand calls would pass as one; what is over the limit is paid back in the seconds after it."""
    daemon = settings(laugd, "[Limits]\nCallsPerSecond=100\n")
    with daemon.connect() as admin:
        admin.call("person.add", id="anna", name="Anna")
    with daemon.as_person("anna") as anna:
        anna.call("service.batch", calls=[inner("team.list")] * 350)
        assert refused(anna, "service.batch", calls=[inner("team.list")]).code == "busy"
        time.sleep(1.1)
        assert refused(anna, "team.list").code == "busy"
        time.sleep(4)
        assert anna.call("team.list")


# ---- what-if ----

def test_what_if_writes_nothing(company, daemon):
    company.call("absence.add", **{"person": "bo", "from": "2027-02-01", "to": "2027-02-05"})
    with daemon.connect() as feed, daemon.connect() as other:
        since = feed.call("event.subscribe")["since"]
        before, clock = tables(daemon), company.call("clock.now")
        answers = company.call("service.what_if", calls=[
            inner("person.add", id="dora", name="Dora", team="press"), inner("person.remove", id="carl"),
            inner("absence.add", **{"person": "bo", "from": "2027-02-06", "to": "2027-02-09"}),
            inner("company.change", zone="Asia/Tokyo"), inner("person.list"),
            inner("clock.advance", to="2027-06-01T00:00:00Z"), inner("clock.now")], request_id="r-1")["results"]
        assert [person["id"] for person in answers[4]["items"]] == ["anna", "bo", "dora"]
        assert answers[6]["at"] == "2027-06-01T00:00:00Z"
        after = tables(daemon)
        # who asked what is kept, as of every call, and so is the answer to this request_id
        assert [row[4] for row in after.pop("audit") if row not in before["audit"]] == ["service.what_if"]
        before.pop("audit")
        assert [row[2] for row in after.pop("request") if row not in before["request"]] == ["service.what_if"]
        before.pop("request")
        assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
        assert company.call("clock.now") == other.call("clock.now") == clock
        company.call("team.change", id="press", name="Presses")
        (kind, (event,)) = feed.next_notification()
        assert (kind, event["kind"], event["seq"]) == ("event", "team.changed", since + 1)


def test_what_if_that_fails_leaves_the_clock_alone(company):
    clock = company.call("clock.now")
    for outer in ("service.what_if", "service.batch"):
        assert refused(company, outer, calls=[inner("clock.advance", to="2027-06-01T00:00:00Z"),
                                              inner("person.show", id="nobody")]).field == "calls[1].id"
        assert company.call("clock.now") == clock


def test_what_if_is_no_way_to_look_unseen(company, daemon):
    """What is audited when it is asked for plainly is audited here too."""
    audited = inner("sabbatical.free", person="bo", year=2027)
    company.call("service.what_if", calls=[audited])
    assert ("sabbatical.free", "bo") in [(row[4], row[5]) for row in tables(daemon)["audit"]]


# ---- being somebody else ----

def test_nobody_becomes_another_where_the_clock_runs(laugd):
    with laugd(clock=None).connect() as client:
        client.call("person.add", id="anna", name="Anna")
        for method, params in (("service.act_as", {"person": "anna"}),
                               ("clock.advance", {"to": "2099-01-01T00:00:00Z"})):
            assert refused(client, method, **params).code == "unknown_method"


def test_who_speaks_for_a_person_is_that_person_only(company, daemon):
    with daemon.as_person("bo") as bo:
        assert refused(bo, "service.act_as", person="anna").code == "forbidden"
        assert refused(bo, "person.add", id="x", name="X").code == "forbidden"
        assert refused(bo, "clock.advance", to="2028-01-01T00:00:00Z").code == "forbidden"
        assert bo.call("service.hello")["roles"] == ["staff"]


def test_request_id_of_another_person(company, daemon):
    away = {"from": "2027-02-01", "to": "2027-02-02", "request_id": "r-1"}
    with daemon.as_person("bo") as bo, daemon.as_person("carl") as carl:
        assert bo.call("absence.add", person="bo", **away)["person"] == "bo"
        assert carl.call("absence.add", person="carl", **away)["person"] == "carl"
        assert bo.call("absence.add", person="bo", **away)["person"] == "bo"
    assert len(company.call("absence.list", **{"from": "2027-01-01"})["items"]) == 2


def test_removing_twice_with_one_request_id(company):
    absence = company.call("absence.add", **{"person": "bo", "from": "2027-02-01", "to": "2027-02-02"})["id"]
    first = company.call("absence.remove", id=absence, request_id="r-1")
    assert company.call("absence.remove", id=absence, request_id="r-1") == first
    assert refused(company, "absence.remove", id=absence, request_id="r-2").code == "not_found"
    company.call("person.remove", id="carl", request_id="r-3")
    company.call("person.remove", id="carl", request_id="r-3")


def test_request_ids_inside_a_batch(company):
    add = inner("person.add", id="dora", name="Dora", request_id="r-1")
    first = company.call("service.batch", calls=[add])
    assert company.call("service.batch", calls=[add]) == first
    assert company.call("person.add", id="dora", name="Dora", request_id="r-1") == first["results"][0]


# ---- what is not theirs to know ----

def test_forbidden_looks_like_absent(company, daemon):
    absence = company.call("absence.add", **{"person": "bo", "from": "2027-02-01", "to": "2027-02-02"})["id"]
    with daemon.as_person("carl") as carl:
        there = refused(carl, "absence.remove", id=absence)
        absent = refused(carl, "absence.remove", id="absence-none")
        assert there.text.replace(absence, "absence-none") == absent.text
        assert there.code == "not_found"


def test_feed_tells_only_what_one_may_hear(company, daemon):
    feeds = {person: daemon.as_person(person) for person in ("anna", "bo", "carl")}
    for feed in feeds.values():
        feed.call("event.subscribe")
    company.call("absence.add", **{"person": "bo", "from": "2027-02-01", "to": "2027-02-02"})
    company.call("team.change", id="press", name="Presses")
    heard = {}
    for person, feed in feeds.items():
        heard[person] = []
        while "team.changed" not in heard[person]:
            heard[person].append(feed.next_notification()[1][0]["kind"])
        feed.close()
    assert "absence.changed" in heard["bo"], "it is about him"
    assert "absence.changed" in heard["anna"], "she leads his team"
    assert "absence.changed" not in heard["carl"]


# ---- more than their share ----

def test_clock_does_not_run_to_the_end_of_time(client):
    for to in ("9999-12-31T23:59:59Z", "2037-02-04T07:00:00Z"):
        assert refused(client, "clock.advance", to=to).field == "to"
    began = time.monotonic()
    client.timeout = 60
    client.call("clock.advance", to="2037-01-03T07:00:00Z")
    assert time.monotonic() - began < 30


def test_flood_stays_in_its_own_socket(laugd):
    """Small calls sent as fast as they go, their answers read: the daemon's memory does not grow with what waits."""
    daemon = laugd(kind="release")
    call = msgpack.packb([0, 1, "clock.now", []])
    with daemon.connect() as quiet, daemon.connect() as flood:
        quiet.call("service.hello")
        before = resident(daemon)
        flood.socket.setblocking(False)
        end, sent, slow, left = time.monotonic() + 3, 0, [], b""
        while time.monotonic() < end:
            readable, writable, _ = select.select([flood.socket], [flood.socket], [], 0.1)
            if writable:
                left = left or call * 20_000
                count = flood.socket.send(left)
                left, sent = left[count:], sent + count
            if readable:
                flood.socket.recv(MIB)
            began = time.monotonic()
            quiet.call("clock.now")
            slow.append(time.monotonic() - began)
        assert sent > MIB
        assert resident(daemon) - before < 8 * MIB
        assert statistics.median(slow) < 0.05


def test_calls_cut_anywhere_without_a_pause(daemon):
    """Each piece ends one call and begins the next: the connection is never without half a frame, and is in time."""
    call = msgpack.packb([0, 1, "clock.now", []])
    with daemon.connect() as client:
        client.send_bytes(call[:5])
        for _ in range(14):
            time.sleep(0.5)
            client.send_bytes(call[5:] + call[:5])
            client.read_some(1)
            assert 1 in client.answers
            client.answers.clear()


@pytest.mark.seconds(120)
def test_stuck_readers_do_not_cost_the_honest(laugd):
    """Forty who ask for megabytes and read nothing; the memory stays bounded and a large answer gets through."""
    daemon = laugd(kind="release")
    with daemon.connect() as admin:
        admin.call("service.batch", calls=[inner("person.add", id=f"p{n}", name="N" * 190) for n in range(500)])
        page = msgpack.packb([0, 1, "person.list", [{"limit": 500}]])
        before, stuck = resident(daemon), []
        for _ in range(60):
            one = Client(daemon.socket)
            one.send_bytes(page * 30)
            stuck.append(one)
        for _ in range(20):
            assert len(admin.call("person.list", limit=500)["items"]) == 500
        assert resident(daemon) - before < 160 * MIB
        for one in stuck:
            one.close()


@pytest.mark.seconds(120)
def test_half_messages_do_not_take_all_memory(laugd):
    """Two hundred who send most of a megabyte and not the rest."""
    daemon = laugd(kind="release")
    with daemon.connect() as honest:
        honest.call("service.hello")
        before, half = resident(daemon), []
        start = b"\x94\x00\x07\xa9team.list\x91\x81\xa5after\xdb\x00\x0f\xf0\x00"
        for _ in range(200):
            one = daemon.connect()
            try:
                one.send_bytes(start + b"a" * 900_000)
            except Gone:
                pass
            half.append(one)
        assert honest.call("service.batch", calls=[inner("person.add", id=f"p{n}", name="N" * 190)
                                                   for n in range(2000)])
        assert resident(daemon) - before < 80 * MIB
        for one in half:
            one.close()


@pytest.mark.seconds(120)
@needs_root
def test_ten_thousand_connections(laugd):
    import resource

    daemon = laugd(kind="release", prefix=["prlimit", "--nofile=1024:"])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 10_200:
        pytest.skip(f"this test may open {hard} files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (10_200, hard))
    held, client = [], daemon.connect()  # select() knows low descriptors only
    try:
        before = resident(daemon)
        for _ in range(10_000):
            one = socket.socket(socket.AF_UNIX)
            one.connect(str(daemon.socket))
            held.append(one)
        times = []
        for _ in range(100):
            began = time.monotonic()
            client.call("clock.now")
            times.append(time.monotonic() - began)
        assert statistics.median(times) < 0.05
        half = msgpack.packb([0, 7, "clock.now", []])
        for one in held[:3000]:
            one.sendall(half[:6])  # and never the rest
        for one in held[3000:6000]:
            one.sendall(half)
        for one in held[3000:6000]:
            one.settimeout(10)
            assert one.recv(100)
        assert resident(daemon) - before < 64 * MIB
        time.sleep(6)
        for one in held[:3000]:
            one.settimeout(5)
            assert one.recv(1) == b"", "half a head has five seconds"
    finally:
        for one in held:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert client.call("service.hello")
    client.close()


def test_long_feed_does_not_hold_up_others(laugd):
    """A subscriber that begins long ago and reads fast is fed in turns."""
    daemon = laugd(kind="release")
    with daemon.connect() as admin, daemon.connect() as feed:
        for start in range(0, 20_000, 5_000):
            admin.call("service.batch", calls=[inner("team.add", id=f"t{n}", name="T")
                                               for n in range(start, start + 5_000)])
        feed.call("event.subscribe", since=0)
        seen, slowest, last = 0, 0.0, 0
        while seen < 20_000:
            began = time.monotonic()
            admin.call("clock.now")
            slowest = max(slowest, time.monotonic() - began)
            while feed.read_some(0.0001):
                pass
            for _, (event,) in feed.notifications:
                seen += event["kind"] == "team.changed"
                assert event["seq"] > last
                last = event["seq"]
            feed.notifications.clear()
        assert slowest < 0.5


def test_each_commit_alone(laugd):
    daemon = settings(laugd, "[Service]\nGroupCommit=no\n")
    with daemon.connect() as client:
        calls = [client.send("person.add", id=f"p{n}", name="P") for n in range(100)]
        for call in calls:
            client.answer(call)
        goes = daemon.connect()
        goes.send_bytes(b"".join(msgpack.packb([0, n, "person.add", [{"id": f"q{n}", "name": "Q"}]])
                                 for n in range(60)))
        goes.close()
        for _ in range(100):
            if len(client.items("person.list", limit=500)) == 160:
                break
            time.sleep(0.02)
        assert len(client.items("person.list", limit=500)) == 160


REPLAY = """
import sys; sys.path.insert(0, sys.argv[2]); import laugwire
try: print(laugwire.Client(sys.argv[1]).call("team.add", id="x", name="X", request_id="r-1"))
except laugwire.Refused as refused: print(refused.code)
"""


@needs_root
def test_request_id_of_another_user(daemon, client):
    client.call("team.add", id="press", name="Press shop", request_id="r-1")
    assert run_as(61234, REPLAY, daemon) == ["forbidden"]


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not here")
def test_reply_waits_for_its_commit_also_behind_a_full_socket(laugd, tmp_path):
    """Older answers are stuck; their socket becomes writable in the same moment in which a write arrives on it. What may
    leave then is the old, not the answer to a write that is not on the disk yet."""
    trace = tmp_path / "trace"
    daemon = laugd(kind="release", prefix=["strace", "-f", "-s", "2000000", "-e", "trace=read,write,fdatasync",
                                           "-o", str(trace)])
    laugd_pid = int(open(f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/children", encoding="ascii").read().split()[0])
    try:
        with daemon.connect() as admin:
            admin.call("service.batch", calls=[inner("person.add", id=f"p{n}", name="N" * 190) for n in range(500)])
        stuck = daemon.connect()
        for _ in range(5):
            stuck.send("person.list", limit=500)
        time.sleep(0.3)
        os.kill(laugd_pid, signal.SIGSTOP)
        marked = stuck.send("person.add", id="marker", name="Marker")
        while stuck.read_some(0.1):
            pass
        os.kill(laugd_pid, signal.SIGCONT)
        assert stuck.answer(marked)["id"] == "marker"
        stuck.close()
    finally:  # strace would leave it behind
        os.kill(laugd_pid, signal.SIGCONT)
        os.kill(laugd_pid, signal.SIGTERM)
        daemon.process.wait(20)
    steps = [(line.split("(")[0].split()[-1], "marker" in line) for line in trace.read_text(errors="replace").splitlines()
             if "read(" in line or "write(" in line or "fdatasync(" in line]
    came = next(i for i, (call, is_marked) in enumerate(steps) if call == "read" and is_marked)
    left = next(i for i, (call, is_marked) in enumerate(steps) if call == "write" and is_marked)
    assert came < left and "fdatasync" in [call for call, _ in steps[came:left]]
