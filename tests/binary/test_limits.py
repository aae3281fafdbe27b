# SPDX-License-Identifier: MIT
"""Slow, stuck, greedy and half-gone clients: they hurt themselves only."""
import os
import select
import shutil
import socket
import subprocess
import time

import laugwire
import msgpack
import pytest
from laugwire import Client, Gone, Refused

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="takes root, to be another user")


def is_closed_within(client, seconds):
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            client.read_some(min(0.5, max(0, end - time.monotonic())))
    except Gone:
        return True
    return False


def test_frame_that_never_completes(daemon):
    """5 s for its first bytes to say how long it is, 30 s for all of it; a silent connection may stay."""
    silent, half = daemon.connect(), daemon.connect()
    half.send_bytes(b"\x94\x00")
    assert not is_closed_within(half, 3)
    assert is_closed_within(half, 6)
    assert silent.call("service.hello")


@pytest.mark.seconds(60)
def test_frame_that_drips(daemon):
    """One byte now and then does not keep a frame alive for ever."""
    drip, began = daemon.connect(), time.monotonic()
    drip.send_bytes(b"\x94\x00\x07\xa9team.list\x91\x81\xa5after\xda\x03\xe8")
    with pytest.raises(Gone):
        while time.monotonic() - began < 45:
            drip.send_bytes(b"a")
            drip.read_some(0.5)
    assert 20 < time.monotonic() - began < 40


def test_reader_that_does_not_read(daemon, client):
    """Its answers pile up to a cap; then it is read no more, and in the end dropped. Others go on."""
    for n in range(200):
        client.call("person.add", id=f"p{n:03}", name="A long name " * 8)
    greedy = daemon.connect()
    greedy.socket.settimeout(0.5)
    calls = msgpack.packb([0, 1, "person.list", [{"limit": 200}]]) * 50
    sent, stuck = 0, False
    try:
        while sent < 8 << 20:
            sent += greedy.socket.send(calls)
    except (TimeoutError, BrokenPipeError, ConnectionResetError):
        stuck = True
    assert stuck, f"{sent} bytes: it went on reading calls whose answers nobody fetched"
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    assert resident < 400 * 1024
    assert client.call("service.hello")
    greedy.close()


def test_subscriber_that_does_not_read(daemon, client):
    deaf = daemon.connect()
    deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.call("event.subscribe", since=0)
    people = [client.send("person.add", id=f"p{n}", name="A long name " * 8) for n in range(3000)]
    for call in people:
        client.answer(call)
    with daemon.connect() as feed:
        feed.call("event.subscribe", since=0)
        assert feed.next_notification()
    deaf.close()


def test_clients_that_go_in_the_middle(daemon, client):
    for n in range(100):
        goes = daemon.connect()
        goes.send("person.add", id=f"p{n}", name="Person")
        if n % 2:
            goes.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        goes.close()
    for _ in range(50):
        if len(client.items("person.list")) == 100:
            break
        time.sleep(0.02)
    assert len(client.items("person.list")) == 100


def settings(laugd, text, **options):
    """A daemon with these lines in its settings."""
    daemon = laugd(started=False, **options)
    (daemon.folder / "laugd.conf").write_text(text)
    daemon.arguments += ["--config", str(daemon.folder / "laugd.conf")]
    return daemon.start()


def connect_until_refused(daemon, most):
    held = []
    while len(held) < most:
        try:
            one_more = Client(daemon.socket, timeout=5)
            one_more.call("service.hello")
            held.append(one_more)
        except (Gone, Refused, BrokenPipeError, ConnectionResetError):
            return held
    return held


def test_connections_have_an_end_and_room_comes_back(laugd):
    """Eight places beyond the limit are kept for admins, and those who test are one."""
    daemon = settings(laugd, "[Limits]\nConnections=40\n")
    held = connect_until_refused(daemon, 100)
    assert len(held) == 48
    held.pop().close()
    time.sleep(0.1)
    with daemon.connect() as client:
        assert client.call("service.hello")
    for connection in held:
        connection.close()


AS_STRANGER = """
import sys; sys.path.insert(0, sys.argv[2]); import laugwire
held = []
try:
    for _ in range(100):
        held.append(laugwire.Client(sys.argv[1], timeout=5)); held[-1].call("service.hello")
except (laugwire.Gone, ConnectionResetError, BrokenPipeError):
    print(len(held) - 1)
calls = [held[0].send("service.hello") for _ in range(200)]
codes = set()
for call in calls:
    try: held[0].answer(call)
    except laugwire.Refused as refused: codes.add(refused.code)
print(*codes)
"""


