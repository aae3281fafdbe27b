# SPDX-License-Identifier: MIT
"""The same request_id gets the first answer again, also after a restart, and does its work once."""
import pytest
from laugwire import Refused


def test_first_answer_again(client):
    first = client.call("person.add", id="anna", name="Anna Holm", request_id="r-1")
    assert client.call("person.add", id="anna", name="Anna Holm", request_id="r-1") == first
    with pytest.raises(Refused) as refused:
        client.call("person.add", id="anna", name="Anna Holm", request_id="r-2")
    assert refused.value.code == "exists"


@pytest.mark.parametrize("crash", [False, True])
def test_across_a_restart(laugd, crash):
    daemon = laugd()
    with daemon.connect() as client:
        first = client.call("person.add", id="anna", name="Anna Holm", request_id="r-1")
    daemon.kill() if crash else daemon.stop()
    daemon.start()
    with daemon.connect() as client:
        assert client.call("person.add", id="anna", name="Anna Holm", request_id="r-1") == first


def test_forgotten_after_a_day(client):
    client.call("person.add", id="anna", name="Anna Holm", request_id="r-1")
    client.call("clock.advance", to="2027-01-05T06:00:00Z")
    client.call("person.add", id="anna", name="Anna Holm", request_id="r-1")
    client.call("clock.advance", to="2027-01-05T08:00:00Z")
    with pytest.raises(Refused) as refused:
        client.call("person.add", id="anna", name="Anna Holm", request_id="r-1")
    assert refused.value.code == "exists"


def test_same_id_for_another_call_is_refused(client):
    client.call("person.add", id="anna", name="Anna Holm", request_id="r-1")
    with pytest.raises(Refused):
        client.call("team.add", id="press", name="Press shop", request_id="r-1")
    assert client.call("team.list")["items"] == []
