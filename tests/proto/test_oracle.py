# SPDX-License-Identifier: MIT
"""Every method's parameters, filled at random as the service describes them, through our unpacking and packing and through
python3-msgpack: the same bytes. And with one thing wrong: refused, by the name of the field."""
import datetime
import os
import random
import re
import subprocess

import msgpack
import pytest
from laugwire import build_folder

SEED = int(os.environ.get("LAUG_SEED", 20270104))
LETTERS = "abcxyzæøå€𝄞 -'\"\\<>&"


class Echo:
    def __init__(self):
        self.process = subprocess.Popen([build_folder() / "tests/tool_echo"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def ask(self, method, packed):
        self.process.stdin.write(f"{method} {len(packed)}\n".encode() + packed)
        self.process.stdin.flush()
        head = self.process.stdout.readline().decode().split()
        return self.process.stdout.read(int(head[1])) if head[0] == "ok" else " ".join(head)


@pytest.fixture(scope="module")
def echo():
    if not (build_folder() / "tests/tool_echo").exists():
        pytest.skip("tool_echo is not built")
    tool = Echo()
    yield tool
    tool.process.stdin.close()
    assert tool.process.wait(10) == 0


@pytest.fixture(scope="module")
def methods():
    import laugwire

    if not (build_folder() / "laugd").exists():
        pytest.skip("laugd is not built")
    daemon = laugwire.Daemon().start()
    with daemon.connect() as client:
        described = client.call("service.describe")["methods"]
    daemon.finish()
    return {method["name"]: method["takes"] for method in described}


def slug(chance):
    return chance.choice("abz09") + "".join(chance.choice("abcz019-_.") for _ in range(chance.randrange(12)))


def day(chance):
    return datetime.date.fromordinal(chance.randint(1, datetime.date.max.toordinal()))


def moment(chance, letter):
    return f"{day(chance).isoformat()}T{chance.randrange(24):02}:{chance.randrange(60):02}{letter}"


def value(chance, kind):
    """A value that the description allows; None where this test does not know how to make one."""
    words = kind.split(",")[0].split()
    low, high = (int(number) for number in re.findall(r"(-?\d+)\.\.(-?\d+)", kind)[0]) if ".." in kind else (0, 0)
    if words[0] == "list":
        most = int(re.findall(r"at most (\d+)", kind)[0]) if "at most" in kind else 1000
        items = [value(chance, kind.split("of", 1)[1].strip()) for _ in range(chance.randrange(min(most, 9) + 1))]
        return None if None in items else items
    if words[0] == "text":
        text = "".join(chance.choice(LETTERS) for _ in range(chance.randint(low, min(high, low + 40))))
        return text if low == 0 or text.strip() else "x" * len(text)  # blanks alone are nothing to read
    if words[0] in ("integer", "minutes"):
        return chance.choice([low, high, chance.randint(low, high)])
    makers = {"slug": lambda: slug(chance), "bool": lambda: chance.random() < 0.5, "date": lambda: day(chance).isoformat(),
              "rule": lambda: "FREQ=MONTHLY;BYDAY=-1FR", "instant": lambda: moment(chance, ":30Z"),
              "local": lambda: moment(chance, ""),
              "moment": lambda: chance.choice([day(chance).isoformat(), moment(chance, ""), moment(chance, ":30Z")]), "one": lambda: chance.choice(words[2:]),
              "value": lambda: chance.choice([1, "x", [1, None, {"a": True}], {"k": []}])}
    return makers[words[0]]() if words[0] in makers else None


def fill(chance, fields):
    """What to send, and what the daemon makes of it: in its own order, with defaults, lists never absent."""
    sent, kept = {}, {}
    for field in fields:
        kind, name = field["kind"], field["name"]
        default = re.search(r"default (\S+)", kind)
        may_miss = ", optional" in kind or default or kind.startswith("list")
        made = value(chance, kind)
        if made is None and not may_miss:
            return None, None
        if made is not None and (not may_miss or chance.random() < 0.7):
            sent[name] = kept[name] = made
        elif default and default[1] != "caller":
            text = default[1].rstrip(",")
            kept[name] = {"yes": True, "no": False}.get(text, int(text) if text.lstrip("-").isdigit() else text)
        elif kind.startswith("list"):
            kept[name] = []
    pairs = list(sent.items())
    chance.shuffle(pairs)
    return dict(pairs), kept


def test_the_same_bytes(echo, methods):
    chance, tried = random.Random(SEED), set()
    for turn in range(40):
        for name, fields in methods.items():
            sent, kept = fill(chance, fields)
            if sent is None:
                continue
            tried.add(name)
            answer = echo.ask(name, msgpack.packb(sent))
            assert answer == msgpack.packb(kept), f"seed {SEED}, turn {turn}: {name} {sent}\n{answer}"
    assert len(tried) > 40 and tried >= {"person.add", "rotation.add", "service.batch", "clock.advance"} & set(methods)


def wrong_ways(chance, sent, fields):
    """(parameters with one thing wrong, the field to be named)"""
    yield dict(sent, colour=1), "colour"
    for field in fields:
        name, kind = field["name"], field["kind"]
        if ", optional" not in kind and "default" not in kind and not kind.startswith("list"):
            yield {key: value for key, value in sent.items() if key != name}, name
        if not kind.startswith(("list", "value")):
            yield dict(sent, **{name: b"bytes"}), name
            yield dict(sent, **{name: 1.5}), name
            yield dict(sent, **{name: msgpack.ExtType(5, b"x")}), name
        if kind.startswith(("text", "slug", "rule", "date", "instant", "local", "moment", "one")):
            yield dict(sent, **{name: 7}), name
            yield dict(sent, **{name: "\x1b"}), name
        if kind.startswith(("integer", "minutes")):
            low, high = (int(number) for number in re.findall(r"(-?\d+)\.\.(-?\d+)", kind)[0])
            yield dict(sent, **{name: high + 1}), name
            yield dict(sent, **{name: low - 1}), name
            yield dict(sent, **{name: 1 << 63}), name


def test_one_thing_wrong(echo, methods):
    chance, tried = random.Random(SEED), 0
    for name, fields in methods.items():
        sent, _ = fill(chance, fields)
        for params, field in wrong_ways(chance, sent, fields) if sent is not None else ():
            if any(made["kind"].split()[0] not in ("text", "slug", "integer", "bool", "list", "one", "date", "instant",
                                                   "local", "moment", "rule", "minutes", "value") for made in fields):
                continue
            tried += 1
            answer = echo.ask(name, msgpack.packb(params))
            assert answer == f"invalid {field}", f"{name} {params}: {answer!r}, not {field}"
    assert tried > 300
