# SPDX-License-Identifier: MIT
"""A place that is posted to: it keeps what comes, checks every signature, and misbehaves by path."""
import base64
import hashlib
import hmac
import http.server
import socket
import ssl
import threading
import time

SECRET = b"a secret of more than sixteen bytes"


def is_signed(headers, body, secret=SECRET):
    """As the documents of Standard Webhooks say it is checked."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(part, f"v1,{expected}") for part in headers.get("webhook-signature", "").split(" ")) \
        and abs(int(headers["webhook-timestamp"]) - time.time()) < 300


class Request:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body, self.at = path, headers, body, time.monotonic()
        self.key = headers["Idempotency-Key"]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self):
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with receiver.lock:
            receiver.requests.append(Request(self.path, dict(self.headers), body))
            nth = sum(1 for request in receiver.requests if request.path == self.path)
        action = receiver.actions.get(self.path, receiver.usual)
        if callable(action):
            action = action(nth)
        self.act(receiver, action)

    do_GET = do_PUT = do_HEAD = do_POST

    def act(self, receiver, action):
        """A number is a status; a tuple (status, headers, body); drop, hang or endless are what they say."""
        if action == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if action == "hang":
            receiver.released.wait(30)
            self.close_connection = True
            return
        if action == "endless":
            self.send_response(200)
            self.end_headers()
            try:
                while not receiver.released.is_set():
                    self.wfile.write(b"x" * 65536)
                    receiver.endless_bytes += 65536
            except OSError:
                pass
            self.close_connection = True
            return
        if isinstance(action, float):
            time.sleep(action)
            action = 200
        status, headers, body = (action, {}, b"ok") if isinstance(action, int) else action
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass  # connections that are dropped, and handshakes that fail, are what is tested


class Receiver:
    def __init__(self, context=None, host="127.0.0.1"):
        self.lock, self.requests, self.actions, self.usual = threading.Lock(), [], {}, 200
        self.released, self.endless_bytes = threading.Event(), 0
        self.server = Server((host, 0), Handler)
        self.server.receiver = self
        self.port = self.server.server_address[1]
        self.scheme = "https" if context else "http"
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def url(self, path="/ok", host="localhost"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def keys(self, path=None):
        with self.lock:
            return [request.key for request in self.requests if path in (None, request.path)]

    def stop(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


def tls(key, made):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context
