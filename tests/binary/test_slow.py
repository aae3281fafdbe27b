# SPDX-License-Identifier: MIT
"""Slow reads run on a thread of their own: in any order, in any number, from whoever goes away meanwhile."""
import time

import msgpack
import pytest
from laugwire import Refused

SLOW = "reminder.counts"


@pytest.fixture
def busy(client):
    """A company with some reminders to count."""
    if SLOW not in {method["name"] for method in client.call("service.describe")["methods"]}:
        pytest.skip(f"this daemon knows no {SLOW}")
    client.call("service.batch", calls=[{"method": "person.add", "params": {"id": f"p{n}", "name": "P"}}
                                        for n in range(50)])
    client.call("reminder.rule.add", id="weekly", title="Weekly", starts="2027-01-04T09:00", rule="FREQ=WEEKLY;BYDAY=MO",
                to=["everyone"])
    client.call("clock.advance", to="2027-02-01T12:00:00Z")
    return client


def test_answer_is_that_of_the_data(busy):
    counts = busy.call(SLOW)["items"]
    assert sum(row["count"] for row in counts if row["rule"] == "weekly") >= 50 * 4


def test_sees_what_was_written_before_it_on_the_same_connection(busy):
    """Sent in one go: the read begins when the turn in which the write was done is durable."""
    for turn in range(20):
        added = busy.send("reminder.rule.add", id=f"once-{turn}", title="Once", at=f"2027-03-01T{turn:02}:00",
                          people=["p1"])
        counted = busy.send(SLOW)
        busy.answer(added)
        assert f"once-{turn}" in {row["rule"] for row in busy.answer(counted)["items"]}


def test_quick_calls_pass_the_slow_ones(busy):
    slow = [busy.send(SLOW) for _ in range(4)]
    assert busy.call("clock.now")
    for call in slow:
        assert busy.answer(call)["items"]


def test_too_many_at_once(daemon, busy):
    with daemon.connect() as greedy:
        calls = [greedy.send(SLOW) for _ in range(200)]
        answered, refused = 0, 0
        for call in calls:
            try:
                greedy.answer(call)
                answered += 1
            except Refused as refusal:
                assert refusal.code == "busy"
                refused += 1
        assert answered >= 4 and answered + refused == 200
        assert greedy.call(SLOW)["items"], "and there is room again"


def test_one_user_with_many_connections_takes_no_more_than_a_share(daemon, busy):
    many = [daemon.connect() for _ in range(8)]
    calls = [(one, one.send("reminder.preview", until="2028-01-20")) for one in many for _ in range(4)]
    refusals = []
    for one, call in calls:
        try:
            one.answer(call)
        except Refused as refusal:
            refusals.append(refusal.code)
    assert refusals and set(refusals) == {"busy"}
    assert busy.call(SLOW)["items"], "and there is room again"
    for one in many:
        one.close()


def patient(client, seconds=30):
    """Asks again while what others left behind fills the queue: busy is then the right answer."""
    end = time.monotonic() + seconds
    while True:
        try:
            return client.call(SLOW)
        except Refused as refused:
            assert refused.code == "busy" and time.monotonic() < end, refused.text
            time.sleep(0.05)


def test_those_who_go_away_meanwhile(daemon, busy):
    for n in range(60):
        goes = daemon.connect()
        goes.send_bytes(b"".join(msgpack.packb([0, k, SLOW, []]) for k in range(4)))
        if n % 2:
            goes.send_bytes(msgpack.packb([2, SLOW, []]))
        goes.close()
    assert patient(busy)["items"]


def test_asked_by_a_notification(busy):
    """Nobody waits for an answer, so none is sent."""
    busy.send_bytes(msgpack.packb([2, SLOW, []]) * 3)
    assert busy.call(SLOW)["items"]
    assert busy.call("clock.now")
    assert busy.answers == {} and busy.notifications == []


def test_not_from_inside_another_call_and_not_by_anybody(daemon, busy):
    with pytest.raises(Refused) as refusal:
        busy.call("service.batch", calls=[{"method": SLOW}])
    assert refusal.value.code == "invalid"
    with daemon.as_person("p1") as someone:
        with pytest.raises(Refused) as refusal:
            someone.call(SLOW)
        assert refusal.value.code == "forbidden"


def test_end_of_the_daemon_does_not_wait_for_them(daemon, busy):
    for _ in range(4):
        busy.send(SLOW)
    assert daemon.stop(10) == 0
