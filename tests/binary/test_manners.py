# SPDX-License-Identifier: MIT
"""How the command line behaves to people: days as they type them, said in full before anything is written."""
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
