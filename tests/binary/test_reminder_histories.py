# SPDX-License-Identifier: MIT
"""Random histories: whatever people, rules, absences, mail servers and clocks do, each occurrence is told once and ends."""
import collections
import datetime
import random

import pytest
from laugwire import Refused

ENDS = {"delivered", "done", "expired", "failed"}
PEOPLE = [f"p{i}" for i in range(6)]
START = datetime.datetime(2027, 1, 4, 8, tzinfo=datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)


def instant(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class History:
    def __init__(self, laugd, seed):
        self.chance = random.Random(seed)
        self.daemon = laugd(kind="release")
        self.client = self.daemon.connect()
        self.now, self.rules, self.number = START, [], 0
        self.settled = collections.Counter()
        self.handed_out = {}
        self.client.call("team.add", id="all", name="All")
        for person in PEOPLE:
            self.client.call("person.add", id=person, name=person.upper(), email=f"{person}@example.org", team="all")
        self.client.call("team.change", id="all", lead="p0")
        self.client.call("company.change", admins=["p1"], message_cap=self.chance.choice([0, 2, 5, 1000]))

    def local(self, at):
        return (at + HOUR).strftime("%Y-%m-%dT%H:%M")  # near enough to Copenhagen for any rule to be in the future

    def add_rule(self):
        self.number += 1
        rule = {"id": f"r{self.number}", "title": f"Rule {self.number}", "days": self.chance.choice(["working", "any"]),
                "late": self.chance.choice(["deliver", "coalesce", "expire"]),
                "channels": self.chance.choice([["inbox"], ["inbox", "mail"], ["mail"]])}
        soon = self.now + HOUR * self.chance.randrange(2, 400)
        kind = self.chance.choice(["once", "every", "hire"])
        if kind == "once":
            rule |= {"at": self.local(soon), "people": self.chance.sample(PEOPLE, 3)}
        elif kind == "every":
            rule |= {"starts": self.local(soon), "team": "all",
                     "rule": self.chance.choice(["FREQ=DAILY;COUNT=9", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=DAILY;INTERVAL=3"])}
        else:
            rule |= {"about": "hire", "leads": self.chance.sample(["-14d", "-3wd", "-1d", "0d", "+2wd", "+30d"], 3),
                     "to": self.chance.choice([["person"], ["lead"], ["person", "admins"]])}
        if self.chance.random() < 0.3:
            rule |= {"escalate_days": self.chance.randrange(1, 4)}
        self.client.call("reminder.rule.add", **rule)
        self.rules.append(rule["id"])

    def change_rule(self):
        if self.rules:
            change = self.chance.choice([{"title": "Another"}, {"paused": self.chance.random() < 0.5}, {"days": "any"},
                                         {"late": "deliver"}, {"people": self.chance.sample(PEOPLE, 2)}])
            self.client.call("reminder.rule.change", id=self.chance.choice(self.rules), **change)

    def remove_rule(self):
        if len(self.rules) > 4:
            self.client.call("reminder.rule.remove", id=self.rules.pop(self.chance.randrange(len(self.rules))))

    def hire(self):
        begin = self.now.date() + datetime.timedelta(days=self.chance.randrange(-5, 40))
        person = self.chance.choice(PEOPLE)
        if self.chance.random() < 0.2:
            self.client.call("person.change", id=person, clear=["hired_on"])
        else:
            self.client.call("person.change", id=person, hired_on=begin.isoformat())

    def go_away(self):
        begin = self.now.date() + datetime.timedelta(days=self.chance.randrange(-2, 20))
        self.client.call("absence.add", person=self.chance.choice(PEOPLE), **{
            "from": begin.isoformat(), "to": (begin + datetime.timedelta(days=self.chance.randrange(12))).isoformat()})

    def close(self):
        self.number += 1
        begin = self.now.date() + datetime.timedelta(days=self.chance.randrange(20))
        self.client.call("closure.add", id=f"c{self.number}", title="Closed", **{
            "from": begin.isoformat(), "to": (begin + datetime.timedelta(days=self.chance.randrange(4))).isoformat()})

    def answer(self):
        person = self.chance.choice(PEOPLE)
        items = self.client.call("reminder.list", person=person)["items"]
        if items:
            item = self.chance.choice(items)
            try:
                if self.chance.random() < 0.5:
                    self.client.call("reminder.done", id=item["id"])
                else:
                    until = self.now + HOUR * self.chance.randrange(1, 200)
                    self.client.call("reminder.snooze", id=item["id"], until=instant(until))
            except Refused as refused:
                assert refused.code == "conflict", refused

    def courier(self, outcomes=("sent", "sent", "sent", "deferred", "refused", None)):
        letters = self.client.call("outbox.claim", limit=self.chance.randrange(1, 30))["items"]
        for letter in letters:
            assert letter["message_id"] not in self.settled, "handed out again after it was sent"
            assert self.handed_out.setdefault(letter["message_id"], letter["to"]) == letter["to"]
            outcome = self.chance.choice(outcomes)
            if outcome:
                self.client.call("outbox.settle", id=letter["id"], outcome=outcome, detail="because")
            if outcome == "sent":
                self.settled[letter["message_id"]] += 1
        return letters

    def advance(self, hours):
        self.now += HOUR * hours
        self.client.call("clock.advance", to=instant(self.now))

    def restart(self, hours):
        self.client.close()
        self.daemon.kill()
        self.now += HOUR * hours
        self.daemon.clock = (self.now + HOUR).strftime("%Y-%m-%dT%H:%M")
        self.daemon.start(init=False)
        self.client = self.daemon.connect()
        self.now = datetime.datetime.strptime(self.client.call("clock.now")["at"], "%Y-%m-%dT%H:%M:%SZ").replace(
            tzinfo=datetime.timezone.utc)

    def step(self):
        chance = self.chance.random()
        if chance < 0.35:
            self.advance(self.chance.randrange(1, 60))
        elif chance < 0.6:
            self.courier()
        elif chance < 0.63:
            self.restart(self.chance.choice([0, 0, 5, 24 * 9, -30]))
        else:
            self.chance.choice([self.add_rule, self.add_rule, self.change_rule, self.remove_rule, self.hire, self.hire,
                                self.go_away, self.close, self.answer, self.answer])()

    def reminders(self):
        return [item for person in PEOPLE for item in self.client.items("reminder.list", person=person, all=True, limit=500)]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.seconds(120)
def test_each_is_told_once_and_ends(laugd, seed):
    history = History(laugd, seed)
    for _ in range(250):
        history.step()
    for rule in history.rules:  # no new ones from here on
        history.client.call("reminder.rule.change", id=rule, paused=True)
    for _ in range(80):
        history.advance(12)
        while history.courier(outcomes=("sent",)):
            pass
    reminders = history.reminders()
    assert len(reminders) > 30
    assert len({item["id"] for item in reminders}) == len(reminders)
    open_ones = [item for item in reminders if item["state"] not in ENDS]
    assert not open_ones, open_ones
    # one message is no more than one occurrence's, and none was sent twice
    assert max(history.settled.values()) == 1
    waiting = [mail for mail in history.client.items("outbox.list", limit=500) if mail["state"] in ("waiting", "claimed")]
    assert not waiting, waiting
