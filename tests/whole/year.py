# SPDX-License-Identifier: MIT
"""A year of the example company, lived through on the real daemon, with the real courier and a moody mail server.

Every day somebody changes something: absences, swaps and covers, sabbaticals, leavers and newcomers, teams, rules, closures. The
courier is killed at random, and the mail server now defers, now drops the connection after it has taken a mail, and
now takes nothing for days. At each check everybody's calendar, built only from the mails that came, must be the plan.
"""
import collections
import datetime
import random
import time
import zoneinfo

from fakes import Courier, Mailbox, MailServer, free_port
from inbox import UTC, Entry, Inboxes
from laugwire import ROOT, Refused

SHARE = ROOT / "client" / "share"
FIRST, LAST = datetime.date(2027, 1, 4), datetime.date(2027, 12, 31)
TEAM_MOST = 25  # of a larger team only the lead is invited
WORDS = ["Showcase", "Fremvisning", "AI hour", "Tour of the works", "Open doors"]


class MoodyServer(Mailbox):
    """Takes most mails at once. `is_down`: none at all."""

    def __init__(self, chance):
        super().__init__()
        self.chance, self.is_down, self.moods = chance, False, collections.Counter()

    def mood(self):
        if self.is_down:
            return "down"
        dice = self.chance.random()
        mood = "defers" if dice < 0.04 else "drops before" if dice < 0.06 else "drops after" if dice < 0.10 else "takes"
        self.moods[mood] += 1
        return mood

    async def handle_DATA(self, server, session, envelope):
        mood = self.mood()
        if mood == "takes" or mood == "drops after":
            self.bytes.append((envelope.rcpt_tos[0], envelope.content))
        if mood.startswith("drops"):
            server.transport.abort()
        return {"takes": "250 taken", "down": "451 4.3.2 not now"}.get(mood, "452 4.3.1 later")


