# SPDX-License-Identifier: MIT
"""The command line as a person and a script meet it."""
import json

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


def test_words_are_the_methods_words(laug):
    laug("team", "add", "press", "--name", "Press shop")
    laug("person", "add", "anna", "--name", "Anna Holm", "--team", "press")
    assert "Anna Holm" in laug("person", "list").stdout
    assert "Press shop" in laug("team", "show", "press").stdout


def test_json_is_json(laug):
    laug("person", "add", "anna", "--name", "Anna Holm æøå")
    listing = json.loads(laug("--json", "person", "list").stdout)
    assert listing["items"][0]["name"] == "Anna Holm æøå"


@pytest.mark.parametrize("words, status", [
    (["person", "show", "anna"], 3),
    (["person", "add", "Not A Slug", "--name", "x"], 2),
    (["person", "add", "bo", "--name", "Bo", "--hired-on", "2027-02-30"], 2),
    (["rotation", "nonsense"], 11),
    (["team", "list", "--colour", "red"], 2),
])
def test_exit_status_tells_what_went_wrong(laug, words, status):
    done = laug(*words, expect=status)
    assert done.stderr and not done.stdout


def test_taken_name(laug):
    laug("team", "add", "press", "--name", "Press shop")
    laug("team", "add", "press", "--name", "Press shop", expect=4)


def test_help_at_every_level(laug):
    assert "person" in laug("--help").stdout
    assert "remove" in laug("person", "--help").stdout
    assert "--hired-on" in laug("person", "add", "--help").stdout


def test_no_daemon(laug, daemon):
    daemon.stop()
    done = laug("team", "list", expect=7)
    assert str(daemon.socket) in done.stderr


def test_hostile_name_is_shown_escaped(laug, client):
    client.call("person.add", id="anna", name="Anna Holm\u202e")
    for words in (["person", "show", "anna"], ["person", "list"], ["--plain", "person", "list"],
                  ["--json", "person", "list"]):
        shown = laug(*words).stdout
        assert "\u202e" not in shown and "\\u202e" in shown


def test_output_that_nobody_reads(laug, daemon):
    import subprocess
    done = subprocess.run(f"'{daemon.build}/laug' --help | true", shell=True, capture_output=True, text=True,
                          timeout=10)
    assert done.returncode == 0


def test_danish(laug):
    done = laug("person", "show", "anna", expect=3, LANGUAGE="da", LANG="da_DK.UTF-8")
    assert "anna" in done.stderr
