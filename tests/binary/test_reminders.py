# SPDX-License-Identifier: MIT
"""Reminders and mail on the real program: killed while firing and sending, and off for days with ten thousand due."""
import collections
import random
import time

import pytest
from laugwire import Gone

PEOPLE, RULES = 50, 200


def add_company(client, people, rules, **more):
    calls = [{"method": "person.add", "params": {"id": f"p{i}", "name": f"Person {i}", "email": f"p{i}@example.org"}}
             for i in range(people)]
    everybody = [f"p{i}" for i in range(people)]
    calls += [{"method": "reminder.rule.add",
               "params": {"id": f"r{i}", "title": f"Rule {i}", "at": f"2027-01-05T{8 + i // 60:02}:{i % 60:02}",
                          "people": everybody, **more}} for i in range(rules)]
    client.call("company.change", message_cap=1000)
    for start in range(0, len(calls), 50):
        client.call("service.batch", calls=calls[start:start + 50])


def states(client, people):
    found = collections.Counter()
    for i in range(people):
        for item in client.items("reminder.list", person=f"p{i}", all=True, limit=500):
            found[item["state"]] += 1
    return found


@pytest.mark.seconds(240)
def test_killed_while_firing_and_sending(laugd):
    """Each message arrives; none under two ids; one extra copy at most for each kill between sending and settling."""
    chance = random.Random(20270105)
    daemon = laugd(kind="release")
    people, rules = 10, 40
    with daemon.connect() as client:
        add_company(client, people, rules, late="deliver")
        client.call("clock.advance", to="2027-01-05T06:59:00Z")
    daemon.kill()
    sent, unsettled, kills = collections.Counter(), 0, 0
    for minute in range(4000):
        daemon.clock = f"2027-01-{5 + (9 * 60 + minute * 20) // 1440:02}" \
                       f"T{(9 * 60 + minute * 20) // 60 % 24:02}:{minute * 20 % 60:02}"
        daemon.start(init=False)
        try:
            with daemon.connect() as client:
                killed_after = chance.randrange(0, 120)
                for _ in range(1000):
                    letters = client.call("outbox.claim", limit=chance.randrange(1, 9))["items"]
                    if not letters:
                        break
                    for letter in letters:
                        sent[letter["message_id"]] += 1
                        killed_after -= 1
                        if killed_after <= 0:
                            unsettled += 1
                            raise Gone()
                        client.call("outbox.settle", id=letter["id"], outcome="sent")
                if states(client, people).keys() == {"delivered"}:
                    break
        except Gone:
            pass
        kills += 1
        daemon.kill()
    assert len(sent) == people * rules
    assert kills > 2
    # the copies of a kill: what was sent and not settled. Others that were claimed with it had not been sent.
    assert sum(sent.values()) - len(sent) <= unsettled
    with daemon.connect() as client:
        assert states(client, people) == {"delivered": people * rules}


@pytest.mark.seconds(120)
def test_ten_thousand_due_after_seven_days_off(laugd):
    """They coalesce, and nobody else waits for it."""
    daemon = laugd(kind="release")
    with daemon.connect() as client:
        add_company(client, PEOPLE, RULES)
    daemon.stop()
    daemon.clock = "2027-01-12T09:00"
    daemon.start(init=False)
    began, slowest = time.monotonic(), 0.0
    with daemon.connect() as client:
        while True:
            asked = time.monotonic()
            client.call("person.show", id="p7")
            slowest = max(slowest, time.monotonic() - asked)
            if client.call("reminder.list", person="p7", limit=1, all=False)["items"][0]["state"] != "scheduled" and \
                    not any(item["state"] == "scheduled" for item in client.items("reminder.list", person="p49", limit=500)):
                break
            assert time.monotonic() - began < 60
        assert states(client, PEOPLE) == {"due": PEOPLE * RULES}
        letters = []
        while page := client.call("outbox.claim", limit=500)["items"]: # few at a time, so that nobody waits for all of them
            assert len(page) < PEOPLE
            letters += page
        assert sorted(letter["to"] for letter in letters) == sorted(f"p{i}@example.org" for i in range(PEOPLE))
        for letter in letters:
            assert letter["subject"] == "200 reminders that waited for you"
            assert "\n\n20. Rule 19\n" in letter["text"] and "There are 180 more." in letter["text"]
            client.call("outbox.settle", id=letter["id"], outcome="sent")
        assert states(client, PEOPLE) == {"delivered": PEOPLE * RULES}
    assert slowest < 0.5, slowest
