# SPDX-License-Identifier: MIT
"""How the command line behaves to people: days as they type them, said in full before anything is written."""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios

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


def test_days_are_those_of_the_service(laug, client):
    # the held clock stands on Monday 4 January 2027
    laug("person", "add", "bo", "--name", "Bo")
    done = laug("absence", "add", "bo", "--from", "friday", "--to", "næste fredag", "--json")
    absence = json.loads(done.stdout)
    assert (absence["from"], absence["to"]) == ("2027-01-08", "2027-01-15")
    assert done.stderr.splitlines() == ["--from: Friday 8 January 2027", "--to: Friday 15 January 2027"]
    client.call("clock.advance", to="2027-03-04T08:00:00Z")
    done = laug("absence", "add", "bo", "--from", "1/4", "--to", "+28d", "--json", LANGUAGE="da")
    assert json.loads(done.stdout)["from"] == "2027-04-01"
    assert done.stderr.splitlines() == ["--from: torsdag 1. april 2027", "--to: torsdag 1. april 2027"]


def test_what_was_typed_in_full_is_not_said_again(laug):
    laug("person", "add", "bo", "--name", "Bo")
    assert laug("absence", "add", "bo", "--from", "2027-03-01", "--to", "5. marts 2027").stderr == ""
    assert laug("absence", "list", "--from", "monday").stderr == ""  # a look, and nobody sees it


def test_a_day_that_is_none_asks_nobody(daemon, laug):
    daemon.stop()
    refused = laug("absence", "add", "bo", "--from", "31/2", "--to", "1/3", expect=2).stderr
    assert "--from" in refused and "31 February" in refused
    laug("absence", "add", "bo", "--from", "monday", "--to", "friday", expect=7)


def test_days_need_no_quotes(laug):
    laug("person", "add", "bo", "--name", "Bo")
    assert "8 January" in laug("absence", "add", "--from", "this", "friday", "bo", "--to", "week", "3").stderr


def test_a_clock_can_be_moved_to_a_day(laug):
    assert json.loads(laug("clock", "advance", "--to", "tomorrow at 14:00", "--json").stdout)["at"] == "2027-01-05T13:00:00Z"
    assert json.loads(laug("clock", "advance", "--to", "friday", "--json").stdout)["at"] == "2027-01-08T08:00:00Z"
    assert json.loads(laug("clock", "now", "--json").stdout)["local"] == "2027-01-08T09:00"


# ---- what cannot be undone ----

