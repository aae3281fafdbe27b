# SPDX-License-Identifier: MIT
"""The servers that are measured, and the hands that measure them.

Every server runs in a folder of its own below one temporary folder, listens on a Unix socket only, and is
ended by its own pid when the run is over, whatever happened in between.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import time

import msgpack


class Skipped(Exception):
    """A row that cannot be measured here, with the reason to show."""


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Skipped(f"{what} did not happen within {seconds} s")
        time.sleep(0.005)


class Rpc:
    """One blocking MessagePack-RPC connection: a client that shares no code with the daemon."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.unpacker = msgpack.Unpacker(raw=False, max_buffer_size=1 << 27)
        self.msgid = 0

    def message(self):
        while True:
            for message in self.unpacker:
                return message
            got = self.socket.recv(1 << 16)
            if not got:
                raise Skipped("the daemon closed the connection")
            self.unpacker.feed(got)

    def call(self, method, **params):
        self.msgid += 1
        self.socket.sendall(msgpack.packb([0, self.msgid, method, [params] if params else []]))
        while True:
            message = self.message()
            if message[0] == 1 and message[1] == self.msgid:
                if message[2] is not None:
                    raise Skipped(f"{method}: {message[2][1]}")
                return message[3]

    def close(self):
        self.socket.close()


def kernel_table(path):
    """A file of /proc such as smaps_rollup or status: {name: number}."""
    table = {}
    for line in pathlib.Path(path).read_text().splitlines():
        words = line.replace(":", " ").split()
        if len(words) >= 2 and words[1].isdigit():
            table[words[0]] = int(words[1])
    return table


