# SPDX-License-Identifier: MIT
"""Slow, stuck, greedy and half-gone clients: they hurt themselves only."""
import os
import resource
import select
import socket
import subprocess
import time

import msgpack
import pytest
from laugwire import Client, Gone, Refused


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


def test_one_user_cannot_take_every_connection(daemon):
    """Beyond the limit of a user: refused or closed, never hanging; and room again after some left."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    held, refused = [], 0
    for _ in range(1500):
        try:
            extra = Client(daemon.socket, timeout=5)
            extra.call("service.hello")
            held.append(extra)
        except (Gone, Refused, BrokenPipeError, ConnectionRefusedError):
            refused += 1
            if refused == 20:
                break
    assert refused, f"{len(held)} connections of one user, and no end"
    for extra in held:
        extra.close()
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            with daemon.connect() as client:
                assert client.call("service.hello")
            return
        except (Gone, Refused):
            time.sleep(0.05)
    pytest.fail("still refused after all had left")


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


@pytest.mark.skipif(os.getuid() != 0, reason="takes root, to be another user")
def test_stranger_gets_a_greeting_and_nothing_else(laugd):
    daemon = laugd()
    os.chmod(daemon.folder, 0o755)
    os.chmod(daemon.socket, 0o666)
    script = ("import sys; sys.path.insert(0, sys.argv[2]); import laugwire\n"
              "c = laugwire.Client(sys.argv[1]); c.call('service.hello')\n"
              "for m in ('person.list', 'team.list', 'rotation.list', 'clock.now', 'service.status',\n"
              "          'event.subscribe', 'outbox.list', 'reminder.list', 'company.show'):\n"
              "    try: c.call(m); print('answered', m)\n"
              "    except laugwire.Refused as r: print(r.code)\n")
    done = subprocess.run(["/usr/bin/setpriv", "--reuid=61234", "--regid=61234", "--clear-groups", "/usr/bin/python3",
                           "-c", script, str(daemon.socket), os.path.dirname(__file__)], capture_output=True,
                          text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= {"forbidden", "not_found", "invalid"}, done.stdout


@pytest.mark.skipif(os.getuid() != 0, reason="takes root, to be another user")
@pytest.mark.parametrize("uid", [65534])
def test_nobody_is_refused(laugd, uid):
    """Behind a user namespace everybody reads as 65534: that is nobody in particular."""
    daemon = laugd()
    os.chmod(daemon.folder, 0o755)
    os.chmod(daemon.socket, 0o666)
    script = ("import sys; sys.path.insert(0, sys.argv[2]); import laugwire\n"
              "c = laugwire.Client(sys.argv[1])\n"
              "try: print(c.call('team.list'))\n"
              "except (laugwire.Gone, laugwire.Refused): print('refused')\n")
    done = subprocess.run(["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups",
                           "/usr/bin/python3", "-c", script, str(daemon.socket), os.path.dirname(__file__)],
                          capture_output=True, text=True, timeout=20)
    assert done.stdout.strip() == "refused", done.stdout + done.stderr
