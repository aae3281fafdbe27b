# SPDX-License-Identifier: MIT
"""The rows of the table: what each measures, beside what, and the bounds it is held to.

A row is a function of the peers and the number of rounds that gives its figures. Where a figure has a
reference, the bounds hold for figure / reference, else for the figure itself.
"""
import contextlib
import csv
import dataclasses
import datetime
import getpass
import json
import os
import sqlite3
import statistics
import subprocess
import time
import typing

from peers import HELLO_LAUG, Rpc, Skipped, resp, rpc, wait_until

CORE = max(os.sched_getaffinity(0))
STAFF, CROWD, TEAMS, MILLION = 250, 100_000, 10, 1_000_000
CLIENTS = 50


@dataclasses.dataclass
class Figure:
    name: str
    value: float
    unit: str
    reference: typing.Optional[float]
    floor: float
    goal: float
    at_least: bool = False  # the bounds are least values, not most


@dataclasses.dataclass
class Row:
    id: int
    name: str
    measure: typing.Callable


ROWS = []


def row(number, name):
    def register(measure):
        ROWS.append(Row(number, name, measure))
        return measure
    return register


def in_turns(rounds, *works):
    """Runs the works in turn, round by round; the median of what each gave."""
    got = [[work() for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*got)]


# ---- what is in the databases ----------------------------------------------------------------------------------

def person(number):
    return {"id": f"p{number:06}", "name": f"Person Number {number}", "email": f"p{number:06}@laug.example",
            "title": "Quality engineer", "team": f"team-{number % TEAMS}", "hired_on": "2019-03-01",
            "language": "english"}


def people_added(peers, count):
    """A prepare() that adds so many people in ten teams, each by a call of its own."""
    def prepare(server):
        connection = Rpc(server.socket)
        for team in range(TEAMS):
            connection.call("team.add", id=f"team-{team}", name=f"Team {team}")
        connection.close()
        requests = peers.requests(rpc("person.add", **person(number)) for number in range(count))
        peers.load(server, "rpc", requests, depth=50, count=count, warm=0)
    return prepare


def staff(peers):
    return peers.laugd("staff", prepare=people_added(peers, STAFF))


def crowd(peers):
    return peers.laugd("crowd", prepare=people_added(peers, CROWD))


