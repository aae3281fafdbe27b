# SPDX-License-Identifier: MIT
"""The worked example for neovim, used as a person would: :Laug, the cursor on a line, a key."""
import json
import os
import shutil
import subprocess

import pytest
import shown

pytestmark = pytest.mark.skipif(not shutil.which("nvim"), reason="neovim is not here")

# Every step is a line of Lua; what was notified and what the buffer holds afterwards is written down.
HARNESS = """
local said, log = {}, {}
vim.notify = function(text) said[#said + 1] = text end
vim.ui.input = function(asked, done) done(typed) end
vim.ui.select = function(choices, options, done)
    shown = vim.tbl_map(options.format_item, choices)
    done(choices[1])
end
local function on(text)
    vim.fn.cursor(1, 1)
    vim.fn.search('\\\\V' .. vim.fn.escape(text, '\\\\'), 'W')
end
local function key(name) vim.cmd('normal ' .. name) end
local function note()
    log[#log + 1] = { lines = vim.api.nvim_buf_get_lines(0, 0, -1, false), said = said, shown = shown }
    said = {}
end
dofile(vim.env.LAUG_LUA)
%s
vim.fn.writefile({ vim.json.encode(log) }, vim.env.LAUG_OUT)
vim.cmd('qall!')
"""


def neovim(daemon, steps, **more):
    """Runs the steps; [{lines, said, shown}], one for each note()."""
    script, out = daemon.folder / "steps.lua", daemon.folder / "steps.json"
    script.write_text(HARNESS % steps, encoding="utf-8")
    out.unlink(missing_ok=True)
    environment = shown.environment(daemon, LAUG_LUA=str(shown.EXAMPLES / "laug.lua"), LAUG_OUT=str(out), **{"LANG": "C.UTF-8", **more})
    done = subprocess.run(["nvim", "--headless", "--clean", "-c", f"luafile {script}"], env=environment, cwd=daemon.folder,
                          capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, check=False)
    assert out.exists(), done.stderr
    assert "laug-was-here" not in os.listdir(daemon.folder)
    return json.loads(out.read_text(encoding="utf-8"))


def test_shows_what_is_mine(daemon, client):
    shown.company(client)
    seen, = neovim(daemon, "vim.cmd('Laug') note()")
    assert seen["lines"][:3] == ["Anna Holm   a answer, x decline, o offer, s swap, r read anew, q close", "",
                                 "  Thursday 7 January at 09:00  Showcase"]
    assert all(line.endswith("Showcase") for line in seen["lines"][2:6]) and not seen["said"]
    seen, = neovim(daemon, "vim.cmd('Laug') note()", LANG="da_DK.UTF-8")
    assert seen["lines"][2] == "  torsdag 7. januar kl. 09:00  Showcase"


def test_offers_and_swaps_the_turn_under_the_cursor(daemon, client):
    shown.company(client)
    _, offered, swapped = neovim(daemon, """
        vim.cmd('Laug') note()
        on('Thursday 7 January') typed = ' p1 ' key('o') note()
        on('Thursday 21 January') key('s') note()
    """)
    offers = {offer["turn"]: offer for offer in client.call("turn.offers", person="anna")["items"]}
    assert offers["showcase-1"]["to"] == "p1" and "against" not in offers["showcase-1"]
    assert offers["showcase-3"]["to"] == "p1" and offers["showcase-3"]["against"] == "showcase-2"
    assert swapped["shown"][0] == "2027-01-14 09:00  p1  showcase-2"
    assert not offered["said"] and not swapped["said"]


@pytest.mark.parametrize("key, state", [("a", "accepted"), ("x", "declined")])
def test_answers_what_waits(daemon, client, key, state):
    shown.company(client)
    with daemon.as_person("p1") as bo:
        bo.call("turn.offer", id="showcase-2", to="anna", against="showcase-1")
    before, after = neovim(daemon, f"vim.cmd('Laug') note() on('Bo Krag would like') key('{key}') note()")
    assert before["lines"][2].startswith("? Thursday 14 January at 09:00  Bo Krag would like to swap: Showcase")
    assert not after["said"] and not any("Bo Krag" in line for line in after["lines"])
    holder = client.call("turn.show", id="showcase-2")["member"]
    assert holder == ("anna" if state == "accepted" else "p1")


def test_trouble_is_told_kindly(daemon, client):
    shown.company(client)
    nobody, nothing, away = neovim(daemon, """
        vim.cmd('Laug')
        on('Thursday 7 January') typed = 'nobody-here' key('o') note()
        vim.fn.cursor(1, 1) key('a') note()
        vim.env.LAUG_SOCKET = '/nowhere' dofile(vim.env.LAUG_LUA) vim.cmd('Laug') note()
    """)
    assert nobody["said"] and nobody["said"][0].startswith("Laug: ") and "nobody-here" in nobody["said"][0]
    assert "not_found" not in nobody["said"][0] and "\n" not in nobody["said"][0]
    assert nothing["said"] == ["Laug: there is nothing here for this key"]
    assert away["said"] == ["Laug: the service is not there (/nowhere)"]


def test_a_service_that_was_restarted(daemon, client):
    shown.company(client)
    script = f"os.execute([[kill -TERM {daemon.process.pid}; while [ -S {daemon.socket} ]; do sleep 0.05; done]])"
    client.close()
    gone, = neovim(daemon, f"vim.cmd('Laug') {script} key('r') note()")
    assert gone["said"] == [f"Laug: the service is not there ({daemon.socket})"]
    daemon.start()
    again, = neovim(daemon, "vim.cmd('Laug') note()")
    assert not again["said"]


def test_a_stranger_is_told_what_to_ask_for(daemon):
    seen, = neovim(daemon, "vim.cmd('Laug') note()", USER="jens")
    assert seen["said"] == ["Laug: the service does not know you; an admin tells it: laug person change ID --login jens"]


def test_hostile_names_are_lines(daemon, client):
    ids = shown.company(client, names=shown.HOSTILE, title="| call system('touch laug-was-here') \u202e")
    client.call("person.change", id="anna", name="vim: set modeline: ex: :!touch laug-was-here")
    for person in ids[1:40]:
        turn = next(turn for turn in client.call("turn.list", person=person)["items"]) if client.call(
            "turn.list", person=person)["items"] else None
        if turn:
            with daemon.as_person(person) as one:
                one.call("turn.offer", id=turn["id"], to="anna")
    seen, = neovim(daemon, "vim.cmd('Laug') on('would like') key('a') note()")
    assert len(seen["lines"]) > 5
    assert seen["lines"][0].startswith("vim: set modeline")
    assert all("call system" in line for line in seen["lines"][2:] if line)