def days(first, last):
    while first <= last:
        yield first
        first += datetime.timedelta(days=1)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Year:
    def __init__(self, daemon, folder, seed):
        self.daemon, self.chance, self.today = daemon, random.Random(seed), FIRST
        self.client = daemon.connect(timeout=60)
        self.inboxes, self.server = Inboxes(), MoodyServer(random.Random(seed + 1))
        self.port, self.taken = free_port(), 0
        self.listener = MailServer(self.server, self.port)
        self.courier = Courier(folder, daemon.socket, self.port, limits="answer_seconds = 5\nconnect_seconds = 5")
        self.kills, self.compared, self.skipped, self.acts, self.refusals = 0, 0, 0, collections.Counter(), []
        self.serial, self.down_until, self.orphans = 0, None, set()

    # ---- the company -------------------------------------------------------------------------------------------

    def laug(self, *words):
        done = self.daemon.laug(*map(str, words), seconds=60)
        assert done.returncode == 0, done.stdout + done.stderr

    def load(self):
        example = SHARE / "example"
        self.laug("import", "people", example / "people.csv", f"--with-teams={example / 'teams.csv'}")
        self.laug("import", "holidays", SHARE / "holidays" / "denmark.ics")
        self.laug("import", "absences", example / "absences.csv")
        call, teams = self.client.call, sorted(team["id"] for team in self.client.items("team.list"))
        people = [person["id"] for person in self.client.items("person.list", limit=500)]
        call("closure.add", id="summer", **{"from": "2027-07-12"}, to="2027-07-30", title="Weeks 28 to 30")
        call("rotation.add", id="showcase", title="Showcase", starts="2027-01-14T09:00", rule="FREQ=MONTHLY;BYDAY=2TH",
             members=teams)
        call("rotation.add", id="hosts", title="AI office hours", starts="2027-01-08T13:00", rule="FREQ=WEEKLY;BYDAY=FR",
             duration_minutes=60, member_kind="person", members=people[5:17])
        call("rotation.add", id="far", title="Call with Chicago", starts="2027-01-13T16:30", rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
             zone="America/Chicago", member_kind="person", members=people[30:36], publish_days=100)
        call("sabbatical.policy.change", min_tenure_days=0, notice_days=0, max_away_company=4, max_away_team=0)

    # ---- what people do ----------------------------------------------------------------------------------------

    def people(self):
        return [person["id"] for person in self.client.items("person.list", here=True, limit=500)]

    def rotations(self):
        return [rotation["id"] for rotation in self.client.items("rotation.list")]

    def later(self, least, most):
        return str(self.today + datetime.timedelta(days=self.chance.randrange(least, most)))

    def turns(self, rotation):
        """Published turns of one rotation that are still to come, and somebody's."""
        found = self.client.items("rotation.turns", rotation=rotation, limit=1000)
        return [turn for turn in found if turn["published"] and turn["state"] == "planned" and turn["starts_at"] > self.now()]

    def some_turn(self):
        turns = self.turns(self.chance.choice(self.rotations()))
        return self.chance.choice(turns) if turns else None

    def away(self):
        first = self.today + datetime.timedelta(days=self.chance.randrange(0, 60))
        last = first + datetime.timedelta(days=self.chance.choice((0, 0, 2, 11)))
        host = [turn["member"] for turn in self.turns("hosts")] if "hosts" in self.rotations() else []
        person = self.chance.choice(host or self.people())
        self.client.call("absence.add", person=person, **{"from": str(first)}, to=str(last))

    def back(self):
        absences = self.client.call("absence.list", limit=2000)["items"]
        self.client.call("absence.remove", id=self.chance.choice(absences)["id"])

    def swap(self):
        turns = self.turns(self.chance.choice(self.rotations()))
        if len(turns) < 2:
            return
        mine, other = self.chance.sample(turns, 2)
        self.client.call("turn.offer", id=mine["id"], to=other["member"], against=other["id"])
        self.client.call("turn.accept", id=mine["id"])
        if self.chance.random() < 0.3:
            self.client.call("turn.undo", id=other["id"])

    def cover(self):
        turn = self.some_turn()
        if turn:
            members = self.client.call("rotation.show", id=turn["rotation"])["members"]
            self.client.call("turn.offer", id=turn["id"], to=self.chance.choice([m for m in members if m != turn["member"]]))
            self.client.call("turn.accept", id=turn["id"])

    def pin(self):
        turn = self.some_turn()
        if turn:
            members = self.client.call("rotation.show", id=turn["rotation"])["members"]
            self.client.call("turn.pin", id=turn["id"], member=self.chance.choice(members))

    def cancel(self):
        turn = self.some_turn()
        if turn:
            self.client.call("turn.cancel", id=turn["id"])

    def move(self):
        rotation = self.client.call("rotation.show", id=self.chance.choice(self.rotations()))
        hour = f"{self.chance.randrange(8, 16):02}:{self.chance.choice((0, 15, 30)):02}"
        self.client.call("rotation.change", id=rotation["id"], starts=rotation["starts"][:11] + hour,
                         duration_minutes=self.chance.choice((30, 45, 90)), republish=True)

    def rename(self):
        self.client.call("rotation.change", id=self.chance.choice(self.rotations()), title=self.chance.choice(WORDS))

    def close(self):
        self.serial += 1
        first = self.today + datetime.timedelta(days=self.chance.randrange(5, 50))
        self.client.call("closure.add", id=f"closed-{self.serial}", **{"from": str(first)},
                         to=str(first + datetime.timedelta(days=self.chance.randrange(5))), title="Stock-taking")
        self.republish()

    def open(self):
        closures = [one["id"] for one in self.client.items("closure.list") if one["id"] != "summer"]
        if closures:
            self.client.call("closure.remove", id=self.chance.choice(closures))
            self.republish()

    def republish(self):
        for rotation in self.rotations():
            self.client.call("rotation.change", id=rotation, republish=True)

    def leave(self):
        self.client.call("person.change", id=self.chance.choice(self.people()[1:]), left_on=self.later(3, 60))

    def join(self):
        self.serial += 1
        team = self.chance.choice(self.client.items("team.list"))["id"]
        person = f"new-{self.serial}"
        self.client.call("person.add", id=person, name=f"New {self.serial}", email=f"{person}@hjarbaek.example.com", team=team,
                         hired_on=self.later(0, 20))
        if "hosts" in self.rotations():
            members = self.client.call("rotation.show", id="hosts")["members"]
            self.client.call("rotation.change", id="hosts", members=members + [person])

    def change_team(self):
        team = self.chance.choice(self.client.items("team.list"))["id"]
        self.client.call("person.change", id=self.chance.choice(self.people()), team=team)

    def change_lead(self):
        team = self.chance.choice(self.client.items("team.list"))["id"]
        self.client.call("team.change", id=team, lead=self.chance.choice(self.people()))

    def rename_team(self):
        team = self.chance.choice(self.client.items("team.list"))
        self.client.call("team.change", id=team["id"], name=team["name"].rstrip("!") + "!" * self.chance.randrange(3))

    def ask_sabbatical(self):
        booking = self.client.call("sabbatical.request", person=self.chance.choice(self.people()), starts_on=self.later(1, 90),
                                   project="Parts lists that check themselves")
        if booking["state"] == "requested" and self.chance.random() < 0.8:
            self.client.call("sabbatical.approve", id=booking["id"])

    def end_sabbatical(self):
        booked = [one for one in self.client.call("sabbatical.list", year=2027)["items"]
                  if one["state"] == "approved" and one["from"] > str(self.today)]
        if booked:
            one = self.chance.choice(booked)["id"]
            if self.chance.random() < 0.5:
                self.client.call("sabbatical.withdraw", id=one)
            else:
                self.client.call("sabbatical.cancel", id=one, reason="The line is down")

    def begin_anew(self):
        """A rotation goes, and one with the same id and other times comes: its turns are called as those of the first were."""
        if "far" in self.rotations():
            self.client.call("rotation.remove", id="far")
        else:
            self.client.call("rotation.add", id="far", title="Call with Chicago", starts=f"{self.today}T15:00", zone="America/Chicago",
                             rule="FREQ=WEEKLY;BYDAY=TU", member_kind="person", members=self.chance.sample(self.people(), 5))

    def undo(self):
        """Whatever was done last, or some time this day."""
        acts = self.client.call("service.undoable", limit=100)["items"]
        if acts:
            self.client.call("service.undo", act=self.chance.choice(acts)["act"])

    def new_address(self):
        """The calendar is another one from then on, and all that is to come must get there."""
        self.serial += 1
        self.client.call("person.change", id=self.chance.choice(self.people()), email=f"moved-{self.serial}@hjarbaek.example.com")

    def lend(self):
        """Somebody belongs to another team for some weeks."""
        team = self.chance.choice(self.client.items("team.list"))["id"]
        first = self.today + datetime.timedelta(days=self.chance.randrange(0, 30))
        self.client.call("membership.add", person=self.chance.choice(self.people()), team=team, **{"from": str(first)},
                         to=str(first + datetime.timedelta(days=self.chance.randrange(60))))

    def switch(self):
        """Invitations are turned off, and on again: what was missed meanwhile is made up for."""
        self.client.call("company.change", invitations=not self.is_on())

    def is_on(self):
        """An undo turns it off again, too."""
        return self.client.call("company.show")["invitations"]

    def crash(self):
        """The daemon is killed, and comes back at the same moment. Letters whose claim was not answered wait for their lease."""
        now = instant(self.now()).astimezone(zoneinfo.ZoneInfo("Europe/Copenhagen"))
        self.client.close()
        self.daemon.kill()
        self.daemon.clock = now.strftime("%Y-%m-%dT%H:%M:%S")
        self.client = self.daemon.start().connect(timeout=60)
        self.note_orphans()

    MENU = {undo: 5, new_address: 1, lend: 2, switch: 1, crash: 2, away: 10, back: 3, swap: 8, cover: 6, pin: 2, cancel: 2, move: 1, rename: 1, close: 1, open: 1, leave: 1, join: 2,
            change_team: 2, change_lead: 1, rename_team: 1, ask_sabbatical: 5, end_sabbatical: 2, begin_anew: 1}

    def act(self):
        """One thing that somebody does. What the rules of the company forbid is tried, too, and refused."""
        what, = self.chance.choices(list(self.MENU), self.MENU.values())
        try:
            what(self)
            self.acts[what.__name__] += 1
        except Refused as refusal:
            assert refusal.code in ("conflict", "exists", "invalid", "not_found"), f"{what.__name__}: {refusal}"
            self.refusals.append(f"{what.__name__}: {refusal}")

    # ---- the mail ----------------------------------------------------------------------------------------------

    def now(self):
        return self.client.call("clock.now")["at"]

    def outbox(self):
        """What is not settled: [(next_at, row)], the first first."""
        rows = [row for state in ("waiting", "claimed") for row in self.client.items("outbox.list", state=state, limit=500)]
        return sorted(((row["next_at"], row) for row in rows), key=lambda pair: pair[0])

    def take_mail(self):
        new = self.server.bytes[self.taken:]  # more may come while these are read: a killed courier's last one
        for address, content in new:
            self.inboxes.deliver(address, content)
        self.taken += len(new)

    def kill_courier(self):
        """What it held is nobody's until its lease ends."""
        self.courier.kill()
        self.note_orphans()
        self.courier.start()
        self.kills += 1

    def note_orphans(self):
        self.orphans |= {(row["id"], row["attempt"]) for _, row in self.outbox() if row["state"] == "claimed"}

    def wait_idle(self, kill_after):
        """Until nothing may go any more; the courier is killed on the way, when so many mails more have come."""
        end, now, begun, killed = time.monotonic() + 60, self.now(), len(self.server.bytes), False
        while True:
            if kill_after is not None and not killed and len(self.server.bytes) - begun >= kill_after:
                self.kill_courier()
                killed = True
            open_rows = [row for next_at, row in self.outbox() if next_at <= now or
                         (row["state"] == "claimed" and (row["id"], row["attempt"]) not in self.orphans)]
            if not open_rows:
                return
            assert time.monotonic() < end, f"these do not go: {open_rows[:5]}\n{self.courier.log()[-2000:]}"
            time.sleep(0.004)

    def advance(self, to):
        self.client.call("clock.advance", to=to)

    def deliver(self, until):
        """Lets the courier work for the rest of the day, retries and ended leases too."""
        while True:
            self.wait_idle(self.chance.randrange(0, 6) if self.chance.random() < 0.15 else None)
            self.take_mail()
            rows = self.outbox()
            if not rows or rows[0][0] > until:
                return
            self.advance(max(rows[0][0], self.now()))

    # ---- the plan, by itself -----------------------------------------------------------------------------------

    def stays(self):
        stays = collections.defaultdict(list)
        for team in self.client.items("team.list"):
            for one in self.client.call("membership.list", team=team["id"], limit=2000)["items"]:
                stays[team["id"]].append(one)
        return stays

    def invited(self, people, leads, stays, turn, kind):
        """Who has this turn in the calendar, by the rule and from what the service says of its teams."""
        day = turn["local"][:10]

        def works(person):
            return (people[person].get("hired_on") or "") <= day and day < (people[person].get("left_on") or "9999")
        if kind == "person":
            return {turn["member"]}
        members = {stay["person"] for stay in stays[turn["member"]]
                   if (stay.get("from") or "") <= day <= (stay.get("to") or "9999") and works(stay["person"])}
        lead = {leads[turn["member"]]} if leads.get(turn["member"]) and works(leads[turn["member"]]) else set()
        return lead | (members if len(members) <= TEAM_MOST else set())

    def plan(self, people, teams):
        """{person: {uid: Entry}} of all that is to come."""
        plan, now, stays = collections.defaultdict(dict), self.now(), self.stays()
        leads = {team["id"]: team.get("lead") for team in teams.values()}
        for rotation in self.client.items("rotation.list"):
            kind = rotation["member_kind"]
            for turn in self.turns(rotation["id"]):
                title = rotation["title"] if kind == "person" else f"{rotation['title']}: {teams[turn['member']]['name']}"
                entry = Entry(instant(turn["starts_at"]), instant(turn["ends_at"]), title)
                for person in self.invited(people, leads, stays, turn, kind):
                    plan[person][turn["id"]] = entry
        for year in (2027, 2028):
            for one in self.client.call("sabbatical.list", year=year)["items"]:
                if one["state"] in ("approved", "done") and one["to"] >= now[:10]:
                    plan[one["person"]][one["id"] + ".away"] = Entry(
                        datetime.date.fromisoformat(one["from"]), datetime.date.fromisoformat(one["to"]), None)
        return plan

    def check(self):
        """Whoever is at work and has no mail on its way has the plan in the calendar: all of it, nothing else, nothing twice."""
        ids = [person["id"] for person in self.client.items("person.list", limit=500)]
        people = dict(zip(ids, self.ask_all("person.show", [{"id": id} for id in ids])))
        teams = {team["id"]: team for team in self.client.items("team.list")}
        plan, now = self.plan(people, teams), instant(self.now())
        pending = {row["person"] for _, row in self.outbox() if row["kind"] == "invitation"}
        away = {one["person"] for one in self.client.call("absence.list", **{"from": str(self.today)}, until=str(self.today),
                                                           limit=2000)["items"]}
        checked = []
        for id, person in people.items():
            if (person.get("left_on") or "9999") <= str(self.today) or "email" not in person:
                continue
            if id in pending:
                assert id in away or self.was_down() or self.is_closed(), f"{self.today}: {id} waits for an invitation"
                self.skipped += 1
                continue
            have = self.inboxes.of(person["email"]).to_come(now)
            assert have == plan[id], f"{self.today}, {id}:\nmissing {left(plan[id], have)}\nstale or too much {left(have, plan[id])}"
            self.compared += len(have)
            checked.append((id, have))
        lists = self.ask_all("calendar.list", [{"person": id, "limit": 500} for id, _ in checked])
        for (id, have), listed in zip(checked, lists):
            self.check_list(id, have, listed["items"], now)

    def ask_all(self, method, params):
        """Many calls in one go."""
        sent = [self.client.send(method, **one) for one in params]
        return [self.client.answer(msgid) for msgid in sent]

    @staticmethod
    def check_list(person, have, items, now):
        """calendar.list says the same, apart from the turns of large teams that the person does not lead."""
        listed = {}
        for item in items:
            starts = instant(item["starts_at"]) if "starts_at" in item else datetime.date.fromisoformat(item["from"])
            ends = instant(item["ends_at"]) if "ends_at" in item else datetime.date.fromisoformat(item["to"])
            if item["kind"] == "sabbatical" or starts > now:
                listed[item["uid"]] = starts, ends
        for uid, entry in have.items():
            assert listed.get(uid) == (entry.starts, entry.ends), f"{person}, {uid}: {listed.get(uid)} and {entry}"

    def was_down(self):
        return self.down_until is not None and self.today <= self.down_until + datetime.timedelta(days=2)

    def is_closed(self):
        closed = self.today.weekday() > 4
        closed |= any(item["on"] == str(self.today) for item in self.client.call("holiday.list", limit=2000)["items"])
        return closed | any(one["from"] <= str(self.today) <= one["to"] for one in self.client.items("closure.list"))

    # ---- the year ----------------------------------------------------------------------------------------------

    def live(self):
        self.load()
        self.listener.start()
        self.courier.start()
        for self.today in days(FIRST, LAST):
            self.advance(f"{self.today}T07:30:00Z")
            if not self.is_on() and (self.chance.random() < 0.15 or self.today.day == 27):
                self.switch()
            if self.today.weekday() < 5:
                for _ in range(self.chance.randrange(4)):
                    self.act()
            if self.chance.random() < 0.03 and not self.was_down():
                self.down_until = self.today + datetime.timedelta(days=self.chance.randrange(3))
            self.server.is_down = self.down_until is not None and self.today <= self.down_until
            self.deliver(f"{self.today}T16:00:00Z")
            if self.today.weekday() == 4 and self.is_on():
                self.check()
        self.server.is_down, self.down_until = False, None

    def finish(self):
        try:
            self.courier.finish()
        finally:
            self.listener.stop(no_assert=True)
            self.client.close()


def left(one, other):
    return {uid: entry for uid, entry in one.items() if other.get(uid) != entry}
