# SPDX-License-Identifier: MIT
"""The wire as any MessagePack-RPC client meets it: answers, errors, pipelining, and a program that nobody here wrote."""
import json
import shutil
import subprocess
import textwrap

import pytest
from laugwire import Refused


def test_hello_and_clock(client):
    assert client.call("service.hello")
    now = client.call("clock.now")
    assert any(str(value).startswith("2027-01-04T0") for value in now.values()), now


def test_error_has_kind_code_field_and_sentence(client):
    with pytest.raises(Refused) as refused:
        client.call("absence.add", **{"person": "anna", "from": "2027-02-01", "to": "2027-02-02"})
    assert refused.value.kind == 1
    assert refused.value.code == "not_found"
    assert refused.value.field == "person"
    assert "anna" in refused.value.sentence


def test_unknown_method_and_unknown_parameter(client):
    with pytest.raises(Refused) as refused:
        client.call("rotation.nonsense")
    assert refused.value.code == "unknown_method"
    with pytest.raises(Refused) as refused:
        client.call("team.list", colour="red")
    assert refused.value.code == "invalid" and "colour" in refused.value.text


def test_pipelined_calls_keep_their_ids(client):
    team = client.send("team.add", id="press", name="Press shop")
    wrong = client.send("team.add", id="Press Shop", name="Press shop")
    people = [client.send("person.add", id=f"p{n}", name=f"Person {n}", team="press") for n in range(50)]
    listing = client.send("person.list", limit=500)
    assert len(client.answer(listing)["items"]) == 50
    for call in [team, *people]:
        client.answer(call)
    with pytest.raises(Refused):
        client.answer(wrong)


def test_pages_cover_everything_once(client):
    for n in range(25):
        client.call("person.add", id=f"p{n:02}", name=f"Person {n}")
    paged = [row["id"] for row in client.items("person.list", limit=7)]
    assert paged == sorted(paged) and len(paged) == len(set(paged)) == 25


def test_clock_moves_only_when_held(laugd):
    with laugd(clock=None).connect() as client:
        with pytest.raises(Refused):
            client.call("clock.advance", to="2030-01-01T07:00:00Z")


def test_clock_does_not_go_back(client):
    client.call("clock.advance", to="2027-01-05T07:00:00Z")
    with pytest.raises(Refused):
        client.call("clock.advance", to="2027-01-04T07:00:00Z")


def test_feed_is_complete_and_resumes(daemon, client):
    with daemon.connect() as feed:
        feed.call("event.subscribe", since=0)
        for n in range(20):
            client.call("person.add", id=f"p{n}", name=f"Person {n}")
        seen = []
        while sum(event["kind"].startswith("person") for event in seen) < 20:
            method, params = feed.next_notification(timeout=5)
            assert method == "event"
            seen += params
    numbers = [event["seq"] for event in seen]
    assert numbers == sorted(set(numbers))
    assert all(event["at"].endswith("Z") for event in seen)

    middle = seen[len(seen) // 2]["seq"]
    with daemon.connect() as feed:
        feed.call("event.subscribe", since=middle)
        again = []
        while not again or again[-1]["seq"] < seen[-1]["seq"]:
            again += feed.next_notification(timeout=5)[1]
    assert again == [event for event in seen if event["seq"] > middle]


NEOVIM = """
    let path = '{socket}'
    let said = []
    let rpc = sockconnect('pipe', path, {{'rpc': v:true}})
    call add(said, rpcrequest(rpc, 'rotation.preview', {{'rotation': 'showcase', 'count': 3}}))
    try
        call rpcrequest(rpc, 'rotation.preview', {{'rotation': 'nothing'}})
    catch
        call add(said, v:exception)
    endtry

    " its own rpc knows no notification but its own, so the feed is read as bytes
    let events = []
    let rest = []
    function! Feed(channel, data, name)
        let g:rest = empty(g:rest) ? a:data : g:rest[:-2] + [g:rest[-1] .. a:data[0]] + a:data[1:]
        try
            for message in msgpackparse(g:rest)
                call add(g:events, message)
            endfor
            let g:rest = []
        catch
        endtry
    endfunction
    let feed = sockconnect('pipe', path, {{'on_data': function('Feed')}})
    " a Vim string would go as bytes, and the wire wants text
    let method = {{'_TYPE': v:msgpack_types.string, '_VAL': ['event.subscribe']}}
    call chansend(feed, msgpackdump([[0, 1, method, []]]))
    call wait(5000, {{-> !empty(g:events)}})
    call rpcrequest(rpc, 'person.add', {{'id': 'bo', 'name': 'Bo'}})
    call wait(5000, {{-> match(string(g:events), "person") >= 0}})
    call add(said, events)
    call writefile([json_encode(said)], '{output}')
    qall!
"""


@pytest.mark.skipif(not shutil.which("nvim"), reason="neovim is not here")
def test_neovim_calls_and_listens(daemon, client, tmp_path):
    if "rotation.preview" not in {method["name"] for method in client.call("service.describe")["methods"]}:
        pytest.skip("this daemon knows no rotations")
    client.call("person.add", id="anna", name="Anna Holm")
    client.call("person.add", id="carl", name="Carl Bek")
    client.call("rotation.add", id="showcase", title="Showcase", starts="2027-01-05T09:00", rule="FREQ=MONTHLY",
                members=["anna", "carl"], member_kind="person")
    script, output = tmp_path / "call.vim", tmp_path / "said.json"
    script.write_text(textwrap.dedent(NEOVIM.format(socket=daemon.socket, output=output)))
    done = subprocess.run(["nvim", "--headless", "--clean", "-S", str(script)], capture_output=True, text=True,
                          timeout=20, stdin=subprocess.DEVNULL)
    assert output.exists(), done.stderr
    preview, refusal, events = json.loads(output.read_text())
    turns = preview["items"]
    assert len(turns) == 3 and {turn["member"] for turn in turns} == {"anna", "carl"}
    assert "not_found rotation:" in refusal
    assert any(message[0] == 2 and message[1] == "event" for message in events), events


def test_notifications_from_a_client_are_harmless(client):
    """Neovim answers a notification it does not know with one of its own."""
    import msgpack

    client.send_bytes(msgpack.packb([2, "nvim_error_event", [0, "Invalid method: event"]]))
    assert client.call("service.hello")
