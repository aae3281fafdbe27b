# SPDX-License-Identifier: MIT
"""The two ends of the courier: a service that hands out messages, and a mail server that can misbehave."""
import asyncio
import email
import email.policy
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import threading
import time

import msgpack
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from laugwire import SANITIZER_MARKS, build_folder


class Service:
    """Speaks the part of the protocol that the courier needs. Items go pending -> claimed -> an outcome."""

    def __init__(self, path):
        self.path = str(path)
        self.lock = threading.RLock()
        self.items, self.states, self.outcomes, self.waits = {}, {}, {}, {}
        self.settled, self.claims, self.request_ids, self.seq = [], [], {}, 100
        self.feeds, self.connections, self.listener = [], [], None
        self.silent_settle = False
        self.refuse_claim = None
        self.largest_claim = 500

    def start(self):
        pathlib.Path(self.path).unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()
        return self

    def stop(self):
        listener, self.listener = self.listener, None
        if listener:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self.lock:
            connections, self.connections, self.feeds = self.connections, [], []
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept(self, listener):
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            with self.lock:
                self.connections.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        unpacker = msgpack.Unpacker(raw=False)
        try:
            while data := connection.recv(1 << 16):
                unpacker.feed(data)
                for kind, msgid, method, params in unpacker:
                    assert kind == 0 and len(params) <= 1
                    with self.lock:
                        self.answer(connection, msgid, method, params[0] if params else {})
        except OSError:
            pass
        finally:
            connection.close()

    def answer(self, connection, msgid, method, params):
        error = result = None
        if method == "event.subscribe":
            self.feeds.append(connection)
            result = {"since": self.seq}
        elif method == "outbox.claim" and self.refuse_claim:
            error = self.refuse_claim
        elif method == "outbox.claim" and params["limit"] > self.largest_claim:
            error = [1, "too_large: the answer would be too long"]
        elif method == "outbox.claim":
            assert set(params) == {"limit"} and 1 <= params["limit"] <= 500
            result = {"items": self.claim(params["limit"])}
        elif method == "outbox.settle":
            if self.silent_settle:
                return
            assert set(params) - {"wait_seconds"} == {"id", "outcome", "detail", "request_id"}
            result = self.request_ids.get(params["request_id"])
            if result is None:
                result = self.request_ids[params["request_id"]] = self.settle(**params)
        else:
            error = [1, f"unknown_method: there is no {method}"]
        connection.sendall(msgpack.packb([1, msgid, error, result]))

    def claim(self, limit):
        self.claims.append(time.monotonic())
        chosen = [id for id in self.items if self.states[id] == "pending"][:limit]
        for id in chosen:
            self.states[id] = "claimed"
        return [self.items[id] for id in chosen]

    def settle(self, id, outcome, detail, request_id, wait_seconds=None):
        assert outcome in ("sent", "deferred", "refused") and len(detail) < 500 and len(request_id) == 32
        assert wait_seconds is None or (outcome == "deferred" and 1 <= wait_seconds <= 21600)
        self.waits[id] = wait_seconds
        self.settled.append((id, outcome, detail))
        self.states[id] = outcome
        self.outcomes[id] = (outcome, detail)
        return {}

    def tell(self, kind="outbox.ready"):
        with self.lock:
            self.seq += 1
            for feed in self.feeds:
                try:
                    feed.sendall(msgpack.packb([2, "event", [{"seq": self.seq, "at": "x", "kind": kind}]]))
                except OSError:
                    pass

    def post(self, id, to="anna@example.org", tell=True, **fields):
        with self.lock:
            self.items[id] = {"id": id, "channel": "mail", "to": to, "to_name": "Anna Åkjær", "subject": f"About {id}", "text": "Hello\n",
                              "message_id": f"rule:turn:{id}:-1d", "language": "en", "attempt": 1, **fields}
            self.states[id] = "pending"
        if tell:
            self.tell()

    def post_to(self, id, url, webhook="chat", form="plain", tell=True, **fields):
        self.post(id, to=url, tell=tell, channel="webhook", to_name="Team chat", webhook=webhook, form=form, message_id=id,
                  **{"kind": "turn", "about": "showcase-1", "when": "2027-01-06T13:00:00+01:00",
                     "command": "laug rotation explain showcase-1", **fields})

    def release(self):
        """What a lease that ends does: everything claimed and everything deferred is there again."""
        with self.lock:
            for id, state in self.states.items():
                if state in ("claimed", "deferred"):
                    self.states[id] = "pending"
        self.tell()

    def wait(self, ids, seconds=40):
        ids = [ids] if isinstance(ids, str) else list(ids)
        end = time.monotonic() + seconds
        while not all(id in self.outcomes for id in ids):
            left = [id for id in ids if id not in self.outcomes]
            assert time.monotonic() < end, f"not settled: {left[:5]} and {len(left)} in all"
            time.sleep(0.005)
        return self.outcomes[ids[0]]


class Mailbox:
    """What a mail server thinks of each recipient, and what it got."""

    def __init__(self):
        self.bytes, self.commands = [], []
        self.recipients = {}  # address -> what RCPT is answered
        self.on_mail, self.on_data = "250 OK", "250 taken"
        self.sessions, self.hold = set(), {}

    async def wait_for_release(self, place, address=""):
        while self.hold.get(place) and (self.hold[place] is True or self.hold[place] in address):
            await asyncio.sleep(0.01)

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.sessions.add(session.peer)
        if self.on_mail.startswith("250"):
            envelope.mail_from = address
        return self.on_mail

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self.wait_for_release("rcpt", address)
        answer = self.recipients.get(address, "250 OK")
        if answer == "drop":
            server.transport.abort()
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        if self.on_data != "drop before":
            self.bytes.append(envelope.content)
        await self.wait_for_release("data", envelope.rcpt_tos[0])
        if self.on_data.startswith("drop"):
            server.transport.abort()
        return self.on_data

    def messages(self):
        return [email.message_from_bytes(content, policy=email.policy.default) for content in self.bytes]

    def ids(self):
        return [message["Message-ID"] for message in self.messages()]


