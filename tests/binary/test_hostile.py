# SPDX-License-Identifier: MIT
"""Bytes meant to hurt: each gets a clear refusal or a closed connection, at once, and costs nobody else anything."""
import os
import random
import struct
import time

import msgpack
import pytest
from laugwire import Client, Gone

METHOD = b"\xa9team.list"


def call_with(params):
    """A call with number 7 whose parameters are these raw bytes."""
    return b"\x94\x00\x07" + METHOD + params


def one(key, value):
    return call_with(b"\x91\x81" + msgpack.packb(key) + value)


def deep(levels):
    return b"\x91" * levels + b"\xc0"


REFUSED = {"invalid", "too_large"}
# name -> bytes, what may come of it
FRAMES = {
    "parameter nobody knows": (one("colour", b"\xa3red"), REFUSED),
    "parameters are a map": (call_with(b"\x80"), REFUSED),
    "parameters are nil": (call_with(b"\xc0"), REFUSED | {"answer"}),
    "parameter record is a list": (call_with(b"\x91\x90"), REFUSED),
    "two parameter records": (call_with(b"\x92\x80\x80"), REFUSED),
    "duplicate keys": (call_with(b"\x91\x82\xa5limit\x05\xa5limit\x06"), REFUSED),
    "key is a number": (call_with(b"\x91\x81\x05\x05"), REFUSED),
    "key is nil": (call_with(b"\x91\x81\xc0\x05"), REFUSED),
    "bad UTF-8": (one("after", b"\xa2\xc3\x28"), REFUSED | {"close"}),
    "overlong UTF-8": (one("after", b"\xa2\xc0\xaf"), REFUSED | {"close"}),
    "surrogate in UTF-8": (one("after", b"\xa3\xed\xa0\x80"), REFUSED | {"close"}),
    "bad UTF-8 in a key": (call_with(b"\x91\x81\xa2\xc3\x28\x05"), REFUSED | {"close"}),
    "NUL in a text": (one("after", b"\xa3a\x00b"), REFUSED),
    "text as bytes": (one("after", b"\xc4\x04anna"), REFUSED),
    "not a number": (one("limit", b"\xcb" + struct.pack(">d", float("nan"))), REFUSED | {"close"}),
    "infinite": (one("limit", b"\xcb" + struct.pack(">d", float("inf"))), REFUSED | {"close"}),
    "a fraction for a count": (one("limit", b"\xcb" + struct.pack(">d", 2.5)), REFUSED),
    "extension type": (one("limit", b"\xd4\x05\x00"), REFUSED | {"close"}),
    "extension type timestamp": (one("limit", b"\xd6\xff\x00\x00\x00\x00"), REFUSED | {"close"}),
    "integer above 2^63": (one("limit", b"\xcf" + b"\xff" * 8), REFUSED),
    "integer above 2^53": (one("limit", b"\xcf\x00\x20" + b"\x00" * 6), REFUSED),
    "most negative integer": (one("limit", b"\xd3\x80" + b"\x00" * 7), REFUSED),
    "limit 0": (one("limit", b"\x00"), REFUSED),
    "limit above its range": (one("limit", b"\xcd\xff\xff"), REFUSED),
    "nesting 17 deep": (one("limit", deep(17)), REFUSED | {"close"}),
    "nesting 100,000 deep": (one("limit", deep(100_000)), REFUSED | {"close"}),
    "list says 4 billion": (call_with(b"\xdd\xff\xff\xff\xff"), {"too_large", "invalid", "close"}),
    "map says 4 billion": (call_with(b"\x91\xdf\xff\xff\xff\xff"), {"too_large", "invalid", "close"}),
    "map that asks for 256 GiB": (b"\xdf\xff\x33\xc1\xff", {"close"}),
    "text says 4 GiB": (one("after", b"\xdb\xff\xff\xff\xff"), {"too_large", "invalid", "close"}),
    "bytes say 4 GiB": (one("after", b"\xc6\xff\xff\xff\xff"), {"too_large", "invalid", "close"}),
    "extension says 4 GiB": (one("after", b"\xc9\xff\xff\xff\xff\x01"), {"too_large", "invalid", "close"}),
    "a frame of 2 MiB": (one("after", b"\xdb" + struct.pack(">I", 2 << 20) + b"a" * (2 << 20)),
                         {"too_large", "close"}),
    "the byte that is never used": (b"\xc1", {"close"}),
    "the byte that is never used, inside": (one("limit", b"\xc1"), REFUSED | {"close"}),
    "not a list": (b"\x80", {"close"}),
    "a number": (b"\x05", {"close"}),
    "an empty list": (b"\x90", {"close"}),
    "a call of three": (b"\x93\x00\x07" + METHOD, {"close"} | REFUSED),
    "a call of five": (call_with(b"\x90").replace(b"\x94", b"\x95", 1) + b"\xc0", {"close"} | REFUSED),
    "message type 5": (b"\x94\x05\x07" + METHOD + b"\x90", {"close"}),
    "an answer to nobody": (b"\x94\x01\x07\xc0\xc0", {"close", "silence"}),
    "call number is a text": (b"\x94\x00\xa17" + METHOD + b"\x90", {"close"}),
    "call number is negative": (b"\x94\x00\xff" + METHOD + b"\x90", {"close"}),
    "call number above 2^32": (b"\x94\x00\xcf\x00\x00\x00\x01\x00\x00\x00\x00" + METHOD + b"\x90", {"close"}),
    "method is a number": (b"\x94\x00\x07\x05\x90", REFUSED | {"close"}),
    "method is bytes": (b"\x94\x00\x07\xc4\x09team.list\x90", REFUSED | {"close"}),
    "method is empty": (b"\x94\x00\x07\xa0\x90", {"unknown_method", "invalid", "close"}),
    "method of 60,000 letters": (b"\x94\x00\x07\xda\xea\x60" + b"m" * 60_000 + b"\x90",
                                 {"unknown_method", "invalid", "too_large", "close"}),
    "SQL in an id": (one("after", msgpack.packb("x'; DROP TABLE person; --")), REFUSED),
    "an HTTP request": (b"GET / HTTP/1.1\r\nHost: laug\r\n\r\n", {"close"}),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100, {"close"}),
}