def run_as(uid, script, daemon):
    os.chmod(daemon.folder, 0o755)
    shutil.copy(laugwire.__file__, daemon.folder)  # this clone may lie where only its owner can read
    done = subprocess.run(["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "/usr/bin/python3",
                           "-c", script, str(daemon.socket), str(daemon.folder)], capture_output=True,
                          text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@needs_root
def test_one_user_cannot_take_every_connection_nor_every_call(laugd):
    daemon = settings(laugd, "[Limits]\nConnectionsPerUser=16\nCallsPerSecond=50\n")
    assert run_as(61234, AS_STRANGER, daemon) == ["16", "busy"]
    with daemon.connect() as client:
        assert client.call("service.hello")


def test_silent_connection_is_let_go(laugd):
    daemon = settings(laugd, "[Limits]\nIdleSeconds=1\n")
    silent, feed = daemon.connect(), daemon.connect()
    feed.call("event.subscribe")
    assert is_closed_within(silent, 3)
    assert not is_closed_within(feed, 1), "who listens to the feed may be silent"


def test_settings_are_read_again(laugd):
    """Limits follow the file, also back to their defaults; the socket stays where it was, and goes with the daemon."""
    import signal

    daemon = settings(laugd, "[Limits]\nConnections=12\n")
    conf = daemon.folder / "laugd.conf"

    def most(text):
        conf.write_text(text)
        daemon.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        held = connect_until_refused(daemon, 60)
        for connection in held:
            connection.close()
        time.sleep(0.1)
        return len(held)

    assert most("[Limits]\nConnections=20\n[Service]\nSocket=/tmp/elsewhere.sock\n") == 28
    assert most("[Limits]\nConnections=nonsense\n") == 28
    assert most("[Limits]\nConnections=2\n") == 10
    assert most("") == 60
    assert daemon.stop() == 0 and not daemon.socket.exists()


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_descriptors_used_up(laugd):
    """With room for few descriptors it refuses the surplus, does not spin, and serves those it has."""
    daemon = laugd(prefix=["prlimit", "--nofile=48:48"])
    held = [daemon.connect()]
    assert held[0].call("service.hello")
    for _ in range(120):
        surplus = socket.socket(socket.AF_UNIX)
        surplus.settimeout(2)
        try:
            surplus.connect(str(daemon.socket))
        except OSError:
            pass
        held.append(surplus)
    before = processor_seconds(daemon.process.pid)
    time.sleep(1)
    assert processor_seconds(daemon.process.pid) - before < 0.3, "it spins"
    assert held[0].call("service.hello")
    for connection in held[1:]:
        connection.close()
    with daemon.connect() as late:
        assert late.call("service.hello")


def test_idle_daemon_does_not_wake(daemon, client):
    client.call("service.hello")
    before = processor_seconds(daemon.process.pid)
    time.sleep(2)
    assert processor_seconds(daemon.process.pid) - before < 0.05


def test_flood_of_one_does_not_starve_another(daemon):
    flood = daemon.connect()
    flood.socket.setblocking(False)
    calls = b"".join(msgpack.packb([0, n, "team.list", []]) for n in range(500))
    slowest, end = 0.0, time.monotonic() + 3
    with daemon.connect() as quiet:
        while time.monotonic() < end:
            try:
                flood.socket.send(calls)
            except BlockingIOError:
                pass
            if select.select([flood.socket], [], [], 0)[0]:
                try:
                    flood.socket.recv(1 << 20)
                except BlockingIOError:
                    pass
            began = time.monotonic()
            try:
                assert quiet.call("service.hello")
            except Refused as refused:
                assert refused.code == "busy"
            slowest = max(slowest, time.monotonic() - began)
    assert slowest < 1.0


STRANGER = """
import sys; sys.path.insert(0, sys.argv[2]); import laugwire
client = laugwire.Client(sys.argv[1]); client.call("service.hello")
for method in ("person.list", "team.list", "absence.list", "clock.now", "service.status", "service.describe",
               "event.subscribe", "company.show"):
    try: client.call(method); print("answered-" + method)
    except laugwire.Refused as refused: print(refused.code)
"""
NOBODY = """
import sys; sys.path.insert(0, sys.argv[2]); import laugwire
try: laugwire.Client(sys.argv[1]).call("service.hello"); print("answered")
except (laugwire.Gone, laugwire.Refused, ConnectionResetError, BrokenPipeError): print("refused")
"""


@needs_root
def test_stranger_gets_a_greeting_and_nothing_else(daemon):
    assert set(run_as(61234, STRANGER, daemon)) <= {"forbidden", "not_found"}


@needs_root
def test_nobody_is_refused(daemon):
    """Behind a user namespace everybody reads as 65534: that is nobody in particular."""
    assert run_as(65534, NOBODY, daemon) == ["refused"]