def shows(peers, people):
    step = max(1, people // 1000)
    return peers.requests(rpc("person.show", id=f"p{number:06}") for number in range(0, people, step))


def changes(peers):
    """Writes that all change something: a person's row, its history, an audit row and an event."""
    return peers.requests(rpc("person.change", id=f"p{number % STAFF:06}", title=f"Engineer {number}")
                          for number in range(STAFF * 100))


def gets(peers, server):
    """200 bytes under each key, and reading them."""
    fill = peers.requests(resp("SET", f"p{number:06}", b"x" * 200) for number in range(1000))
    peers.load(server, "resp", fill, depth=50, count=1000, warm=0)
    return peers.requests(resp("GET", f"p{number:06}") for number in range(1000))


def sets(peers):
    return peers.requests(resp("SET", f"p{number % 1000:06}", str(number).ljust(200)) for number in range(20_000))


# ---- reading ---------------------------------------------------------------------------------------------------

@row(1, "person.show, 50 clients")
def read_throughput(peers, rounds):
    redis, laug = peers.redis(), staff(peers)
    theirs, ours = gets(peers, redis), shows(peers, STAFF)
    figures = []
    for depth, floor, goal in ((1, 0.40, 0.80), (16, 0.30, 1.00)):
        def rate(server, framing, requests, deep=depth):
            return lambda: peers.load(server, framing, requests, CLIENTS, deep)["rate"]
        value, reference = in_turns(rounds, rate(laug, "rpc", ours), rate(redis, "resp", theirs))
        figures.append(Figure(f"person.show a second, 50 clients, depth {depth} : redis GET", value, "/s", reference,
                              floor, goal, at_least=True))
    return figures


@row(2, "system calls a read")
def read_calls(peers, rounds):
    redis, laug = peers.redis(), staff(peers)

    def calls(server, framing, requests, count=10_000):
        counted = server.count_calls(lambda: peers.load(server, framing, requests, CLIENTS, count=count, warm=0))
        return sum(counted.values()) / count
    value = calls(laug, "rpc", shows(peers, STAFF))
    beside = calls(redis, "resp", gets(peers, redis))
    forgetful = peers.laugd("forgetful", "[Service]\nKeptAnswersMegabytes=0\n", people_added(peers, STAFF))
    return [Figure(f"system calls a read, 50 clients (redis {beside:.2f})", value, "", None, 6.5, 3),
            Figure("the same with no answer kept: each asks the database", calls(forgetful, "rpc", shows(peers, STAFF)),
                   "", None, 6.5, 3)]


@row(3, "one client, one core")
def read_latency(peers, rounds):
    echo, laug = peers.echo(), staff(peers)
    # the echo carries as many bytes each way as a reply does
    ours = shows(peers, STAFF)
    size = int(peers.load(laug, "rpc", ours, count=100, warm=0)["reply_bytes"])
    theirs = peers.requests([b"\xc5" + (size - 3).to_bytes(2, "big") + b"x" * (size - 3)])

    def p50(server, framing, requests):
        return lambda: peers.load(server, framing, requests, core=CORE)["p50_us"]
    with laug.pinned(CORE), echo.pinned(CORE):
        value, reference = in_turns(rounds, p50(laug, "rpc", ours), p50(echo, "echo", theirs))
    return [Figure("one client, one core, p50 : libevent echo", value, "us", reference, 2.2, 1.3)]


@row(15, "reading among 100,000 people")
def read_in_a_crowd(peers, rounds):
    few, many = staff(peers), crowd(peers)

    def p50(server, people):
        requests = shows(peers, people)
        return lambda: peers.load(server, "rpc", requests, core=CORE, seconds=0.3)["p50_us"]
    with few.pinned(CORE), many.pinned(CORE):
        value, reference = in_turns(rounds, p50(many, CROWD), p50(few, STAFF))
    return [Figure("person.show p50 with 100,000 people : with 250", value, "us", reference, 1.5, 1.25)]


# ---- writing ---------------------------------------------------------------------------------------------------

@row(4, "durable write")
def write_throughput(peers, rounds):
    redis, laug = peers.redis(durable=True), staff(peers)
    theirs, ours = sets(peers), changes(peers)
    figures = []
    for clients, floor, goal in ((CLIENTS, 0.6, 1.0), (1, 0.8, 1.2)):
        def rate(server, framing, requests, many=clients):
            return lambda: peers.load(server, framing, requests, many)["rate"]
        value, reference = in_turns(rounds, rate(laug, "rpc", ours), rate(redis, "resp", theirs))
        figures.append(Figure(f"person.change a second, {clients} client{'s'[:clients > 1]} : redis SET, always",
                              value, "/s", reference, floor, goal, at_least=True))
    return figures


@row(5, "group commit")
def group_commit(peers, rounds):
    group = staff(peers)
    single = peers.laugd("single", "[Service]\nGroupCommit=no\n", people_added(peers, STAFF))
    requests = changes(peers)

    def rate(server):
        return lambda: peers.load(server, "rpc", requests, CLIENTS)["rate"]
    value, reference = in_turns(rounds, rate(group), rate(single))
    return [Figure("person.change a second, 50 clients : one commit each", value, "/s", reference, 6, 10,
                   at_least=True)]


@row(6, "fdatasync a write")
def write_syncs(peers, rounds):
    redis, laug = peers.redis(durable=True), staff(peers)
    theirs, ours = sets(peers), changes(peers)

    def syncs(server, framing, requests, clients, count):
        calls = server.count_calls(lambda: peers.load(server, framing, requests, clients, count=count, warm=0))
        return (calls.get("fdatasync", 0) + calls.get("fsync", 0)) / count
    beside = syncs(redis, "resp", theirs, CLIENTS, 5000)
    return [Figure(f"fdatasync a write, 50 clients (redis {beside:.3f})", syncs(laug, "rpc", ours, CLIENTS, 5000), "",
                   None, 0.10, 0.05),
            # a checkpoint's own two are not any write's: one in a few hundred
            Figure("fdatasync a write, 1 client", round(syncs(laug, "rpc", ours, 1, 500), 1), "", None, 1.0, 1.0)]


# ---- reminders -------------------------------------------------------------------------------------------------

def fill_reminders(database, count):
    """Puts so many waiting reminders, over the ten years from the day after tomorrow on, straight into a database.

    A million calls would take minutes and measure nothing of these rows; the statement names every column that the
    schema wants, so a changed schema fails here rather than being measured wrongly.
    """
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.create_function("call_now", 0, lambda: int(time.time()))
        connection.create_function("call_actor", 0, lambda: None)
        connection.execute("PRAGMA synchronous = off")
        first = int(time.time()) + 2 * 86400
        connection.execute(
            """WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
               INSERT INTO reminder (id, rule, message, person, about, subject, occurrence, lead, recipient, title,
                                     local, is_day, wanted_at, due_at, state)
               SELECT format('waiting-%07d', i), 'turn', 'turn', format('p%06d', i % :people), 'turn',
                      'showcase-' || i, i, '-1d', 'person', 'Showcase', '2027-03-01T09:00', 0,
                      :first + i * (315360000 / :count), :first + i * (315360000 / :count), 'scheduled' FROM n""",
            {"count": count, "people": STAFF, "first": first})
        connection.execute("INSERT OR REPLACE INTO job (kind, subject, due_at) VALUES ('reminder.fire', 'all', ?)",
                           [first])
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(truncate)")


def waiting(peers, count):
    """A daemon's folder with so many reminders waiting; nothing runs on it yet."""
    name = f"waiting-{count}"
    folder = peers.folder(name)
    if not (folder / "state").exists():
        peers.laugd(name, prepare=people_added(peers, STAFF))
        peers.stop(name)
        fill_reminders(folder / "state/laug.db", count)
    return name


@row(8, "start with 1M reminders")
def start_many(peers, rounds):
    def start(name):
        def work():
            folder = peers.folder(name)
            server = peers.laugd_process(folder)
            try:
                return server.wait(HELLO_LAUG) * 1000
            finally:
                server.stop()
        return work
    value, reference = in_turns(rounds, start(waiting(peers, MILLION)), start(waiting(peers, 1000)))
    return [Figure("from start to first answer with 1M reminders : with 1,000", value, "ms", reference, 3, 1.2)]


@row(9, "memory of 1M reminders")
def memory_many(peers, rounds):
    def memory(name):
        server = peers.laugd(name)
        connection = Rpc(server.socket)
        for number in range(20):
            connection.call("reminder.list", person=f"p{number:06}")
        connection.close()
        wait_until(server.is_single_threaded, 60, "the end of the check of a large database")
        rss = server.memory()[0]
        peers.stop(name)
        return rss
    with_none = memory(waiting(peers, 1000))
    return [Figure("memory from 1,000 to 1M reminders (libevent timers 156 MB)",
                   memory(waiting(peers, MILLION)) - with_none, "MB", None, 32, 2)]


LAG_SECONDS, LAG_TOGETHER = 5, 4  # a round: so many seconds, with so many reminders due in each


def add_lag_rules(connection, first, seconds):
    """Rules that fire once, some in each second; {rule: due at}."""
    due = {}
    for number in range(seconds * LAG_TOGETHER):
        due[f"lag-{number:04}"] = first + number // LAG_TOGETHER
    connection.call("service.batch", calls=[
        {"method": "reminder.rule.add",
         "params": {"id": rule, "title": "Lag", "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)),
                    "zone": "Etc/UTC", "people": ["p000001"], "days": "any", "channels": ["inbox"]}}
        for rule, at in due.items()])
    return due


def lags_told(feed, due, first):
    """As the events come: [lags of round 1, of round 2, …], in milliseconds."""
    rounds = {}
    feed.socket.settimeout(len(due) + 20)
    while due:
        _, kind, (event,) = feed.message()
        rule = event.get("reminder", "")[:len("lag-0000")]
        if kind == "event" and event["kind"] == "reminder.due" and rule in due:
            at = due.pop(rule)
            rounds.setdefault((at - first) // LAG_SECONDS, []).append((time.time() - at) * 1000)
    return list(rounds.values())


@row(10, "firing lag with 1M pending")
def firing_lag(peers, rounds):
    laug = peers.laugd(waiting(peers, MILLION))
    connection, feed = Rpc(laug.socket), Rpc(laug.socket)
    feed.call("event.subscribe", since=connection.call("service.status")["last_event"])
    first, seconds = int(time.time()) + 4, rounds * LAG_SECONDS
    due = add_lag_rules(connection, first, seconds)
    # while the daemon waits, the reference does too: one precise timer of libevent, in a process of its own
    timer = subprocess.Popen([peers.build / "bench/timer", str(seconds)], stdout=subprocess.PIPE)
    lag = statistics.median(max(lags) for lags in lags_told(feed, due, first))
    precise = json.loads(timer.communicate()[0])
    reference = statistics.median(max(precise[i:i + LAG_SECONDS]) for i in range(0, seconds, LAG_SECONDS))
    return [Figure("firing lag p99 with 1M pending, durable, told to a subscriber : one precise timer", lag, "ms",
                   reference, 20, 5),
            Figure("firing lag p99 with 1M pending", lag, "ms", None, 10, 10)]


RECIPIENTS, SAID = 500, 8  # a digest for each, of so many reminders


def digests(peers, name):
    """A daemon's folder in which a weekly digest waits for each of 500 people; nothing runs on it yet."""
    folder = peers.folder(name)
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
    server = peers.laugd_process(folder, init=True, clock=now.isoformat())
    server.wait(HELLO_LAUG)
    connection = Rpc(server.socket)
    everybody = [f"p{number:06}" for number in range(RECIPIENTS)]
    connection.call("company.change", message_cap=0, zone="Etc/UTC",
                    weekdays="monday tuesday wednesday thursday friday saturday sunday".split())
    connection.call("person.import", people=[dict(person(number), team=None) for number in range(RECIPIENTS)])
    connection.call("service.batch", calls=[
        {"method": "reminder.rule.add",
         "params": {"id": f"rule-{number}", "title": f"What {number} is about", "at": (now + datetime.timedelta(seconds=60)).isoformat(),
                    "zone": "Etc/UTC", "people": everybody, "days": "any", "late": "deliver",
                    "text": "Thirty minutes on what was tried since the last time, and what came of it."}}
        for number in range(SAID)])
    connection.call("clock.advance", to=(now + datetime.timedelta(seconds=90)).isoformat() + "Z")
    connection.close()
    server.stop()
    # they wait for Monday; here they are due
    with contextlib.closing(sqlite3.connect(folder / "state/laug.db")) as database:
        waiting = database.execute("UPDATE outbox SET next_at = unixepoch('now') WHERE kind = 'weekly'").rowcount
        database.execute("UPDATE job SET due_at = unixepoch('now') WHERE kind = 'outbox.ready'")
        database.commit()
    if waiting != RECIPIENTS:
        raise Skipped(f"{waiting} digests wait, not {RECIPIENTS}")
    return folder


def sync_p99(folder):
    """How long a write to this disk takes at its worst, in milliseconds: a ping waits for the commit of its turn."""
    took = []
    with open(folder / "sync", "wb", buffering=0) as file:
        for _ in range(100):
            began = time.monotonic()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            took.append((time.monotonic() - began) * 1000)
    return sorted(took)[98]


def digest_run(peers, number):
    """Seconds until all are settled; of pings, an echo's pings and writes to the disk the p99 in milliseconds."""
    name = f"digests-{number}"
    folder, mail = digests(peers, name), peers.mail_server()
    laug = peers.laugd(name)
    with contextlib.closing(sqlite3.connect(f"file:{folder}/state/laug.db?mode=ro", uri=True)) as database:
        def are_sent():
            return database.execute("SELECT count(*) FROM outbox WHERE state = 'sent'").fetchone()[0] == RECIPIENTS
        echo, word = peers.echo(), peers.requests([b"\xa4ping"])
        with peers.pinging(laug, shows(peers, RECIPIENTS)) as pings, peers.pinging(echo, word, "echo") as echoes:
            began = time.monotonic()
            courier = peers.courier(laug, int((mail.folder / "port").read_text()))
            try:
                wait_until(are_sent, 60, "the last digest")
            finally:
                took = time.monotonic() - began
                courier.stop()
    disk = sync_p99(folder)
    peers.stop(name)
    peers.forget(name)
    return took, pings["p99_us"] / 1000, echoes["p99_us"] / 1000, disk


@row(21, "500 weekly digests")
def digests_sent(peers, rounds):
    runs = [digest_run(peers, number) for number in range(min(rounds, 5))]
    took, p99, echo, disk = (statistics.median(column) for column in zip(*runs))
    return [Figure(f"ping p99 while 500 digests go out (echo {echo:.2f} ms, fdatasync {disk:.2f} ms)", p99, "ms", None, 2, 1),
            Figure("500 digests, claimed, rendered, sent and settled", took, "s", None, 10, 2)]


# ---- being idle ------------------------------------------------------------------------------------------------

@row(13, "wake-ups in 60 s, idle")
def idle_wakeups(peers, rounds):
    redis, laug = peers.redis(), peers.laugd("idle", prepare=people_added(peers, STAFF))
    time.sleep(2)
    servers = (laug, redis)
    before = [server.wakeups() for server in servers]
    time.sleep(60)
    value, beside = (server.wakeups() - count for server, count in zip(servers, before))
    return [Figure(f"wake-ups in 60 s, idle (redis {beside})", value, "", None, 0, 0)]


@row(14, "idle memory")
def idle_memory(peers, rounds):
    redis, laug = peers.redis(), peers.laugd("idle", prepare=people_added(peers, STAFF))
    gets(peers, redis)
    ours, theirs = laug.memory(), redis.memory()
    return [Figure("idle RSS with 250 people : redis", ours[0], "MB", theirs[0], 1.0, 0.75),
            Figure("idle PSS with 250 people : redis", ours[1], "MB", theirs[1], 0.6, 0.4)]


# ---- the whole program -----------------------------------------------------------------------------------------

def with_me(peers):
    """A daemon that knows the user who measures: as Person Number 0, with turns, a day away and a reminder."""
    def prepare(server):
        people_added(peers, STAFF)(server)
        connection = Rpc(server.socket)
        connection.call("person.change", id="p000000", login=getpass.getuser())
        today = datetime.date.today()
        connection.call("rotation.add", id="showcase", title="Showcase", starts=f"{today}T09:00", rule="FREQ=WEEKLY",
                        members=["p000000", "p000001", "p000002"], member_kind="person")
        away = str(today + datetime.timedelta(days=40))
        connection.call("absence.add", person="p000000", **{"from": away}, to=away)
        connection.close()
    return peers.laugd("with-me", prepare=prepare)


@row(12, "laug round trip")
def command_round_trip(peers, rounds):
    laug, redis, command = with_me(peers), peers.redis(), peers.program("laug")
    os.environ["LAUG_SOCKET"] = str(laug.socket)
    hello, mine, reference = in_turns(rounds, lambda: peers.spawn(60, command, "service", "hello"),
                                      lambda: peers.spawn(60, command),
                                      lambda: peers.spawn(60, "redis-cli", "-s", redis.socket, "ping"))
    return [Figure("laug service hello, whole process : redis-cli ping", hello, "ms", reference, 0.7, 0.4),
            Figure("laug alone, of a person with turns, whole process : redis-cli ping", mine, "ms", reference, 0.7, 0.5)]


@row(17, "memory while listing 100,000 rows")
def listing_memory(peers, rounds):
    crowd(peers)
    peers.stop("crowd")  # a fresh process: what it grows by is the listing's
    laug = crowd(peers)
    connection = Rpc(laug.socket)
    connection.call("person.list", limit=500)
    before = laug.memory()[0]
    laug.reset_peak()
    listed, after = 0, None
    while listed == 0 or after is not None:
        page = connection.call("person.list", limit=500, **({"after": after} if after else {}))
        listed, after = listed + len(page["items"]), page.get("next")
    connection.close()
    if listed != CROWD:
        raise Skipped(f"the pages had {listed} people, not {CROWD}")
    return [Figure("memory growth while listing 100,000 people", laug.peak() - before, "MB", None, 8, 2)]


# ---- planning --------------------------------------------------------------------------------------------------

@row(18, "ten years of one rotation")
def plan_one(peers, rounds):
    figures = []
    for members in (10, 140):
        got = peers.measured("rotation", "one", "FREQ=WEEKLY;BYDAY=TH", members, max(rounds, 3))
        figures.append(Figure(f"ten years of a weekly rotation of {members}, with reasons : bare libical",
                              got["plan_us"], "us", got["bare_us"], 3, 1.5))
    return figures


@row(19, "ten years of fifty rotations")
def plan_many(peers, rounds):
    got = peers.measured("rotation", "many", 50, 50, rounds)
    return [Figure("ten years of monthly turns, 2,500 teams in 50 rotations, planner alone", got["plan_us"] / 1e6, "s",
                   None, 2, 0.5)]


# ---- loading a company -----------------------------------------------------------------------------------------

@row(20, "import of 100,000 people")
def import_people(peers, rounds):
    command = peers.program("laug")
    peers.program("laug-import")
    folder = peers.folder("import")
    table = folder / "people.csv"
    with open(table, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(person(0)))
        writer.writeheader()
        writer.writerows(person(number) for number in range(CROWD))

    def ours():
        laug = peers.laugd("import-target")
        began = time.monotonic()
        done = subprocess.run([command, "import", "people", table, "--with-teams"], capture_output=True, text=True,
                              check=False, env={**os.environ, "LAUG_SOCKET": str(laug.socket)})
        took = time.monotonic() - began
        peers.stop("import-target")
        peers.forget("import-target")
        if done.returncode != 0:
            raise Skipped(f"laug import: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
        return took

    def theirs():
        database = folder / "reference.db"
        began = time.monotonic()
        with contextlib.suppress(FileNotFoundError):
            database.unlink()
        subprocess.run(["sqlite3", database, f".import --csv {table} people"], check=True, capture_output=True)
        return time.monotonic() - began
    value, reference = in_turns(min(rounds, 3), ours, theirs)
    return [Figure("import of 100,000 people : sqlite3 .import", value, "s", reference, 4, 2)]


ROWS.sort(key=lambda entry: entry.id)
