# SPDX-License-Identifier: MIT
"""Faults put under a running daemon, system call by system call: killed at any of its writes, a disk that fails at a
sync. strace does it, so the binary is the one that is shipped."""
import itertools
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest
from laugwire import Client, Gone, Refused

NUMBERS = itertools.count()
WRITES = "pwrite64,fdatasync,fsync,ftruncate,unlink,openat"


def strace_works():
    return bool(shutil.which("strace")) and subprocess.run(
        ["strace", "-D", "-q", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not strace_works(), reason="strace is not here or may not trace")


def write_and_end(daemon, acknowledged):
    """Adds a few people, each under an id never used before, and asks the daemon to end."""
    with Client(daemon.socket, timeout=10) as client:
        for _ in range(6):
            person = f"p{next(NUMBERS)}"
            client.call("person.add", id=person, name="Person")
            acknowledged.append(person)
    daemon.process.terminate()


def killed_at(daemon, calls, number, init, acknowledged):
    """Starts it to be killed when it makes the numbered one of these system calls; False where it never came so far."""
    daemon.prefix = ["strace", "-D", "-f", "-q", "-o", "/dev/null", "-e", f"trace={calls}", "-e",
                     f"inject={calls}:signal=KILL:when={number}"]
    try:
        daemon.start(init=init)
        write_and_end(daemon, acknowledged)
    except (AssertionError, Gone, ConnectionRefusedError, FileNotFoundError):
        pass
    try:
        daemon.process.wait(5)
    except subprocess.TimeoutExpired:
        daemon.kill()
        return False
    return daemon.process.returncode == -signal.SIGKILL


def check_all_there(daemon, acknowledged):
    daemon.prefix = []
    daemon.start(init=not (daemon.state / "laug.db").exists())
    with daemon.connect() as client:
        people = {person["id"] for person in client.items("person.list", limit=500)}
        client.call("person.add", id=f"p{next(NUMBERS)}", name="Later")
    assert set(acknowledged) <= people
    daemon.stop()
    with sqlite3.connect(daemon.state / "laug.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.mark.seconds(150)
@pytest.mark.parametrize("call", WRITES.split(","))
def test_killed_at_the_first_start(laugd, call):
    """Making the database is one thing: it is there and whole, or it is not there and --init makes it."""
    number, kills = 1, 0
    while number < 400:
        daemon, acknowledged = laugd(started=False, kind="release"), []
        was_killed = killed_at(daemon, call, number, True, acknowledged)
        if was_killed:
            kills += 1
            check_all_there_after_init(daemon, acknowledged)
        shutil.rmtree(daemon.folder)
        if not was_killed:
            break
        number += 1 if number < 12 else number // 4
    assert kills or call in ("ftruncate", "unlink", "fsync")


def check_all_there_after_init(daemon, acknowledged):
    daemon.prefix = []
    daemon.start(init=True)
    with daemon.connect() as client:
        people = {person["id"] for person in client.items("person.list", limit=500)}
    assert set(acknowledged) <= people
    daemon.stop()


@pytest.mark.seconds(150)
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "unlink", "ftruncate"])
def test_killed_while_it_serves(laugd, call):
    daemon, acknowledged, kills = laugd(kind="release"), [], 0
    daemon.stop()
    for number in [*range(1, 16), 20, 30, 40]:
        if not killed_at(daemon, call, number, False, acknowledged):
            break
        kills += 1
        check_all_there(daemon, acknowledged)
    assert kills or call == "ftruncate"


@pytest.mark.parametrize("fault", ["EIO", "ENOSPC"])
def test_disk_that_fails_at_a_sync(laugd, fault):
    """What was not synced is not acknowledged; it reads on, writes no more, says so, and loses nothing."""
    daemon = laugd(kind="release")
    with daemon.connect() as client:
        client.call("person.add", id="before", name="Before")
        tracer = subprocess.Popen(["strace", "-f", "-q", "-o", "/dev/null", "-p", str(daemon.process.pid), "-e",
                                   "trace=fdatasync,fsync", "-e", f"inject=fdatasync,fsync:error={fault}"],
                                  stderr=subprocess.PIPE)
        for _ in range(100):
            with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
                if "TracerPid:\t0" not in status.read():
                    break
            time.sleep(0.02)
        for n in range(3):
            with pytest.raises(Refused) as refused:
                client.call("person.add", id=f"lost{n}", name="Never acknowledged")
            assert refused.value.kind == 0 and refused.value.code in ("unavailable", "storage_full")
        assert [person["id"] for person in client.items("person.list")] == ["before"]
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        if fault == "EIO":
            assert client.call("service.status")["state"] == "degraded"
            with pytest.raises(Refused):
                client.call("person.add", id="still", name="Not before a restart")
    daemon.stop()
    daemon.start(init=False)
    with daemon.connect() as client:
        assert "before" in [person["id"] for person in client.items("person.list")]
        client.call("person.add", id="later", name="Later")
