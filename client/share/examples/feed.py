#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Listens to Laug's events and passes each on as one line: to standard output, or to a URL.

    feed.py                                             # as it happens, on the terminal
    feed.py --state ~/.laug-feed --post https://ntfy.example.com/showcase

Needs python3-msgpack and nothing else. With --state it remembers the last event that it passed on, so that none is lost
when this program or the daemon restarts; one may come twice where it was ended in between, with the same Idempotency-Key.
Whom it may hear of depends on who runs it: a member of the group laug-tool hears of turns and people, by id. To copy:
`Laug` is all there is to the protocol, and `sentence` is where to say things your own way.
"""
import argparse
import os
import socket
import sys
import time
import urllib.error
import urllib.request

import msgpack


class Refused(Exception):
    """The service's answer was an error; its text begins with a code, such as `not_found`."""


class Laug:
    """One connection: a request is [0, id, method, [parameters]], its answer [1, id, error, result]."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.unpacker = msgpack.Unpacker(raw=False)
        self.last_id = 0

    def message(self):
        while True:
            for message in self.unpacker:
                return message
            data = self.socket.recv(1 << 16)
            if not data:
                raise ConnectionError("the service has ended")
            self.unpacker.feed(data)

    def call(self, method, **parameters):
        self.last_id += 1
        self.socket.sendall(msgpack.packb([0, self.last_id, method, [parameters]]))
        while True:
            kind, *rest = self.message()
            if kind == 1 and rest[0] == self.last_id:
                if rest[1] is not None:
                    raise Refused(rest[1][1])
                return rest[2]

    def events(self):
        """What a subscribed connection hears: each event once and in order, for ever."""
        while True:
            kind, name, parameters = self.message()
            if kind == 2 and name == "event":
                yield parameters[0]


def visible(text):
    """Names are what people typed: what would steer a terminal, end the line or turn its letters round is shown as its number."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def sentence(laug, event):
    """One line about an event. Events carry ids only; the names are asked for, on another connection than the feed's."""
    def known(method, id, field):
        try:
            return laug.call(method, id=id)[field] if id else "nobody"
        except (Refused, KeyError):  # gone since, or not for us to know
            return id

    if event["kind"] in ("turn.published", "turn.changed"):
        title = known("rotation.show", event["rotation"], "title")
        when = known("turn.show", event["turn"], "local").replace("T", " ")
        holder = event.get("member")
        for method in ("person.show", "team.show"):
            if holder == event.get("member"):
                holder = known(method, holder, "name")
        why = event.get("why", "planned")
        return visible(f"{title}, {when}: {holder} ({why}; {event['turn']})")
    rest = ", ".join(f"{name} {value}" for name, value in event.items() if name not in ("seq", "at", "kind"))
    return visible(f"{event['kind']}: {rest}" if rest else event["kind"])


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is posted goes where it was told to go, and nowhere else."""

    def redirect_request(self, *_):
        return None


def post(url, line, seq):
    """Until the other side has it: a server that is away is asked again, later each time. Only a plain no is taken for one."""
    request = urllib.request.Request(url, data=line.encode(), method="POST", headers={
        "Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": f"laug-{seq}"})
    wait = 1
    while True:
        try:
            urllib.request.build_opener(NoRedirect).open(request, timeout=20).close()
            return
        except urllib.error.HTTPError as answer:
            if 300 <= answer.code < 500 and answer.code not in (408, 425, 429):
                print(f"feed.py: {url} does not want event {seq}: {answer}", file=sys.stderr)
                return
        except OSError as trouble:
            print(f"feed.py: {trouble}; trying again in {wait} s", file=sys.stderr)
        time.sleep(wait)
        wait = min(2 * wait, 300)


def say(line):
    try:
        print(line, flush=True)
    except BrokenPipeError:  # nobody reads any more: `feed.py | head`
        os._exit(141)


def remembered(path):
    try:
        with open(path, encoding="ascii") as file:
            return int(file.read())
    except (TypeError, FileNotFoundError, ValueError):  # no --state, the first time, or an empty file
        return None


def remember(path, seq):
    """A power cut leaves the number before or this one, never half of it."""
    if path:
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(f"{seq}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(path + ".new", path)


def subscribe(laug, since):
    """Begins behind the event `since`, or now; gives where it begins. What is too old to be kept is told, and passed over."""
    try:
        return laug.call("event.subscribe", **({} if since is None else {"since": since}))["since"]
    except Refused as refusal:
        if since is None or " since:" not in str(refusal):
            raise
        print(f"feed.py: {refusal}; going on from now", file=sys.stderr)
        return laug.call("event.subscribe")["since"]


def follow(options):
    """Passes events on until the connection ends."""
    feed, asking = Laug(options.socket), Laug(options.socket)
    options.since = subscribe(feed, options.since)
    remember(options.state, options.since)
    for event in feed.events():
        if event["kind"].startswith(tuple(options.kind)):
            line = sentence(asking, event)
            if options.post:
                post(options.post, line, event["seq"])
            else:
                say(line)
        options.since = event["seq"]
        remember(options.state, options.since)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--socket", default=os.environ.get("LAUG_SOCKET", "/run/laug/laug.sock"))
    parser.add_argument("--state", metavar="FILE", help="where to remember the last event")
    parser.add_argument("--post", metavar="URL", help="POST each line there as plain text")
    parser.add_argument("--kind", action="append", metavar="BEGINNING", help="only events like turn. or sabbatical.")
    options = parser.parse_args()
    options.kind = options.kind or [""]
    options.since = remembered(options.state)
    wait = 1
    while True:
        began = time.monotonic()
        try:
            follow(options)
        except OSError as trouble:
            print(f"feed.py: {options.socket}: {trouble}; trying again in {wait} s", file=sys.stderr)
        time.sleep(wait)
        wait = 1 if time.monotonic() - began > 60 else min(2 * wait, 60)


if __name__ == "__main__":
    try:
        main()
    except Refused as refusal:
        sys.exit(f"feed.py: {refusal}")
    except KeyboardInterrupt:
        sys.exit(130)
