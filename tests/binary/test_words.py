# SPDX-License-Identifier: MIT
"""The command line in depth: pages, repeats, trials, forms of output, narrow screens, events, completion."""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import socket
import struct
import subprocess
import termios
import threading
import unicodedata

import msgpack
import pytest


@pytest.fixture
def laug(daemon):
    if not (daemon.build / "laug").exists():
        pytest.skip("laug is not built")

    def run(*words, expect=0, **more):
        done = daemon.laug(*words, **more)
        assert done.returncode == expect, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done
    return run


def on_terminal(daemon, *words, columns=80, lines=40, **environment):
    """What it writes on a terminal that is so wide."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    variables = {**os.environ, "LAUG_SOCKET": str(daemon.socket), "LANGUAGE": "en", "TERM": "xterm", "PAGER": "cat",
                 **environment}
    variables.pop("NO_COLOR" if "NO_COLOR" not in environment else "", None)
    process = subprocess.Popen([str(daemon.build / "laug"), *words], stdin=other, stdout=other, stderr=other,
                               env=variables)
    os.close(other)
    seen = b""
    while select.select([main], [], [], 10)[0]:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    os.close(main)
    assert process.wait(10) == 0, seen
    return seen.decode().replace("\r\n", "\n")


def columns_of(line):
    wide = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 0 if unicodedata.combining(letter) else 1
               for letter in line)
    return wide


class FalseService:
    """Answers as it is told: each connection is one call of `serve(request, send)`; False hangs up."""

    def __init__(self, path, serve):
        self.requests, self.serve = [], serve
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(8)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            unpacker, is_open = msgpack.Unpacker(raw=False), True
            while is_open and (data := connection.recv(65536)):
                unpacker.feed(data)
                for request in unpacker:
                    self.requests.append(request)
                    if request[2] == "service.hello":
                        connection.sendall(msgpack.packb([1, request[1], None, {}]))
                    else:
                        is_open = is_open and self.serve(request, connection.sendall)
            connection.close()


def calls_of(service):
    return [request for request in service.requests if request[2] != "service.hello"]


def people(client, count):
    for first in range(0, count, 500):
        client.call("service.batch", calls=[
            {"method": "person.add", "params": {"id": f"p{n:05}", "name": f"Person {n}"}}
            for n in range(first, min(count, first + 500))])


# ---- pages ----

@pytest.mark.parametrize("count", [0, 1, 500, 501, 1203])
def test_all_pages_are_fetched(laug, client, count):
    people(client, count)
    ids = [f"p{n:05}" for n in range(count)]
    assert [line.split("\t")[0] for line in laug("person", "list", "--plain").stdout.splitlines()] == ids
    answer = json.loads(laug("person", "list", "--json").stdout)
    assert [person["id"] for person in answer["items"]] == ids and set(answer) == {"items"}
    table = laug("person", "list").stdout.splitlines()
    assert [line.split()[0] for line in table[1:]] == ids if count else table == ["There is nothing to show."]


def test_a_page_that_was_asked_for_stays_one(laug, client):
    people(client, 30)
    answer = json.loads(laug("person", "list", "--limit", "7", "--json").stdout)
    assert len(answer["items"]) == 7 and answer["next"]
    rest = laug("person", "list", "--limit", "7", "--after", answer["next"], "--plain").stdout.splitlines()
    assert rest[0].startswith("p00007") and len(rest) == 7
    assert "--after" in laug("person", "list", "--limit", "7").stderr


# ---- repeats ----

def test_a_write_is_repeated_once_with_the_same_id(daemon, tmp_path):
    def serve(request, send):
        if len(calls_of(service)) == 1:
            return False
        send(msgpack.packb([1, request[1], None, {"id": "press", "name": "Press", "members": 0}]))
        return True
    service = FalseService(tmp_path / "s", serve)
    done = daemon.laug("--socket", str(tmp_path / "s"), "team", "add", "press", "--name", "Press")
    assert done.returncode == 0, done.stderr
    first, second = [call[3][0] for call in calls_of(service)]
    assert first == second and re.fullmatch("[0-9a-f]{32}", first["request_id"])
    assert [request[2] for request in service.requests] == ["service.hello", "team.add"] * 2


def test_two_losses_are_told(daemon, tmp_path):
    service = FalseService(tmp_path / "s", lambda request, send: False)
    done = daemon.laug("--socket", str(tmp_path / "s"), "team", "add", "press", "--name", "Press")
    assert done.returncode == 7 and "hung up" in done.stderr and "not known" in done.stderr
    assert len(calls_of(service)) == 2


def test_the_same_request_id_does_it_once(laug):
    for _ in range(3):
        laug("team", "add", "press", "--name", "Press", "--request-id", "only-once")
    laug("team", "add", "press", "--name", "Press", expect=4)


def test_reads_carry_no_request_id(daemon, tmp_path):
    def serve(request, send):
        send(msgpack.packb([1, request[1], None, {"items": []}]))
        return True
    service = FalseService(tmp_path / "s", serve)
    assert daemon.laug("--socket", str(tmp_path / "s"), "team", "list").returncode == 0
    assert "request_id" not in calls_of(service)[0][3][0]


# ---- answers of a service that is not ours ----

@pytest.mark.parametrize("answer, status", [
    ([1, 2, [1, "exists id: there is one"], None], 4),
    ([1, 2, [0, "busy: later"], None], 9),
    ([1, 2, [0, "no code at all"], None], 12),
    ([1, 2, None, {"items": 7, "next": []}], 0),
    ([1, 2, None, "text"], 0),
    ([1, 2, None, {"items": [1, "a", None, {}]}], 0),
    ([1, 2, None, {"items": [{"id": {"a": [1]}, "new": [{"x": 1}]}], "extra": {"y": [[]]}}], 0),
])
def test_odd_answers_do_no_harm(daemon, tmp_path, answer, status):
    def serve(request, send):
        send(msgpack.packb([answer[0], request[1], *answer[2:]]))
        return True
    FalseService(tmp_path / "s", serve)
    for form in ([], ["--json"], ["--plain"]):
        done = daemon.laug("--socket", str(tmp_path / "s"), "team", "list", *form)
        assert done.returncode == status, f"{form}: {done.stdout}{done.stderr}"


# ---- trials ----

def test_a_dry_run_shows_and_leaves_no_trace(laug, client):
    client.call("team.add", id="press", name="Press")
    done = laug("team", "change", "press", "--name", "Paint", "--dry-run")
    assert "Paint" in done.stdout and "nothing was changed" in done.stderr
    assert client.call("team.show", id="press")["name"] == "Press"
    laug("team", "remove", "nobody", "--dry-run", expect=3)
    assert "Paint" in laug("--dry-run", "--json", "team", "change", "press", "--name", "Paint").stdout


def test_calls_from_a_file(laug, tmp_path):
    calls = [{"method": "team.add", "params": {"id": "press", "name": "Press"}}, {"method": "team.list"}]
    (tmp_path / "calls.json").write_text(json.dumps(calls))
    answer = json.loads(laug("service", "what-if", "--calls", f"@{tmp_path}/calls.json", "--json").stdout)
    assert answer["results"][1]["items"] == [{"id": "press", "name": "Press", "members": 0}]
    assert laug("team", "list", "--plain").stdout == ""


# ---- forms ----

def test_plain_is_a_row_of_all_fields(laug, client):
    client.call("team.add", id="press", name="Press")
    client.call("person.add", id="anna", name="Anna Holm", team="press", hired_on="2020-01-01")
    row = laug("person", "list", "--plain").stdout.rstrip("\n").split("\t")
    fields = [line.split()[0] for line in laug("reference").stdout.split("\nperson\n")[1].split("\n\n")[0].splitlines()
              if line.startswith("    ")]
    assert dict(zip(fields, row)) | {"email": ""} == dict.fromkeys(fields, "") | {"mail": "each"} | {
        "id": "anna", "name": "Anna Holm", "team": "press", "teams": "press", "hired_on": "2020-01-01"}
    assert "name\tAnna Holm\n" in laug("person", "show", "anna", "--plain").stdout


def test_a_write_without_an_answer_says_done(laug, client):
    client.call("team.add", id="press", name="Press")
    assert laug("team", "remove", "press", "--yes").stdout == "Done.\n"
    client.call("team.add", id="press", name="Press")
    assert laug("team", "remove", "press", "--plain", "--yes").stdout == ""


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 132, 200])
def test_nothing_is_wider_than_the_screen(daemon, client, columns):
    client.call("team.add", id="press", name="Press shop and everything that belongs to it")
    client.call("person.add", id="anna-katrine-with-a-very-long-id", name="Anna-Katrine Sofie Holm Rasmussen 李明",
                email="anna-katrine@example.com", title="Chief of a very long title of things and more things",
                team="press", hired_on="2020-01-01")
    client.call("person.add", id="bo", name="Bo", team="press")
    for words in (["person", "list"], ["person", "show", "bo"], ["team", "list"], ["company", "show"],
                  ["person", "add", "--help"], ["--help"], ["person", "--help"], ["service", "status"]):
        shown = on_terminal(daemon, *words, columns=columns, NO_COLOR="1")
        widest = max(shown.split("\n"), key=columns_of)
        # a single word may be wider than a very narrow screen
        assert columns_of(widest) <= max(columns, 44), f"{words}: {widest}"
        assert columns < 60 or columns_of(widest) <= columns, f"{words}: {widest}"


def test_colours_are_for_terminals(daemon, client):
    client.call("team.add", id="press", name="Press")
    assert "\x1b[1m" in on_terminal(daemon, "team", "list")
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_terminal(daemon, "team", "list", **variables)
    assert "\x1b" not in on_terminal(daemon, "--json", "team", "list")
    assert "\x1b" not in daemon.laug("team", "list", NO_COLOR="").stdout


def test_numbers_in_local_time(laug):
    next_job = laug("service", "status", "--plain", TZ="Europe/Copenhagen").stdout.split("next_job\t")[1].split("\n")[0]
    assert re.fullmatch(r"2027-01-\d\dT\d\d:\d\d:00Z", next_job)
    hour = int(next_job[11:13])
    assert f"{hour + 1:02}:{next_job[14:16]} CET" in laug("service", "status", TZ="Europe/Copenhagen").stdout
    assert f"{hour:02}:{next_job[14:16]} UTC" in laug("service", "status", TZ="UTC").stdout


# ---- what went wrong ----

def test_mistakes_come_with_the_next_step(laug):
    assert "did you mean: laug person show" in laug("person", "shwo", expect=11).stderr
    assert "did you mean: laug person remove" in laug("person", "delete", "anna", expect=11).stderr
    assert "did you mean: laug team" in laug("taem", "list", expect=11).stderr
    assert "--hired-on" in laug("person", "add", "bo", "--name", "Bo", "--hierd-on", "2027-01-01", expect=2).stderr
    assert "laug person add --help" in laug("person", "add", expect=2).stderr
    assert laug("--frobnicate", expect=2).stderr
    assert laug("completion", "tcsh", expect=2).stderr
    assert laug("manual", "laugh", expect=2).stderr


def test_a_socket_without_rights(daemon, laug):
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("takes root, to be somebody else")
    os.chmod(daemon.socket, 0o600)
    os.chmod(daemon.folder, 0o755)
    program = shutil.copy(daemon.build / "laug", daemon.folder / "laug")
    done = subprocess.run(["setpriv", "--reuid", "65533", "--clear-groups", program, "--socket", str(daemon.socket),
                           "team", "list"], capture_output=True, text=True, env={**os.environ, "LANGUAGE": "en"})
    assert done.returncode == 7 and "may not use" in done.stderr


def test_somebody_nobody_knows(daemon, laug):
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("takes root, to be somebody else")
    os.chmod(daemon.socket, 0o666)
    os.chmod(daemon.folder, 0o755)
    program = shutil.copy(daemon.build / "laug", daemon.folder / "laug")
    for words, status in ((["team", "list"], 6), ([], 0)):
        done = subprocess.run(["setpriv", "--reuid", "65533", "--clear-groups", program, "--socket",
                               str(daemon.socket), *words], capture_output=True, text=True,
                              env={**os.environ, "LANGUAGE": "en"})
        assert done.returncode == status, done.stderr
        assert "--login" in done.stdout + done.stderr


def test_a_full_disk_is_no_success(laug, daemon):
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(daemon.build / "laug"), "--help"], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode != 0


def test_danish_is_whole(laug):
    shown = laug("person", "add", "--help", LANGUAGE="da").stdout
    assert "Tilføj en person" in shown and "Brug:" in shown and "Eksempel" in shown
    assert "findes" in (told := laug("person", "show", "anna", expect=3, LANGUAGE="da").stderr) or "hedder" in told
    english = laug("team", "list").stdout
    danish = laug("--language", "danish", "team", "list").stdout
    assert danish != english and laug("team", "list", "--language", "da").stdout == danish
    assert laug("--language", "english", "team", "list", LANGUAGE="da").stdout == english


def test_danish_has_headings_and_words_too(laug):
    shown = laug("company", "show", LANGUAGE="da").stdout
    assert "tidszone" in shown and "zone  " not in shown.replace("tidszone", "")
    assert "monday" in shown  # words that an option takes stay as they are typed
    rules = laug("reminder", "rule", "list", LANGUAGE="da").stdout
    assert "før og efter" in rules and "open_turn" in rules
    assert laug("company", "show", "--plain", LANGUAGE="da").stdout == laug("company", "show", "--plain").stdout
    assert laug("company", "show", "--json", LANGUAGE="da").stdout == laug("company", "show", "--json").stdout


def test_help_explains_what_a_change_takes(laug):
    shown = laug("rotation", "add", "--help").stdout
    options, answer = shown.split("\nOptions\n")[1].split("\nAnswer\n")
    assert "what becomes of a turn on a closed day" in options and "closed day" not in answer


# ---- what is mine ----

def test_home(laug, client):
    assert "keep this service" in laug().stdout
    done = laug("--json", expect=6)
    assert not done.stdout and "keep this service" in done.stderr


def be_anna(laug):
    import pwd
    laug("person", "add", "anna", "--name", "Anna Holm", "--login", pwd.getpwuid(os.getuid()).pw_name)


def test_home_of_a_person(laug):
    be_anna(laug)
    assert "No sabbatical week in 2027 yet" in laug().stdout
    laug("absence", "add", "anna", "--from", "2027-03-01", "--to", "2027-03-05")
    shown = laug().stdout
    assert shown.startswith("Anna Holm, Monday 4 January 2027, week 1\n")
    assert "Monday 1 to Friday 5 March" in shown and "laug absence remove away-1" in shown
    assert laug("mine", "show", "anna").stdout == shown
    assert json.loads(laug("--json").stdout)["items"][0]["to"] == "2027-03-05"
    assert "\taway-1\t" in laug("--plain").stdout


def test_home_is_a_screen_at_most(laug, daemon):
    be_anna(laug)
    laug("rotation", "add", "hours", "--title", "Office hours", "--starts", "2027-01-05T13:00", "--rule", "FREQ=DAILY",
         "--member-kind", "person", "--members", "anna")
    for columns in (40, 60, 80, 200):
        shown = on_terminal(daemon, columns=columns, lines=20, NO_COLOR="1").splitlines()
        assert len(shown) <= 19 and all(columns_of(line) <= columns for line in shown), "\n".join(shown)
        assert re.fullmatch(r"and \d+ more: laug mine show anna", shown[-1])
        assert "Next step" in shown
    whole = laug("mine", "show", "anna").stdout
    assert whole.count("laug turn offer") > 20 and "more:" not in whole


# ---- events ----

def test_events(laug, client):
    for team in ("press", "paint", "polish"):
        client.call("team.add", id=team, name=team)
    lines = laug("watch", "--since", "0", "--limit", "3", "--plain").stdout.splitlines()
    assert [line.split("\t")[2:] for line in lines] == [["team.changed", f"team={team}"]
                                                      for team in ("press", "paint", "polish")]
    events = [json.loads(line) for line in laug("watch", "--since", "1", "--limit", "2", "--json").stdout.splitlines()]
    assert [event["team"] for event in events] == ["paint", "polish"]
    assert "press" in laug("watch", "--since", "0", "--limit", "1").stdout
    laug("watch", "--since", "1000000", expect=2)
    laug("watch", "--since", "soon", expect=2)


def test_events_go_on_after_a_restart(daemon, laug):
    following = subprocess.Popen([str(daemon.build / "laug"), "watch", "--since", "0", "--limit", "2", "--plain"],
                                 stdout=subprocess.PIPE, text=True,
                                 env={**os.environ, "LAUG_SOCKET": str(daemon.socket), "LANGUAGE": "en"})
    laug("team", "add", "press", "--name", "Press")
    assert "press" in following.stdout.readline()
    daemon.stop()
    daemon.start()
    laug("team", "add", "paint", "--name", "Paint")
    assert "paint" in following.stdout.readline()
    assert following.wait(10) == 0


def watching(daemon, *words, **environment):
    return subprocess.Popen([str(daemon.build / "laug"), "watch", *words], stdout=subprocess.PIPE, text=True,
                            env={**os.environ, "LAUG_SOCKET": str(daemon.socket), "LANGUAGE": "en",
                                 "TZ": "Europe/Copenhagen", **environment})


def test_watch_says_what_happened_with_names_and_weekdays(laug, client):
    for person, name in (("anna", "Anna Holm"), ("bo", "Bo Lund")):
        client.call("person.add", id=person, name=name)
    client.call("rotation.add", id="hours", title="Office hours", starts="2027-01-05T13:00", rule="FREQ=WEEKLY;COUNT=1",
                member_kind="person", members=["anna", "bo"])
    client.call("absence.add", person="anna", **{"from": "2027-01-05", "to": "2027-01-05"})
    shown = laug("watch", "--since", "2", "--limit", "5", TZ="Europe/Copenhagen").stdout
    assert shown.startswith("Monday 4 January 2027\n  08:00  Anna Holm has the turn for Office hours, "
                            "tomorrow, Tuesday 5 January at 13:00\n")
    assert "  08:00  The rotation Office hours has changed\n" in shown
    assert "  08:00  Bo Lund takes Office hours in place of Anna Holm, tomorrow, Tuesday 5 January at 13:00" in shown
    assert "calendar.changed" not in shown
    danish = laug("--language", "da", "watch", "--since", "2", "--limit", "1", TZ="Europe/Copenhagen").stdout
    assert danish == ("mandag 4. januar 2027\n  08:00  Anna Holm har turen til Office hours, "
                      "i morgen, tirsdag 5. januar kl. 13:00\n")


def test_watch_says_each_thing_once_through_restarts(daemon, laug):
    following, said = watching(daemon, "--since", "0", "--limit", "9"), []
    for round_ in range(3):
        for number in range(3):
            laug("team", "add", f"team-{round_}{number}", "--name", f"Team {round_}{number}")
        while len(said) < 3 * round_ + 3:
            said += re.findall(r"The team (Team \d+) has changed", following.stdout.readline())
        daemon.kill() if round_ == 1 else daemon.stop()
        daemon.start()
    assert following.wait(10) == 0
    assert said == [f"Team {round_}{number}" for round_ in range(3) for number in range(3)]


def test_watch_knows_a_new_name(daemon, laug):
    laug("team", "add", "press", "--name", "Press shop")
    following = watching(daemon, "--since", "0", "--limit", "2")
    assert "January" in following.stdout.readline() and "Press shop" in following.stdout.readline()
    laug("team", "change", "press", "--name", "Pressing")
    assert "The team Pressing has changed" in following.stdout.readline()
    assert following.wait(10) == 0


# ---- completion ----

def offered(laug, *words):
    return [line.split("\t")[0] for line in laug("complete", "--", *words).stdout.splitlines()]


def test_completion_knows_words_options_and_ids(laug, client):
    client.call("team.add", id="press", name="Press shop")
    client.call("team.add", id="paint", name="Paint")
    assert offered(laug, "pers") == ["person"]
    assert "watch" in offered(laug, "") and "team" in offered(laug, "")
    assert offered(laug, "person", "sh") == ["show"]
    assert offered(laug, "sabbatical", "policy", "") == ["change", "show"]
    assert offered(laug, "--socket", "/x", "person", "sh") == ["show"]
    assert offered(laug, "team", "show", "p") == ["paint", "press"]
    assert offered(laug, "team", "show", "press", "--j") == ["--json"]
    assert offered(laug, "person", "list", "--te") == ["--team"]
    assert offered(laug, "person", "list", "--team", "pr") == ["press"]
    assert offered(laug, "person", "list", "--team=pr") == ["--team=press"]
    assert offered(laug, "person", "list", "--team", "=", "pr") == ["press"]
    assert offered(laug, "person", "add", "anna", "--teams", "press,pa") == ["press,paint"]
    assert offered(laug, "company", "change", "--language", "") == ["english", "danish"]
    assert offered(laug, "person", "list", "--here", "--te") == ["--team"]
    assert offered(laug, "nonsense", "") == [] and offered(laug) != []
    assert "Press shop" in laug("complete", "--", "team", "show", "press").stdout


def test_completion_is_silent_without_a_service(daemon, laug):
    daemon.stop()
    done = laug("complete", "--", "team", "show", "")
    assert done.stdout == "" and done.stderr == ""


# ---- texts ----

def test_manual_pages_are_sound(laug, tmp_path):
    if not shutil.which("groff"):
        pytest.skip("groff is not here")
    for page in ("laug", "laug-protocol"):
        (tmp_path / page).write_text(laug("manual", page).stdout)
        done = subprocess.run(["groff", "-k", "-man", "-Tutf8", "-ww", "-z", str(tmp_path / page)], capture_output=True,
                              text=True)
        assert done.stderr == ""


def test_helpers_are_words(daemon, tmp_path, laug):
    folder = tmp_path / "bin"
    folder.mkdir()
    shutil.copy(daemon.build / "laug", folder / "laug")
    (folder / "laug-hello").write_text('#!/bin/sh\necho "$0 $* $LAUG_SOCKET"\nexit 42\n')
    (folder / "laug-hello").chmod(0o755)
    done = subprocess.run([str(folder / "laug"), "--socket", "/somewhere", "hello", "--to", "you"], capture_output=True,
                          text=True)
    assert done.returncode == 42 and done.stdout.endswith("--to you /somewhere\n")
    for word in ("../laug-hello", "hello/", "-hello", ""):
        done = subprocess.run([str(folder / "laug"), word], capture_output=True, text=True)
        assert done.returncode in (2, 11)


def test_it_links_little(daemon):
    needed = subprocess.run(["ldd", str(daemon.build / "laug")], capture_output=True, text=True).stdout
    for library in ("libical", "libcurl", "libcsv", "libsqlite", "libevent", "libsystemd", "libicu"):
        assert library not in needed


# ---- the protocol, as text ----

def test_the_reference_is_the_golden_one(laug):
    golden = pathlib.Path(__file__).parents[1] / "golden" / "protocol.txt"
    if not golden.exists():
        pytest.skip("there is no golden text yet")
    assert laug("reference").stdout == golden.read_text(), "the wire has changed; if it was meant: ./dev golden"


# ---- pictures of time ----

def test_week_takes_numbers_and_days(laug):
    for words, heading in (([], "week 1: Monday 4 to Sunday 10 January"), (["12"], "week 12: Monday 22 to Sunday 28 March"),
                           (["2026-W53"], "week 53 of 2026: Monday 28 December to Sunday 3 January"),
                           (["2027-03-24"], "week 12: Monday 22 to Sunday 28 March"), (["+2w"], "week 3: "),
                           (["uge 12"], "week 12: "), (["fredag", "uge", "12"], "week 12: "), (["1/3"], "week 9: ")):
        assert heading in laug("week", *words).stdout
    for wrong in ("54", "53", "0", "2027-W54", "someday", "2027-02-30", "12x"):
        assert "WEEK" in laug("week", wrong, expect=2).stderr
    laug("week", "12", "13", expect=2)


def test_year_is_as_wide_as_the_screen(laug, daemon):
    laug("person", "add", "anna", "--name", "Anna Holm")
    laug("rotation", "add", "hours", "--title", "Office hours", "--starts", "2027-01-05T13:00", "--rule", "FREQ=WEEKLY",
         "--member-kind", "person", "--members", "anna")
    for columns in range(40, 230, 9):
        for environment in ({"LANG": "C.UTF-8"}, {"LANG": "C"}):
            shown = on_terminal(daemon, "year", columns=columns, NO_COLOR="1", LC_ALL="", **environment)
            assert all(columns_of(line) <= columns and line == line.rstrip() for line in shown.splitlines()), shown
            assert shown.isascii() or environment["LANG"] == "C.UTF-8"
            assert "Office hours" in shown and "today, week 1" in shown
    laug("year", "27a", expect=2)


def test_pictures_for_scripts(laug):
    laug("person", "add", "anna", "--name", "Anna Holm")
    laug("rotation", "add", "hours", "--title", "Office hours", "--starts", "2027-01-05T13:00", "--rule", "FREQ=WEEKLY",
         "--member-kind", "person", "--members", "anna")
    laug("closure", "add", "easter", "--from", "2027-01-06", "--to", "2027-01-06", "--title", "Twelfth Night")
    laug("closure", "add", "summer", "--from", "2027-07-06", "--to", "2027-07-16", "--title", "Summer")
    laug("absence", "add", "anna", "--from", "2027-01-07", "--to", "2027-01-08")
    turn, away, closed = [line.split("\t") for line in laug("week", "--plain").stdout.splitlines()]
    assert turn == ["turn", "2027-01-05T13:00", "", "published", "hours", "anna", "Anna Holm"]
    assert away == ["absence", "2027-01-07", "2027-01-08", "", "", "anna", "Anna Holm"]
    assert closed == ["closed", "2027-01-06", "2027-01-06", "", "", "", "Twelfth Night"]
    week = json.loads(laug("--json", "week").stdout)
    assert (week["from"], week["until"]) == ("2027-01-04", "2027-01-10") and week["items"][0] == {
        "kind": "turn", "from": "2027-01-05T13:00", "state": "published", "rotation": "hours", "id": "anna",
        "name": "Anna Holm"}
    assert len(json.loads(laug("year", "--json").stdout)["items"]) > 50
    assert json.loads(laug("week", "2026-W10", "--json").stdout)["items"] == []


HOSTILE = "A\u202eb\u2066c\ufeffd \u001b[2Je"


def test_names_cannot_steer_the_screen(laug, daemon, client):
    be_anna(laug)
    name = HOSTILE.replace("\u001b[2J", "")  # what the service lets in
    client.call("person.change", id="anna", name=name)
    client.call("rotation.add", id="hours", title=name, starts="2027-01-05T13:00", rule="FREQ=WEEKLY",
                member_kind="person", members=["anna"])
    client.call("company.change", name=name)
    client.call("closure.add", id="x", title=name, **{"from": "2027-01-07", "to": "2027-01-08"})
    client.call("absence.add", person="anna", **{"from": "2027-01-06", "to": "2027-01-06"})
    client.call("sabbatical.policy.change", notice_days=0)
    for words in ([], ["week"], ["year"], ["watch", "--since", "0", "--limit", "3"], ["rotation", "explain", "hours-2"],
                  ["rotation", "list"], ["turn", "list"], ["sabbatical", "free"], ["mine", "show"], ["week", "--json"]):
        shown = laug(*words).stdout
        assert not set("\u202e\u2066\ufeff\x1b") & set(shown), f"{words}: {shown!r}"


def test_home_of_a_stranger(laug, tmp_path):
    def serve(request, send):
        send(msgpack.packb([1, request[1], [1, "forbidden: this may be done only by: staff"], None]))
        return True
    FalseService(tmp_path / "s", serve)
    done = laug("--socket", str(tmp_path / "s"))
    assert "does not know the user" in done.stdout and "An admin tells it who you are" in done.stdout
    assert not laug("--socket", str(tmp_path / "s"), "--json", expect=6).stdout


def test_home_without_a_service(laug, tmp_path):
    for words in ([], ["week"], ["year"], ["watch"]):
        done = laug("--socket", str(tmp_path / "nothing"), *words, expect=7)
        assert "the service is not there" in done.stderr and "systemctl start laugd" in done.stderr


def test_names_are_for_staff(laug, daemon):
    laug("person", "add", "anna", "--name", "Anna Holm")
    laug("team", "add", "paint", "--name", "Paint shop")
    laug("team", "add", "anna", "--name", "Anna's team")
    with daemon.as_person("anna") as anna:
        assert anna.call("service.names", ids=["paint", "anna", "nobody"]) == {
            "items": [{"id": "paint", "name": "Paint shop"}]}
