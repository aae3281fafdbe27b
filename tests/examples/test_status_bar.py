# SPDX-License-Identifier: MIT
"""The worked example of one line in a status bar, as each bar reads it; tmux is asked itself."""
import html.parser
import json
import os
import shutil
import subprocess
import time

import pytest
import shown

pytestmark = pytest.mark.skipif(not shutil.which("jq"), reason="jq is not here")
BARS = ("plain", "waybar", "pango", "tmux", "polybar")


class Markup(html.parser.HTMLParser):
    """The text of a piece of pango, and the elements that it should not have."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.text, self.elements = "", []
        self.feed(text)
        self.close()

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)

    handle_endtag = handle_startendtag = handle_starttag

    def handle_comment(self, data):
        self.elements.append("comment")

    handle_decl = unknown_decl = handle_pi = handle_comment


def line(daemon, bar="plain"):
    said = shown.run(daemon, "status-bar.sh", bar)
    assert said.endswith("\n") and said.count("\n") == 1, said
    return said[:-1]


def test_the_next_turn_then_what_waits(daemon, client):
    shown.company(client)
    assert line(daemon) == "Thursday 7 January at 09:00: Showcase"
    assert json.loads(line(daemon, "waybar")) == {"text": "Thursday 7 January at 09:00: Showcase", "class": "turn",
                                                  "tooltip": "Thursday 7 January at 09:00: Showcase"}
    with daemon.as_person("p1") as bo:
        bo.call("turn.offer", id="showcase-2", to="anna", against="showcase-1")
    assert line(daemon).startswith("1? Thursday 14 January at 09:00: Bo Krag would like to swap: ")
    bar = json.loads(line(daemon, "waybar"))
    assert bar["class"] == "answer" and bar["tooltip"].count("\n") == 1


def test_silent_where_there_is_nothing_to_say(laugd):
    daemon = laugd()
    for bar in BARS:
        assert shown.run(daemon, "status-bar.sh", bar) == ""  # nobody the service knows
    with daemon.connect() as client:
        client.call("rotation.add", id="r", title="R", starts="2027-01-07T09:00", rule="FREQ=WEEKLY",
                    members=shown.company(client, names=["Anna"]), member_kind="person")
        client.call("rotation.remove", id="r")
        client.call("rotation.remove", id="showcase")
    for bar in BARS:
        assert shown.run(daemon, "status-bar.sh", bar) == ""
    daemon.stop()
    for bar in BARS:
        assert shown.run(daemon, "status-bar.sh", bar) == ""  # no service


def as_written(bar, said):
    """The text that a bar shows for what it is given; fails where it would do more than show it."""
    if bar == "waybar":
        said = json.loads(said)["text"]
    if bar in ("waybar", "pango"):
        markup = Markup(said)
        assert not markup.elements, said
        return markup.text
    if bar == "tmux":
        assert "#" not in said
        return said.replace("＃", "#")
    if bar == "polybar":
        assert "%{" not in said
        return said.replace("% {", "%{")
    return said


@pytest.mark.seconds(120)
def test_hostile_titles_are_text_in_every_bar(laugd):
    daemon = laugd(kind="release")  # a hundred processes
    with daemon.connect() as client:
        shown.company(client)
        for number, title in enumerate(shown.HOSTILE):
            client.call("rotation.change", id="showcase", title=title)
            bar = BARS[number % len(BARS)]  # every medium meets a good part of the corpus
            whole = "".join(c if shown.is_text(c) else "?" for c in f"Thursday 7 January at 09:00: {title}")
            assert as_written(bar, line(daemon, bar)) == (whole if len(whole) <= 60 else whole[:59] + "…")


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not here")
def test_tmux_shows_it_as_it_is(daemon, client):
    """One tmux shows another, so that what its status line became can be read."""
    shown.company(client, title="##{pane_id} #(touch laug-was-here) %H")
    environment = shown.environment(daemon, TMUX_TMPDIR=str(daemon.folder), TERM="xterm", LC_ALL="C.UTF-8")
    environment.pop("TMUX", None)

    def tmux(name, *words):
        return subprocess.run(["tmux", "-L", name, "-f", "/dev/null", *words], env=environment, cwd=daemon.folder,
                              capture_output=True, text=True, timeout=20, check=True).stdout
    tmux("inner", "new", "-d", "-x", "120", "-y", "10")
    try:
        tmux("inner", "set", "-g", "status-right", f"#({shown.EXAMPLES}/status-bar.sh tmux)", ";",
             "set", "-g", "status-right-length", "100", ";", "set", "-g", "status-interval", "1")
        tmux("outer", "new", "-d", "-x", "120", "-y", "12", "env -u TMUX tmux -L inner attach")
        end = time.monotonic() + 20
        while "Thursday" not in (screen := tmux("outer", "capture-pane", "-p")):
            assert time.monotonic() < end, screen
            time.sleep(0.2)
        assert "Thursday 7 January at 09:00: ＃＃{pane_id} ＃(touch laug-was-h…" in screen
        assert "laug-was-here" not in os.listdir(daemon.folder)
    finally:
        for name in ("outer", "inner"):
            subprocess.run(["tmux", "-L", name, "kill-server"], env=environment, capture_output=True, check=False)
