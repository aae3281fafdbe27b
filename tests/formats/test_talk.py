# SPDX-License-Identifier: MIT
"""What an import does when the service breaks off in the middle, or refuses what was good a moment ago."""
import os
import pathlib
import pty
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import fake  # noqa: E402
import laugwire  # noqa: E402


@pytest.fixture
def service(tmp_path):
    made = fake.Fake(tmp_path / "s")
    yield made
    made.close()


@pytest.fixture
def laug_import(service, tmp_path):
    program = laugwire.build_folder() / "laug-import"
    if not program.exists():
        pytest.skip("laug-import is not built")

    def run(*words, expect=0, **files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        done = subprocess.run([str(program), *words], capture_output=True, text=True, timeout=30, cwd=tmp_path,
                              stdin=subprocess.DEVNULL,
                              env=dict(os.environ, LAUG_SOCKET=str(tmp_path / "s"), LANGUAGE="en"))
        assert done.returncode == expect, f"{done.returncode}\n{done.stdout}{done.stderr}"
        assert not any(mark in done.stderr for mark in laugwire.SANITIZER_MARKS), done.stderr
        return done
    return run


def people(count, start=0):
    return "id,name\n" + "".join(f"p{number},Person {number}\n" for number in range(start, start + count))


def test_a_small_file_is_one_batch(service, laug_import):
    laug_import("people", "f.csv", f=people(4000))
    assert [rows for _, rows in service.batches] == [4000]


def test_a_large_file_is_many(service, laug_import):
    laug_import("people", "f.csv", f=people(25000))
    assert len(service.people) == 25000
    assert len({name for name, _ in service.batches}) == len(service.batches) == 5


@pytest.mark.parametrize("count", [900, 60000])
def test_a_lost_connection_neither_loses_nor_doubles(service, laug_import, count):
    """The batch is done and its answer lost: it comes again under its own name and is answered from the books."""
    seen = []

    def lose_some(method, params):
        if "request_id" in params:
            seen.append(method)
            if len(seen) in (1, 2, 9, 25):
                raise ConnectionError

    service.before_answer = lose_some
    done = laug_import("people", "f.csv", f=people(count))
    assert f"{count} added" in done.stdout
    assert len(service.people) == count
    assert len(service.batches) > len({name for name, _ in service.batches}), "nothing was sent again"


def test_a_service_that_never_comes_back(service, laug_import):
    def lose_all(method, params):
        if "request_id" in params:
            raise ConnectionError

    service.before_answer = lose_all
    done = laug_import("people", "f.csv", f=people(5), expect=7)
    assert "Run it again" in done.stderr


def test_two_runs_have_different_names(service, laug_import):
    """A file may come again after somebody changed things back: its calls are new ones."""
    laug_import("people", "f.csv", f=people(3))
    service.people.clear()
    laug_import("people", "f.csv", f=people(3))
    assert len(service.people) == 3


def refusing(service, *ids):
    add = service.person_add

    def person_add(**person):
        if person["id"] in ids:
            raise fake.Refusal("conflict name: not on a Monday")
        return add(**person)
    service.person_add = person_add


def test_one_that_the_service_refuses_stops_all(service, laug_import):
    refusing(service, "p7")
    done = laug_import("people", "f.csv", f=people(20), expect=5)
    assert not service.people
    assert "f.csv:9: name: not on a Monday" in done.stderr and "0 changes were made" in done.stderr


def test_keep_going_leaves_out_only_what_is_refused(service, laug_import):
    bad = [f"p{number}" for number in (0, 7, 8, 500, 999, 1000, 1998, 1999)]
    refusing(service, *bad)
    done = laug_import("people", "f.csv", "--keep-going", f=people(2000), expect=2)
    assert set(service.people) == {f"p{number}" for number in range(2000)} - set(bad)
    assert "f.csv:2: name: not on a Monday (and on 7 more lines: 9-10, 502, 1001-1002, 2000-2001)" in done.stderr


def test_keep_going_when_all_are_refused(service, laug_import):
    refusing(service, *(f"p{number}" for number in range(300)))
    done = laug_import("people", "f.csv", "--keep-going", f=people(300), expect=2)
    assert not service.people and "f.csv:2: name: not on a Monday (and on 299 more lines: 3-301)" in done.stderr


def test_dry_run_writes_nothing(service, laug_import):
    done = laug_import("people", "f.csv", "--dry-run", f=people(3))
    assert not service.batches and "+ p0" in done.stdout and "3 to add" in done.stdout
    # and needs no write of any other kind
    assert not service.people and not service.teams


def test_names_that_would_deceive_a_terminal_are_shown_as_codes(service, laug_import):
    done = laug_import("people", "f.csv", "--dry-run", f="id,name\na,Anna\u202egnirps\n")
    assert "Anna\\u{202e}gnirps" in done.stdout


def on_terminal(program, words, cwd, environment):
    """What a program writes to stderr when that is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([str(program), *words], stdout=subprocess.DEVNULL, stderr=theirs, cwd=cwd, env=environment)
    os.close(theirs)
    said = b""
    while True:
        try:
            said += (more := os.read(ours, 4096))
        except OSError:  # the other end is closed
            break
        if not more:
            break
    os.close(ours)
    assert process.wait(30) == 0
    return said.decode()


def test_a_bar_on_a_terminal_and_nowhere_else(service, laug_import, tmp_path):
    assert laug_import("people", "f.csv", f=people(30000)).stderr == ""
    service.people.clear()
    said = on_terminal(laugwire.build_folder() / "laug-import", ["people", "f.csv"], tmp_path,
                       dict(os.environ, LAUG_SOCKET=str(tmp_path / "s"), LANGUAGE="en"))
    assert "\r[####" in said and "/ 30000" in said
    assert said.endswith("\r\x1b[K"), "the bar is wiped out at the end"
