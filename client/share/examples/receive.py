#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Takes what Laug posts to a webhook of the form `plain`, and says each post as one line.

    receive.py --secret FILE [--port 8099] [--seen FILE]

The courier may post here once its settings have  hosts = localhost:8099  under [webhook], and an admin has said

    laug webhook add mine --title "My program" --form plain --url http://localhost:8099/laug
    laug reminder rule change turn --webhooks mine

Needs nothing but Python. FILE holds the secret that the courier signs with. With --seen it remembers what has come, also when
it is started anew; else a post that the courier repeats after a crash may be said twice. To copy: `is_signed` is all there is
to the signature (https://www.standardwebhooks.com), and `sentence` is where to do things your own way.
"""
import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

LARGEST, OLDEST_SECONDS, REMEMBERED = 1 << 20, 300, 10000


def read_secret(path):
    with open(path, "rb") as file:
        line = file.read().rstrip(b"\n")
    return base64.b64decode(line[6:]) if line.startswith(b"whsec_") else line


def is_signed(secret, headers, body):
    """Whether who posts has the secret, and has signed this very body just now."""
    id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (at.isascii() and at.isdigit()) or abs(time.time() - int(at)) > OLDEST_SECONDS:
        return False
    made = base64.b64encode(hmac.digest(secret, f"{id}.{at}.".encode() + body, hashlib.sha256)).decode()
    return any(hmac.compare_digest(one, f"v1,{made}") for one in headers.get("webhook-signature", "").split())


def visible(text):
    """Names are what people typed: what would steer a terminal, end the line or turn its letters round is shown as its number."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def sentence(post):
    """One line about a post. `subject` is the turn or sabbatical, for whoever wants to ask Laug more about it."""
    day = f"{post['when'][:10]}: " if post["when"] else ""
    return visible(f"{day}{post['title']} ({post['kind']} {post['subject']})")


class Seen:
    """The ids of posts that have been said, the newest of them; in a file, if there is one."""

    def __init__(self, path):
        self.path, self.ids, self.lock = path, {}, threading.Lock()
        if path and os.path.exists(path):
            with open(path, encoding="ascii") as file:
                self.ids = dict.fromkeys(file.read().split()[-REMEMBERED:])

    def add(self, id):
        self.ids[id] = None
        while len(self.ids) > REMEMBERED:
            del self.ids[next(iter(self.ids))]
        if self.path:
            with open(self.path, "a", encoding="ascii") as file:
                file.write(f"{id}\n")
                file.flush()
                os.fsync(file.fileno())


class Handler(http.server.BaseHTTPRequestHandler):
    timeout = 30

    def do_POST(self):
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):  # -1 would be all that ever comes
            return self.send_error(400)
        if int(length[:20]) > LARGEST:
            return self.send_error(413)
        body = self.rfile.read(int(length))
        if not is_signed(self.server.secret, self.headers, body):
            return self.send_error(401)  # for good: an admin is told
        with self.server.seen.lock:
            if self.headers["webhook-id"] not in self.server.seen.ids:
                print(sentence(json.loads(body)), flush=True)
                self.server.seen.add(self.headers["webhook-id"])  # 2xx only once it is done: else it comes again
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--secret", metavar="FILE", required=True)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--seen", metavar="FILE", help="where to remember what has come")
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    server.secret, server.seen = read_secret(options.secret), Seen(options.seen)
    print(f"receive.py: listening on http://localhost:{options.port}/", file=sys.stderr, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as trouble:
        sys.exit(f"receive.py: {trouble}")
    except KeyboardInterrupt:
        sys.exit(130)