def typed_at_terminal(daemon, answers, *words, columns=100, language="en"):
    """What is seen on a terminal where somebody types these lines, and the exit status."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen([str(daemon.build / "laug"), *words], stdin=other, stdout=other, stderr=other,
                               env={**os.environ, "LAUG_SOCKET": str(daemon.socket), "LANGUAGE": language,
                                    "TERM": "dumb", "PAGER": "cat"})
    os.close(other)
    os.write(main, answers.encode())
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
    return seen.decode().replace("\r\n", "\n"), process.wait(10)


def teams(client):
    return [team["id"] for team in client.call("team.list")["items"]]


def test_a_script_must_say_that_it_means_it(laug, client):
    client.call("team.add", id="press", name="Press")
    refused = laug("team", "remove", "press", expect=2).stderr
    assert "--yes" in refused and "laug team remove" in refused and teams(client) == ["press"]
    assert "--yes" in laug("team", "remove", "press", expect=2, LANGUAGE="da").stderr
    assert "trial" in laug("team", "remove", "press", "--dry-run").stderr and teams(client) == ["press"]
    laug("team", "remove", "press", "--yes")
    assert teams(client) == []


@pytest.mark.parametrize("language, question, yes", [("en", "cannot be undone. Go on? [y/N]", "y"), ("da", "[j/N]", "ja")])
def test_a_person_is_asked(daemon, client, language, question, yes):
    client.call("team.add", id="press", name="Press shop")
    for no in ("\n", "n\n", "nej\n", "yesterday\n"):
        seen, status = typed_at_terminal(daemon, no, "team", "remove", "press", language=language)
        assert "press: Press shop" in seen and question in seen and status == 1, seen
        assert teams(client) == ["press"]
    seen, status = typed_at_terminal(daemon, f"{yes}\n", "team", "remove", "press", language=language)
    assert status == 0 and teams(client) == []


def test_nobody_is_asked_twice(daemon, client):
    client.call("team.add", id="press", name="Press")
    seen, status = typed_at_terminal(daemon, "", "team", "remove", "press", "--yes")
    assert status == 0 and "[y/N]" not in seen and teams(client) == []
    assert typed_at_terminal(daemon, "", "absence", "list")[1] == 0


# ---- undoing ----

def test_undo_shows_asks_and_undoes(daemon, laug, client):
    laug("person", "add", "bo", "--name", "Bo")
    laug("absence", "add", "bo", "--from", "monday", "--to", "friday")
    seen, status = typed_at_terminal(daemon, "n\n", "undo")
    assert "absence add bo" in seen and "laug absence remove away-1" in seen and status == 1
    assert len(client.call("absence.list", person="bo")["items"]) == 1
    seen, status = typed_at_terminal(daemon, "y\n", "undo")
    assert "Undone." in seen and status == 0 and client.call("absence.list", person="bo")["items"] == []
    assert "person add bo" in laug("undo", expect=2).stderr  # a script says --yes
    assert laug("undo", "--yes").stdout == "Undone.\n" and client.call("person.list")["items"] == []
    assert "nothing" in laug("undo", "--yes", expect=3).stderr


def test_undo_of_a_chosen_act(laug, client):
    laug("person", "add", "bo", "--name", "Bo Dam's", "--title", "Welder")
    laug("person", "change", "bo", "--title", "Smith", "--email", "bo@example.com")
    laug("team", "add", "press", "--name", "Press")
    listed = laug("undo", "--list").stdout
    assert listed.index("team add press") < listed.index("person change bo") < listed.index("person add bo")
    assert "laug person change bo --title Welder --clear email" in listed
    act = next(line.split()[0] for line in listed.splitlines() if "person change" in line)
    undone = json.loads(laug("undo", act, "--yes", "--json").stdout)
    assert undone["method"] == "person.change" and undone["calls"][0]["params"]["title"] == "Welder"
    person = client.call("person.show", id="bo")
    assert person["title"] == "Welder" and "email" not in person
    assert "laug undo --list" in laug("undo", act, "--yes", expect=3).stderr
    for words in (["x"], ["1", "2"], ["--list", "1"], ["-1"], ["--frob"]):
        laug("undo", *words, expect=2)
    assert "laug undo --list" in laug("undo", "--help").stdout


# ---- did you mean ----

def test_ids_that_were_mistyped(laug, client):
    client.call("team.add", id="press", name="Press shop")
    client.call("person.add", id="soeren", name="Søren Æbelø", team="press")
    assert "Did you mean soeren (Søren Æbelø)?" in laug("person", "show", "sorren", expect=3).stderr
    assert "Did you mean press (Press shop)?" in laug("person", "list", "--team", "pres", expect=3).stderr
    assert "Did you mean soeren" in laug("person", "show", "Søren", expect=2).stderr  # no id, but a name
    assert "Did you mean soeren" in laug("absence", "add", "soren", "--from", "monday", "--to", "friday", "--dry-run",
                                         expect=3).stderr
    assert "Mente du soeren (Søren Æbelø)?" in laug("person", "show", "soren", expect=3, LANGUAGE="da").stderr
    assert "Did you mean" not in laug("person", "show", "nobody", expect=3).stderr


def test_nobody_is_told_of_what_they_may_not_list(laug, client):
    import pwd
    client.call("person.add", id="anna", name="Anna", login=pwd.getpwuid(os.getuid()).pw_name)
    client.call("person.add", id="bo", name="Bo")
    client.call("sabbatical.policy.change", notice_days=0, min_tenure_days=0)
    client.call("sabbatical.request", person="bo", starts_on="2027-03-01", project="Secret robots")
    refused = laug("sabbatical", "show", "sabbatical-9", expect=3).stderr
    assert "Secret" not in refused


def test_words_that_were_mistyped(laug):
    assert "did you mean monday?" in laug("company", "change", "--weekdays", "mondy", expect=2).stderr
    assert "did you mean danish?" in laug("company", "change", "--language", "dansih", expect=2).stderr
    assert "did you mean" not in laug("company", "change", "--language", "klingon", expect=2).stderr


# ---- a pager ----

@pytest.fixture
def pager(tmp_path):
    """A pager that keeps what it was given."""
    script = tmp_path / "pager"
    script.write_text(f"#!/bin/sh\ncat > {tmp_path}/paged\necho paged\n")
    script.chmod(0o755)
    return tmp_path / "paged", {"PAGER": str(script), "TERM": "xterm"}


def seen_at_terminal(daemon, *words, lines=12, before=None, **environment):
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", lines, 80, 0, 0))
    process = subprocess.Popen([str(daemon.build / "laug"), *words], stdin=other, stdout=other, stderr=other,
                               env={**os.environ, "LAUG_SOCKET": str(daemon.socket), "LANGUAGE": "en", **environment},
                               start_new_session=True, preexec_fn=before)
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
    return seen.decode().replace("\r\n", "\n"), process.wait(10)


def test_what_is_longer_than_the_screen_is_paged(daemon, client, pager):
    kept, environment = pager
    for number in range(5):
        client.call("team.add", id=f"team-{number}", name=f"Team {number}")
    seen, status = seen_at_terminal(daemon, "team", "list", **environment)
    assert "team-4" in seen and "paged" not in seen and status == 0
    for number in range(5, 30):
        client.call("team.add", id=f"team-{number}", name=f"Team {number}")
    seen, status = seen_at_terminal(daemon, "team", "list", **environment)
    assert seen == "paged\n" and "team-29" in kept.read_text() and "\x1b[1m" in kept.read_text() and status == 0
    assert "team-29" in seen_at_terminal(daemon, "team", "list", lines=50, **environment)[0]
    assert "team-29" in seen_at_terminal(daemon, "team", "list", "--no-pager", **environment)[0]
    assert "team-29" in seen_at_terminal(daemon, "--no-pager", "team", "list", **environment)[0]
    assert seen_at_terminal(daemon, "rotation", "add", "--help", **environment)[0] == "paged\n"
    assert seen_at_terminal(daemon, "--help", **environment)[0] == "paged\n"


def test_an_interrupt_is_for_the_pager(daemon, client, tmp_path):
    """Who ends a search in it with Ctrl-C is not left with a pager and a shell that share the keys."""
    script = tmp_path / "patient"
    script.write_text("#!/bin/sh\ntrap '' INT QUIT\ncat > /dev/null\nkill -INT 0\nkill -QUIT 0\necho paged\n")
    script.chmod(0o755)
    seen = seen_at_terminal(daemon, "--help", PAGER=f"trap : INT QUIT; {script}", TERM="xterm")
    assert seen == ("paged\n", 0)


def test_whoever_does_not_wait_for_children_has_a_pager_too(daemon, client, pager):
    _, environment = pager
    seen = seen_at_terminal(daemon, "--help", before=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN), **environment)
    assert seen == ("paged\n", 0)


def test_no_pager_takes_anything_away(daemon, client, pager, laug):
    _, environment = pager
    for number in range(30):
        client.call("team.add", id=f"team-{number}", name=f"Team {number}")
    for nothing in ("", "cat", "/does/not/exist", "false; exit 127"):
        assert "team-29" in seen_at_terminal(daemon, "team", "list", **{**environment, "PAGER": nothing})[0]
    assert "team-29" in seen_at_terminal(daemon, "team", "list", **{**environment, "TERM": "dumb"})[0]
    assert "team-29" in laug("team", "list", **environment).stdout  # a script
    seen, status = seen_at_terminal(daemon, "team", "show", "teem-1", **environment)
    assert status == 3 and "Did you mean team-1" in seen