class Server:
    """A process with a socket."""

    def __init__(self, command, folder, path, log=None):
        self.folder, self.socket, self.command = folder, path, command
        self.log = folder / "log" if log is None else log
        self.started_at = time.monotonic()
        with open(self.log, "ab") as log_file:
            self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log_file,
                                            stderr=log_file)
        self.pid = self.process.pid

    def has_answered(self, hello):
        if self.process.poll() is not None:
            tail = self.log.read_text(errors="replace").strip().splitlines()[-1:]
            raise Skipped(f"{self.command[0]} ended with {self.process.returncode}: {' '.join(tail)}")
        with contextlib.suppress(OSError):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(self.socket))
            connection.sendall(hello)
            answered = connection.recv(1 << 16) != b""
            connection.close()
            return answered
        return False

    def wait(self, hello, seconds=30):
        """Waits for a first answer; gives the seconds since the process was started."""
        wait_until(lambda: self.has_answered(hello), seconds, f"an answer of {self.command[0]}")
        return time.monotonic() - self.started_at

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def memory(self):
        """RSS and PSS in MB of 1,000,000 bytes."""
        table = kernel_table(f"/proc/{self.pid}/smaps_rollup")
        return table["Rss"] * 1024 / 1e6, table["Pss"] * 1024 / 1e6

    def is_single_threaded(self):
        return kernel_table(f"/proc/{self.pid}/status")["Threads"] == 1

    def reset_peak(self):
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def peak(self):
        return kernel_table(f"/proc/{self.pid}/status")["VmHWM"] * 1024 / 1e6

    def wakeups(self):
        """How often any thread of it gave up the processor to wait: each time, something must wake it."""
        return sum(kernel_table(thread / "status")["voluntary_ctxt_switches"]
                   for thread in pathlib.Path(f"/proc/{self.pid}/task").iterdir())

    @contextlib.contextmanager
    def pinned(self, core):
        """On one core while the block runs, and where it was before after it."""
        threads = [int(thread.name) for thread in pathlib.Path(f"/proc/{self.pid}/task").iterdir()]
        before = os.sched_getaffinity(self.pid)
        for thread in threads:
            os.sched_setaffinity(thread, {core})
        try:
            yield
        finally:
            for thread in threads:
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(thread, before)

    def count_calls(self, work):
        """Runs work() and gives {system call: count} of this process meanwhile, by strace."""
        report = self.folder / "strace"
        tracer = subprocess.Popen(["strace", "-f", "-c", "-U", "calls,name", "-o", report, "-p", str(self.pid)],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            if b"attached" not in tracer.stderr.readline():
                raise Skipped("strace may not attach here")
            work()
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait()
            tracer.stderr.close()
        calls = {}
        for line in report.read_text().splitlines():
            words = line.split()
            if len(words) == 2 and words[0].isdigit() and words[1] != "total":
                calls[words[1]] = int(words[0])
        return calls


def resp(*words):
    """A redis command."""
    words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def rpc(method, **params):
    """A request; its msgid may stay the same, since replies come in order."""
    return msgpack.packb([0, 1, method, [params] if params else []])


HELLO_REDIS = resp("PING")
HELLO_LAUG = rpc("service.hello")
HELLO_ECHO = msgpack.packb("hello")


class Peers:
    """All servers of a run, started when first asked for."""

    def __init__(self, build, scratch):
        self.build, self.scratch = pathlib.Path(build).resolve(), pathlib.Path(scratch)
        self.servers, self.files = {}, 0
        missing = [name for name in ("load", "echo", "spawn", "timer") if not (self.build / "bench" / name).exists()]
        if missing:
            raise SystemExit(f"bench: {self.build}/bench lacks {', '.join(missing)}: build the target bench")

    def program(self, name):
        path = self.build / name
        if not path.exists():
            raise Skipped(f"there is no {name} in this build yet")
        return path

    def folder(self, name):
        folder = self.scratch / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def start(self, name, make):
        if name not in self.servers or self.servers[name].process.poll() is not None:
            self.servers[name] = make()
        return self.servers[name]

    def redis(self, durable=False):
        """Debian's redis-server, without persistence or with appendfsync always."""
        name = "redis-durable" if durable else "redis"

        def make():
            folder = self.folder(name)
            save = ["--appendonly", "yes", "--appendfsync", "always"] if durable else ["--appendonly", "no"]
            try:
                server = Server(["redis-server", "--port", "0", "--unixsocket", folder / "socket", "--dir", folder,
                                 "--save", "", *save], folder, folder / "socket")
            except FileNotFoundError:
                raise Skipped("redis-server is not installed") from None
            server.wait(HELLO_REDIS)
            return server
        return self.start(name, make)

    def echo(self):
        def make():
            folder = self.folder("echo")
            server = Server([self.build / "bench/echo", folder / "socket"], folder, folder / "socket")
            server.wait(HELLO_ECHO)
            return server
        return self.start("echo", make)

    def laugd(self, name="laug", settings="", prepare=None):
        """A daemon with a database of its own. prepare(server) fills it, once."""
        def make():
            folder = self.folder(name)
            state = folder / "state"
            is_new = not state.exists()
            server = self.laugd_process(folder, settings, init=is_new)
            server.wait(HELLO_LAUG)
            if is_new and prepare is not None:
                prepare(server)
            return server
        return self.start(name, make)

    def laugd_process(self, folder, settings="", init=False, clock=None):
        """Starts a daemon on folder/state; the caller waits for it and, unless it is kept in `servers`, stops it."""
        state = folder / "state"
        state.mkdir(mode=0o700, exist_ok=True)
        command = [self.program("laugd"), "--state", state, "--socket", folder / "socket"]
        if settings:
            (folder / "settings").write_text(settings)
            command += ["--config", folder / "settings"]
        if clock:
            command += ["--clock", clock]
        return Server(command + (["--init"] if init else []), folder, folder / "socket")

    def stop(self, name):
        if name in self.servers:
            self.servers.pop(name).stop()

    def stop_all(self):
        for name in list(self.servers):
            self.stop(name)

    def requests(self, requests):
        """A file of requests for the load client."""
        self.files += 1
        path = self.scratch / f"requests-{self.files}"
        path.write_bytes(b"".join(struct.pack("<I", len(request)) + request for request in requests))
        return path

    def load(self, server, framing, requests, clients=1, depth=1, seconds=0.5, warm=0.05, count=0, core=None):
        """Runs the load client; its figures as a dictionary."""
        command = [self.build / "bench/load", "--socket", server.socket, "--framing", framing,
                   "--requests", requests, "--clients", clients, "--depth", depth, "--seconds", seconds,
                   "--warm", warm, "--count", count]
        if core is not None:
            command = ["taskset", "-c", core, *command]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Skipped(done.stderr.strip() or f"the load client ended with {done.returncode}")
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def pinging(self, server, requests, framing="rpc", pause=0.0005):
        """One client that asks every now and then while the block runs; its figures are in the dictionary that it gives."""
        figures = {}
        command = [self.build / "bench/load", "--socket", server.socket, "--framing", framing, "--requests", requests,
                   "--seconds", 600, "--pause", pause]
        client = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            yield figures
        finally:
            client.terminate()
            said, trouble = client.communicate()
        if client.returncode != 0:
            raise Skipped(trouble.decode().strip() or f"the load client ended with {client.returncode}")
        figures.update(json.loads(said))

    def mail_server(self):
        """Takes every mail and forgets it: a process of its own, so that only laugd and the courier are measured."""
        def make():
            folder = self.folder("mail-server")
            server = Server(["/usr/bin/python3", pathlib.Path(__file__).with_name("mail.py"), folder / "port"], folder, None)
            wait_until((folder / "port").exists, 10, "a mail server")
            return server
        return self.start("mail-server", make)

    def courier(self, laug, port):
        """A courier that begins at once with what waits at `laug`; the caller stops it."""
        folder = self.folder("courier")
        (folder / "settings").write_text(f"[service]\nsocket = {laug.socket}\n[mail]\nfrom = laug@laug.example\n"
                                         f"host = 127.0.0.1\nport = {port}\nsecurity = none\n")
        return Server([self.program("laug-courier"), "--config", folder / "settings"], folder, None)

    def measured(self, program, *arguments):
        """Runs one of the measuring programs; its figures as a dictionary."""
        done = subprocess.run([str(self.program(f"bench/{program}")), *map(str, arguments)], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise Skipped(done.stderr.strip() or f"{program} ended with {done.returncode}")
        return json.loads(done.stdout)

    def spawn(self, count, *command):
        """How long a command takes, in milliseconds at the median."""
        return self.measured("spawn", count, *command)["p50_ms"]

    def forget(self, name):
        """Removes a stopped server's folder, so that the next start is a first one."""
        shutil.rmtree(self.scratch / name)