@pytest.fixture(scope="module")
def hurt():
    """One daemon for all the frames: what one of them breaks, the next one shows."""
    import laugwire

    if not (laugwire.build_folder() / "laugd").exists():
        pytest.skip("laugd is not built")
    daemon = laugwire.Daemon().start()
    yield daemon
    daemon.finish()


def outcome(daemon, data, seconds=4):
    with Client(daemon.socket) as client:
        try:
            client.send_bytes(data)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                client.read_some(0.2)
                if client.answers:
                    (msgid, (error, _)), = client.answers.items()
                    assert msgid == 7
                    return error[1].split()[0].rstrip(":") if error else "answer"
        except Gone:
            return "close"
    return "silence"


def memory_kib(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


@pytest.mark.parametrize("name", FRAMES)
def test_hostile_frame(hurt, name):
    data, may = FRAMES[name]
    before = memory_kib(hurt)
    with hurt.connect() as bystander:
        assert outcome(hurt, data) in may
        assert bystander.call("service.hello")
    assert memory_kib(hurt) - before < 32 * 1024


def test_plain_call_works_the_same_way(hurt):
    """The table above would prove nothing if an honest frame made this way were refused too."""
    assert outcome(hurt, call_with(b"\x90")) == "answer"
    assert outcome(hurt, call_with(b"\x91\x80")) == "answer"
    assert outcome(hurt, one("limit", b"\x05")) == "answer"


def test_bytes_one_at_a_time(hurt):
    with hurt.connect() as client:
        for byte in call_with(b"\x91\x81\xa5limit\x05"):
            client.send_bytes(bytes([byte]))
        assert client.answer(7)["items"] == []


def test_random_bytes_and_broken_calls(hurt):
    """Two thousand mutations of honest calls, by a seed that the failure names."""
    seed = int(os.environ.get("LAUG_SEED", 20270104))
    chance = random.Random(seed)
    honest = [call_with(b"\x90"), one("limit", b"\x05"), msgpack.packb([0, 7, "person.add", [{
        "id": "bo", "name": "Bo Lund", "email": "bo@example.org", "hired_on": "2020-01-01"}]])]
    for turn in range(2000):
        data = bytearray(chance.choice(honest))
        for _ in range(chance.randint(1, 4)):
            kind, place = chance.randrange(3), chance.randrange(len(data))
            if kind == 0:
                data[place] = chance.randrange(256)
            elif kind == 1:
                data.insert(place, chance.randrange(256))
            else:
                del data[place:place + chance.randint(1, 3)]
            data = data or bytearray(b"\xc0")
        client = Client(hurt.socket)
        try:
            client.send_bytes(bytes(data))
            client.read_some(0)
        except (Gone, AssertionError, ValueError):
            pass
        client.close()
        assert hurt.process.poll() is None, f"seed {seed}, turn {turn}: {bytes(data).hex()}\n{hurt.log()}"
    with hurt.connect() as client:
        assert client.call("service.hello")
