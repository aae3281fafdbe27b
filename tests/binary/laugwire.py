# SPDX-License-Identifier: MIT
"""A daemon to test, and a client that shares no code with it: MessagePack-RPC on Debian's python3-msgpack alone."""
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import msgpack

ROOT = pathlib.Path(__file__).resolve().parents[2]
MONDAY = "2027-01-04T08:00"
SANITIZER_MARKS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:", "DEADLYSIGNAL")


def build_folder(kind=None):
    """Where the programs are: $LAUG_BUILD, else build-debug, else build; with kind="release", build if it is there."""
    if kind == "release" and (ROOT / "build" / "laugd").exists():
        return ROOT / "build"
    if os.environ.get("LAUG_BUILD"):
        return pathlib.Path(os.environ["LAUG_BUILD"])
    return ROOT / "build-debug" if (ROOT / "build-debug" / "laugd").exists() else ROOT / "build"


class Refused(Exception):
    """An answer with an error: kind 1 is the caller's mistake, 0 the service's trouble."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind, self.text = kind, text
        head, _, self.sentence = text.partition(":")
        self.code, _, self.field = head.partition(" ")
        self.sentence = self.sentence.strip()


class Gone(Exception):
    """The daemon closed the connection."""


class Client:
    """One connection. Calls may be pipelined: send() gives a msgid, answer() waits for the answer to it."""

    def __init__(self, path, timeout=10):
        self.timeout = timeout
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(path))  # waits while the backlog is full; with a time limit it would not
        self.socket.settimeout(timeout)
        self.unpacker = msgpack.Unpacker(raw=False, strict_map_key=False)
        self.last_id = 0
        self.answers, self.notifications = {}, []

    def send_bytes(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as broken:
            raise Gone() from broken

    def send(self, method, **params):
        self.last_id += 1
        self.send_bytes(msgpack.packb([0, self.last_id, method, [params] if params else []]))
        return self.last_id

    def read_some(self, timeout=None):
        """Waits for bytes and files the messages in them; False after the time."""
        if not select.select([self.socket], [], [], self.timeout if timeout is None else timeout)[0]:
            return False
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionResetError as reset:
            raise Gone() from reset
        if not data:
            raise Gone()
        self.unpacker.feed(data)
        for message in self.unpacker:
            if message[0] == 2:
                self.notifications.append(message[1:])
            else:
                assert message[0] == 1 and len(message) == 4, f"not an answer: {message}"
                self.answers[message[1]] = message[2:]
        return True

    def answer(self, msgid):
        while msgid not in self.answers:
            if not self.read_some():
                raise TimeoutError(f"no answer to call {msgid} within {self.timeout} s")
        error, result = self.answers.pop(msgid)
        if error is not None:
            raise Refused(*error)
        return result

    def call(self, method, **params):
        return self.answer(self.send(method, **params))

    def items(self, method, **params):
        """All pages of a list."""
        found, page = [], self.call(method, **params)
        found += page["items"]
        while page.get("next"):
            page = self.call(method, **dict(params, after=page["next"]))
            found += page["items"]
        return found

    def next_notification(self, timeout=None):
        end = time.monotonic() + (self.timeout if timeout is None else timeout)
        while not self.notifications:
            if not self.read_some(max(0, end - time.monotonic())):
                raise TimeoutError("no notification")
        return self.notifications.pop(0)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Daemon:
    """laugd on a state folder and a socket of its own, with a held clock unless clock is None."""

    def __init__(self, folder=None, clock=MONDAY, kind=None, prefix=(), arguments=()):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="laug-test-"))
        self.state = self.folder / "state"
        self.socket = self.folder / "laug.sock"
        self.errors = self.folder / "laugd.stderr"
        self.build = build_folder(kind)
        self.clock, self.prefix, self.arguments = clock, list(prefix), list(arguments)
        self.process = None

    def command(self, *more):
        held = ["--clock", self.clock] if self.clock else []
        return [*self.prefix, str(self.build / "laugd"), "--state", str(self.state), "--socket", str(self.socket),
                *held, *self.arguments, *more]

    def start(self, *more, init=None):
        """Starts it and waits until it answers; init=None makes the database on the first start only."""
        if init is None:
            init = not self.state.exists()
        self.state.mkdir(mode=0o700, exist_ok=True)
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(self.command(*(["--init"] if init else []), *more), stdout=errors,
                                            stderr=errors, stdin=subprocess.DEVNULL)
        self.wait_ready()
        return self

    def wait_ready(self, seconds=20):
        end = time.monotonic() + seconds
        while True:
            try:
                with self.connect(timeout=seconds) as client:
                    return client.call("service.hello")
            except (FileNotFoundError, ConnectionRefusedError, Gone):
                status = self.process.poll()
                assert status is None, f"laugd ended with {status}:\n{self.log()}"
                assert time.monotonic() < end, f"laugd is not ready:\n{self.log()}"
                time.sleep(0.005)

    def connect(self, timeout=10):
        return Client(self.socket, timeout)

    def as_person(self, person):
        """A connection that speaks for a person (held clock only)."""
        client = self.connect()
        client.call("service.act_as", person=person)
        return client

    def log(self):
        return self.errors.read_text(errors="replace") if self.errors.exists() else ""

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=20):
        """Asks it to end, by its pid; gives the exit status."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"laugd did not end within {seconds} s:\n{self.log()}") from None
        return self.process.returncode if self.process else None

    def run_once(self, *more, seconds=20):
        """For starts that are meant to fail: the finished process, with its standard error."""
        return subprocess.run(self.command(*more), capture_output=True, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL)

    def laug(self, *words, seconds=20, **environment):
        """The command line against this daemon: the finished process."""
        return subprocess.run([str(self.build / "laug"), *words], capture_output=True, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL,
                              env={**os.environ, "LAUG_SOCKET": str(self.socket), "NO_COLOR": "1", "LANGUAGE": "en",
                                   **environment})

    def finish(self):
        """Ends it and fails on anything that a sanitizer said."""
        try:
            self.stop()
            log = self.log()
            assert not any(mark in log for mark in SANITIZER_MARKS), log
        finally:
            if self.own_folder:
                shutil.rmtree(self.folder, ignore_errors=True)
