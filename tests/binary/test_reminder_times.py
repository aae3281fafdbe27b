# SPDX-License-Identifier: MIT
"""When reminders come, against plain day-by-day arithmetic: random companies lived through for a year and a half."""
import datetime
import random
import zoneinfo

import pytest
from laugwire import Client

DAY = datetime.timedelta(days=1)
ZONES = ["Europe/Copenhagen", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca"]
START = datetime.date(2027, 1, 4)


class Company:
    """What an honest secretary with a wall calendar would do."""

    def __init__(self, chance):
        self.chance = chance
        self.zone = zoneinfo.ZoneInfo(chance.choice(ZONES))
        self.closed = {START + DAY * chance.randrange(700) for _ in range(25)}
        self.closure = START + DAY * chance.randrange(150, 400)
        self.closed |= {self.closure + DAY * i for i in range(chance.randrange(1, 12))}
        self.away = {}

    def is_open(self, day):
        return day.weekday() < 5 and day not in self.closed

    def next_open(self, day, step=1):
        while not self.is_open(day):
            day += DAY * step
        return day

    def lead_day(self, day, lead):
        days = int(lead.rstrip("wd"))
        step = -1 if days <= 0 else 1
        if lead.endswith("wd"):
            for _ in range(abs(days)):
                day = self.next_open(day + DAY * step, step)
            return self.next_open(day, step)
        return self.next_open(day + DAY * days, step)

    def first_day_back(self, person, day):
        while not self.is_open(day) or day in self.away[person]:
            day += DAY
        return day

    def instant(self, day, time):
        hour, minute = map(int, time.split(":"))
        local = datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
        return local.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def fill(client, company, leads, time):
    """People who begin at work on random days, each told of it before and after; returns their first days."""
    chance = company.chance
    client.call("company.change", zone=company.zone.key, message_cap=1000)
    client.call("holiday.import", items=[{"on": day.isoformat(), "title": "Closed"} for day in sorted(company.closed)])
    for rule in client.items("reminder.rule.list"):
        client.call("reminder.rule.remove", id=rule["id"])
    client.call("reminder.rule.add", id="first", title="First", about="hire", leads=leads, time=time, late="deliver")
    begins = {}
    for i in range(12):
        person = f"p{i}"
        begins[person] = START + DAY * chance.randrange(200, 420)
        client.call("person.add", id=person, name=person, email=f"{person}@example.org",
                    hired_on=begins[person].isoformat())
        company.away[person] = set()
        for _ in range(chance.randrange(8)):
            first, length = START + DAY * chance.randrange(540), chance.randrange(1, 20)
            client.call("absence.add", person=person, **{"from": first.isoformat(),
                                                         "to": (first + DAY * (length - 1)).isoformat()})
            company.away[person] |= {first + DAY * i for i in range(length)}
    return begins


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.seconds(120)
def test_every_reminder_comes_when_it_should(laugd, seed):
    company = Company(random.Random(seed))
    chance = company.chance
    leads = sorted({f"{chance.choice([-1, 1]) * chance.randrange(0, 100):+d}{chance.choice(['d', 'wd'])}"
                    for _ in range(6)})
    leads = [lead for lead in leads if not lead.startswith("+0")] + ["0d"]
    time = f"{chance.randrange(24):02}:{chance.choice([0, 30]):02}"
    daemon = laugd(kind="release")
    with daemon.connect() as client, Client(daemon.socket, timeout=60) as feed:
        begins = fill(client, company, leads, time)
        feed.call("event.subscribe")
        for person, begin in begins.items():
            wanted = sorted(company.instant(company.lead_day(begin, lead), time) for lead in leads)
            planned = [item["due_at"] for item in client.items("reminder.list", person=person, limit=100)]
            assert planned == wanted, (person, begin, leads)
        for month in range(1, 27):
            day = START + DAY * 30 * month
            client.call("clock.advance", to=f"{day.isoformat()}T00:00:00Z")
        came = {person: [] for person in begins}
        expected = {person: sorted(company.instant(
            company.first_day_back(person, company.lead_day(begin, lead)), time) for lead in leads)
            for person, begin in begins.items()}
        last = client.call("service.status")["last_event"]
        seen = 0
        while seen < last:
            for event in feed.next_notification(10)[1]:
                seen = event["seq"]
                if event["kind"] == "reminder.due":
                    came[event["person"]].append(event["at"])
        assert {person: sorted(times) for person, times in came.items()} == expected
        assert all(item["state"] == "due" for person in begins
                   for item in client.items("reminder.list", person=person, limit=100))
