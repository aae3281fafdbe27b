# SPDX-License-Identifier: MIT
"""What a service manager sees of the daemon: a socket handed over, readiness, the watchdog fed, a clean end. The
manager's side is played here; tests/systemd has the real one."""
import os
import select
import signal
import socket
import subprocess
import time

import pytest
from laugwire import Client


class Manager:
    """Starts laugd as systemd would: listening socket as descriptor 3, notifications to a socket of ours."""

    def __init__(self, daemon, watchdog_seconds=None):
        self.notify_path = daemon.folder / "notify"
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(self.notify_path))
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(daemon.folder / "handed.sock"))
        self.listener.listen(64)
        environment = dict(os.environ, NOTIFY_SOCKET=str(self.notify_path), LISTEN_FDS="1")
        if watchdog_seconds:
            environment["WATCHDOG_USEC"] = str(int(watchdog_seconds * 1_000_000))
        daemon.socket = daemon.folder / "not-this.sock"
        # the shell becomes laugd, and so knows its number beforehand
        descriptor = self.listener.fileno()
        script = f'exec 3<&{descriptor}; LISTEN_PID=$$ WATCHDOG_PID=$$ exec "$@"'
        with open(daemon.errors, "ab") as errors:
            daemon.process = subprocess.Popen(["/bin/bash", "-c", script, "sh", *daemon.command()], env=environment,
                                              pass_fds=[descriptor], stdout=errors, stderr=errors,
                                              stdin=subprocess.DEVNULL)
        daemon.handed = daemon.folder / "handed.sock"

    def wait_for(self, word, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.notify], [], [], max(0, end - time.monotonic()))[0]:
                if word in self.notify.recv(4096).decode().splitlines():
                    return True
        return False


@pytest.fixture
def managed(laugd):
    def make(**options):
        daemon = laugd()
        daemon.stop()
        return daemon, Manager(daemon, **options)
    return make


def test_socket_that_is_handed_over(managed):
    daemon, manager = managed()
    # a caller that came before the daemon was ready is served
    with Client(daemon.handed) as client:
        assert client.call("service.hello")
    assert manager.wait_for("READY=1")
    assert not daemon.socket.exists()
    daemon.process.send_signal(signal.SIGTERM)
    assert manager.wait_for("STOPPING=1")
    assert daemon.process.wait(10) == 0
    assert daemon.handed.exists(), "the socket belongs to the manager"


def test_ready_means_ready(managed):
    daemon, manager = managed()
    assert manager.wait_for("READY=1")
    began = time.monotonic()
    with Client(daemon.handed) as client:
        assert client.call("service.hello")
    assert time.monotonic() - began < 0.5


def test_watchdog_is_fed(managed):
    _, manager = managed(watchdog_seconds=1)
    assert manager.wait_for("READY=1")
    for _ in range(3):
        assert manager.wait_for("WATCHDOG=1", seconds=1)


def test_second_signal_while_it_ends_is_harmless(managed):
    daemon, manager = managed()
    assert manager.wait_for("READY=1")
    for signal_number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        daemon.process.send_signal(signal_number)
    assert daemon.process.wait(10) == 0


def test_hangup_does_not_end_it(laugd):
    daemon = laugd()
    daemon.process.send_signal(signal.SIGHUP)
    daemon.process.send_signal(signal.SIGPIPE)
    time.sleep(0.2)
    with daemon.connect() as client:
        assert client.call("service.hello")
