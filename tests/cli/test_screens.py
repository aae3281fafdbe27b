# SPDX-License-Identifier: MIT
"""Screens as people see them: kept as text in tests/golden/screens, one file a screen, so that a change of what is
seen shows in review. LAUG_GOLDEN=write (./dev golden) writes them anew; look at the difference.

Each file has the screen at 60, 80 and 200 columns, and at the end what the colours are on light and on dark."""
import difflib
import getpass
import os
import pathlib
import re
import unicodedata

import company
import laugwire
import pytest

GOLDEN = laugwire.ROOT / "tests" / "golden" / "screens"
WIDTHS = 60, 80, 200
SCREENS = {
    "mine-of-staff": ("anna", []),
    "mine-of-a-lead": ("henrik", []),
    "mine-of-an-admin": ("susanne", []),
    "nobody": (None, []),
    "week": ("anna", ["week"]),
    "week-of-easter": ("anna", ["week", "12"]),
    "year": ("anna", ["year"]),
    "rotation-list": ("anna", ["rotation", "list"]),
    "rotation-turns": ("anna", ["rotation", "turns", "office-hours", "--until", "2027-06-01"]),
    "rotation-explain": ("anna", ["rotation", "explain", "office-hours-11"]),
    "rotation-fairness": ("anna", ["rotation", "fairness", "office-hours"]),
    "sabbatical-list": ("henrik", ["sabbatical", "list"]),
    "sabbatical-free": ("mette", ["sabbatical", "free"]),
    "sabbatical-policy": ("mette", ["sabbatical", "policy", "show"]),
    "turn-offers": ("anna", ["turn", "offers"]),
    "reminder-list": ("susanne", ["reminder", "list"]),
    "absence-list": ("anna", ["absence", "list", "--until", "2027-03-14"]),
    "person-show": ("anna", ["person", "show", "anna"]),
    "watch": (None, ["watch", "--since", "YESTERDAY", "--limit", "9"]),
    "help": ("anna", ["--help"]),
    "help-rotation": ("anna", ["rotation", "--help"]),
    "help-turn-offer": ("anna", ["turn", "offer", "--help"]),
}
LANGUAGES = "en", "da"


@pytest.fixture(scope="module")
def seat():
    """The company, and a socket for each person who looks."""
    if not (laugwire.build_folder() / "laugd").exists():
        pytest.skip("laugd is not built")
    daemon = laugwire.Daemon().start()
    try:
        yesterday = str(company.live(daemon))
        proxies = {person: company.Proxy(daemon, person)
                   for person in {person for person, _ in SCREENS.values() if person}}
        yield lambda person, *words, **more: company.on_terminal(
            daemon.build, proxies[person].path if person else daemon.socket,
            *(word.replace("YESTERDAY", yesterday) for word in words), **more)
        for proxy in proxies.values():
            proxy.close()
    finally:
        daemon.finish()


def columns_of(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 0 if unicodedata.combining(letter) else 1
               for letter in text)


def in_words(shown):
    """Colours as words in braces."""
    words = {"0": "/", "1": "heading", "38;5;80": "id", "38;5;25": "id", "38;5;246": "faint", "38;5;241": "faint",
             "38;5;78": "good", "38;5;22": "good", "38;5;203": "bad", "38;5;124": "bad"}
    return re.sub("\x1b\\[([0-9;]*)m", lambda code: "{" + words[code[1]] + "}", shown)


def picture(seat, screen, language):
    person, words = SCREENS[screen]
    text = f"$ laug {' '.join(words)}".rstrip() + f"    ({person or 'an admin who is nobody of the company'})\n"
    for width in WIDTHS:
        shown = seat(person, *words, columns=width, lines=24, LANGUAGE=language, NO_COLOR="1")
        text += f"\n---- {width} columns\n{shown}"
    colours = [in_words(seat(person, *words, columns=80, lines=24, LANGUAGE=language, TERM="xterm-256color",
                             LAUG_BACKGROUND=background)) for background in ("dark", "light")]
    assert colours[0] == colours[1], "only the shades differ between dark and light"
    return text + f"\n---- where the colours are\n{colours[0]}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS)
def test_screen(seat, screen, language):
    if screen == "nobody" and getpass.getuser() != "root":
        pytest.skip("the kept screen calls its user root")
    file = GOLDEN / f"{screen}.{language}.txt"
    seen = picture(seat, screen, language)
    if os.environ.get("LAUG_GOLDEN") == "write":
        GOLDEN.mkdir(parents=True, exist_ok=True)
        file.write_text(seen)
    kept = file.read_text() if file.exists() else ""
    assert seen == kept, "not as it was; ./dev golden keeps the new one\n" + "".join(
        difflib.unified_diff(kept.splitlines(True), seen.splitlines(True), str(file.name), "seen now"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, *WIDTHS])
def test_nothing_is_wider_than_the_screen(seat, width, language):
    for person, words in SCREENS.values():
        shown = seat(person, *words, columns=width, LANGUAGE=language, NO_COLOR="1")
        for line in shown.splitlines():
            assert columns_of(line) <= width or len(line.split()) == 1, f"{words} at {width}:\n{line}"
            assert line == line.rstrip(), f"{words} at {width}: blanks at the end of {line!r}"


def test_what_is_mine_is_a_screen_at_most(seat):
    for person in ("anna", "henrik", "susanne"):
        for width in (40, *WIDTHS):
            assert len(seat(person, columns=width, lines=24, NO_COLOR="1").splitlines()) <= 23


# ---- no English left in Danish ----

# the same word in both languages, or a word that is typed or sent as it stands
ALIKE = set("""administrator against all bash completion fish for json laug mail manual protocol reference script scripts team
    teams watch week year zsh apr april aug august dec december feb jul jun mar nov november sep september""".split())


def words_of(text):
    """Words of sentences and headings: not of commands, options, ids and their like."""
    text = re.sub(r"`[^`]*`", " ", text)
    text = re.sub(r"(?m)\blaug( +[^\s\u00b7|]+)+", " ", text)
    text = re.sub(r"--[a-z-]+( [A-Z]+)?|\b[A-Z]{2,}\b|\S*[0-9_@=;/]\S*", " ", text)
    return {word.lower() for word in re.findall(r"[^\W\d_]{3,}", text)}


def words_of_data():
    """What the company is called, and says of itself."""
    texts = [(company.SHARE / "example" / name).read_text() for name in ("people.csv", "teams.csv")]
    texts.append((company.SHARE / "holidays" / "denmark.ics").read_text())
    texts += re.findall(r'"([^"]*)"', pathlib.Path(company.__file__).read_text())
    return {word.lower() for text in texts for word in re.findall(r"[^\W\d_]{3,}", text)}


def words_that_are_typed():
    """Of options that take one of some words, and of things and verbs."""
    reference = (laugwire.ROOT / "tests" / "golden" / "protocol.txt").read_text()
    lists = re.findall(r"one of ([a-z0-9_ ]+)", reference) + re.findall(r"(?m)^([a-z._]+)   (?:read|write|slow)", reference)
    return {word for words in lists for word in re.split(r"[ ._]", words)}


@pytest.mark.parametrize("screen", SCREENS)
def test_no_english_is_left_in_danish(seat, screen):
    person, words = SCREENS[screen]
    english, danish = (words_of("\n".join(seat(person, *words, columns=width, LANGUAGE=language, NO_COLOR="1")
                                          for width in WIDTHS)) for language in LANGUAGES)
    left = (english & danish) - ALIKE - words_of_data() - words_that_are_typed()
    assert not left, f"in the Danish screen, too: {' '.join(sorted(left))}"