class MailServer(Controller):
    def __init__(self, mailbox, port, context=None, password=None, implicit=False, greeting=None):
        self.password, self.greeting, self.starttls = password, greeting, None if implicit else context
        super().__init__(mailbox, hostname="127.0.0.1", port=port, ssl_context=context if implicit else None)

    def authenticate(self, server, session, envelope, mechanism, data):
        assert isinstance(data, LoginPassword)
        is_right = data.password.decode() == self.password and data.login == b"laug"
        return AuthResult(success=is_right, handled=is_right)  # what is not handled is answered with 535

    def factory(self):
        return SMTP(self.handler, hostname="mail.test", timeout=600, tls_context=self.starttls,
                    require_starttls=self.starttls is not None, auth_required=self.password is not None,
                    auth_require_tls=self.ssl_context is None, authenticator=self.authenticate if self.password else None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificate(folder, name="localhost"):
    """A key and certificate that sign themselves; gives their paths."""
    key, made = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", key,
                    "-out", made], check=True, capture_output=True)
    return key, made


def server_context(key, made):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


class Courier:
    """laug-courier with settings of its own."""

    def __init__(self, folder, socket_path, port, security="none", limits="", prefix=(), environment=None, webhook=None, **mail):
        self.folder, self.prefix = folder, list(prefix)
        self.program = build_folder() / "laug-courier"
        self.settings, self.errors = folder / "courier.conf", folder / "courier.stderr"
        self.environment = dict(os.environ, **(environment or {}))
        self.process = None
        fields = {"from": "Laug på værket <laug@firma.example>", "host": "localhost", "port": port,
                  "security": security, **mail}
        self.settings.write_text(f"[service]\nsocket = {socket_path}\n[mail]\n"
                                 + "".join(f"{name} = {value}\n" for name, value in fields.items())
                                 + f"[limits]\n{limits}\n[webhook]\n"
                                 + "".join(f"{name} = {value}\n" for name, value in (webhook or {}).items()))

    def start(self):
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen([*self.prefix, self.program, "--config", self.settings], stderr=errors,
                                            stdin=subprocess.DEVNULL, env=self.environment)
        return self

    def log(self):
        return self.errors.read_text(errors="replace") if self.errors.exists() else ""

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=40):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it did not end within {seconds} s:\n{self.log()}") from None

    def finish(self):
        status = self.stop() if self.process and self.process.poll() is None else 0
        assert not any(mark in self.log() for mark in SANITIZER_MARKS), self.log()
        assert status == 0, self.log()


class RawServer:
    """A mail server of bare sockets: `script(connection, nth)` talks to each connection, which ends with it."""

    def __init__(self, port, script):
        self.script, self.count, self.sockets = script, 0, []
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            self.sockets.append(connection)
            threading.Thread(target=self.run, args=(connection, self.count), daemon=True).start()
            self.count += 1

    def run(self, connection, nth):
        try:
            self.script(RawConnection(connection), nth)
        except (OSError, EOFError):
            pass
        finally:
            connection.close()

    def stop(self, no_assert=True):
        for one in [self.listener, *self.sockets]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()


class RawConnection:
    def __init__(self, connection):
        self.socket, self.file = connection, connection.makefile("rb")

    def say(self, text):
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def hear(self):
        line = self.file.readline()
        if not line:
            raise EOFError
        return line.decode("latin-1").rstrip("\r\n")

    def greet(self, greeting="220 raw\r\n"):
        self.say(greeting)
        self.hear()
        self.say("250 raw\r\n")

    def hear_body(self):
        """Up to the final dot; at once where DATA was not let in."""
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise EOFError
            lines.append(line)
        return b"".join(lines)

    def take_mail(self, answers=("250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n")):
        """One mail, each of its four steps answered; gives what was heard."""
        heard = [self.hear()]
        self.say(answers[0])
        heard.append(self.hear())
        self.say(answers[1])
        heard.append(self.hear())
        self.say(answers[2])
        heard.append(self.hear_body())
        self.say(answers[3])
        return heard


class World:
    def __init__(self, folder):
        self.folder = folder
        self.service = Service(folder / "laug.sock")
        self.mailbox, self.port = Mailbox(), free_port()
        self.couriers, self.servers = [], []

    def mail_server(self, **options):
        server = MailServer(self.mailbox, self.port, **options)
        server.start()
        self.servers.append(server)
        return server

    def courier(self, **options):
        courier = Courier(self.folder, self.service.path, self.port, **options)
        self.couriers.append(courier)
        return courier.start()

    def start(self, **options):
        self.service.start()
        self.mail_server()
        return self.courier(**options)

    def finish(self):
        try:
            self.mailbox.hold.clear()
            for courier in self.couriers:
                courier.finish()
        finally:
            for courier in self.couriers:
                if courier.process and courier.process.poll() is None:
                    courier.kill()
            for server in self.servers:
                server.stop(no_assert=True)
            self.service.stop()
