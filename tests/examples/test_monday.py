# SPDX-License-Identifier: MIT
"""The worked example that tells on Monday what the week brings."""
import shutil

import pytest
import shown

pytestmark = pytest.mark.skipif(not shutil.which("jq"), reason="jq is not here")


def test_the_week(daemon, client):
    shown.company(client)
    client.call("team.add", id="press", name="Press shop")
    client.call("rotation.add", id="tour", title="Tour of the works", starts="2027-01-10T14:00", rule="FREQ=MONTHLY",
                members=["press"], when_closed="keep")
    client.call("absence.add", person="p1", **{"from": "2027-01-10"}, to="2027-01-12")
    client.call("absence.add", person="p1", **{"from": "2027-01-18"}, to="2027-01-18")
    for day in ("2027-01-04", "2027-01-06", "2027-01-10"):
        client.call("clock.advance", to=f"{day}T08:00:00Z")
        said = shown.run(daemon, "monday.sh")
        assert said.startswith("Week from 2027-01-04 to 2027-01-10\n")
        assert "\nWho presents\n  2027-01-07 09:00  Showcase: Anna Holm\n  2027-01-10 14:00  Tour of the works: nobody yet\n" in said
        assert "\nWho is away\n  Bo Krag, from 2027-01-10 to 2027-01-12\n\n" in said
        assert "\nTurns that nobody has yet\n  2027-01-10 14:00  tour-1\n" in said


def test_hostile_names_are_lines_of_text(daemon, client):
    ids = shown.company(client, names=shown.HOSTILE, title="$(touch laug-was-here) \u202e \\(1+1) \"; halt")
    client.call("rotation.change", id="showcase", rule="FREQ=DAILY", starts="2027-01-04T09:00", when_closed="keep", republish=True)
    for person in ids[5:]:
        client.call("absence.add", person=person, **{"from": "2027-01-05"}, to="2027-01-05")
    said = shown.run(daemon, "monday.sh")
    lines = said.split("\n")
    assert all(shown.is_text(line) for line in lines)
    assert sum("$(touch laug-was-here) ? \\(1+1) \"; halt: " in line for line in lines) >= 5
    assert sum(line.endswith(", from 2027-01-05 to 2027-01-05") for line in lines) == len(ids) - 5


def test_no_service_is_an_error_and_not_an_empty_week(laugd):
    daemon = laugd(started=False)
    assert shown.run(daemon, "monday.sh", status=7) == ""
