# SPDX-License-Identifier: MIT
"""Completion in the real shells: bash and zsh at a terminal where somebody presses Tab, fish by its own `complete -C`."""
import os
import pty
import select
import shutil
import signal
import subprocess
import time

import pytest

PEOPLE = [("anna", "Anna Holm"), ("anders", "Anders Å. Bæk"), ("soeren", "Søren Æbelø"), ("li", "李 明")]


@pytest.fixture
def company(daemon, client):
    if not (daemon.build / "laug").exists():
        pytest.skip("laug is not built")
    client.call("team.add", id="press", name="Press shop")
    for id, name in PEOPLE:
        client.call("person.add", id=id, name=name, team="press")
    client.call("rotation.add", id="tea", title="Tea & cake: weekly", starts="2027-01-11T10:00", rule="FREQ=WEEKLY",
                member_kind="person", members=["anna", "soeren"])
    client.call("reminder.rule.add", id="tidy", title="Tidy up", at="2027-01-06T15:00", people=["anna"])
    client.call("webhook.add", id="chat", title="Chat", url="https://chat.example.com/hook", form="slack")
    return daemon


def offered(daemon, *words, **environment):
    done = daemon.laug("complete", "--", *words, **environment)
    assert done.stderr == ""
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


# ---- what is offered ----

def test_ids_of_all_things(company):
    assert offered(company, "person", "show", "an") == ["anders", "anna"]
    assert offered(company, "team", "show", "") == ["press"]
    assert offered(company, "rotation", "preview", "t") == ["tea"]
    assert "tea-1" in offered(company, "turn", "show", "tea-")
    assert offered(company, "reminder", "rule", "show", "ti") == ["tidy"]
    assert offered(company, "webhook", "show", "") == ["chat"]
    assert offered(company, "absence", "add", "an") == ["anders", "anna"]
    assert offered(company, "turn", "offer", "tea-1", "--to", "an") == ["anders", "anna"]
    assert offered(company, "rotation", "add", "x", "--members", "anna,pr") == ["anna,press"]


def test_who_knows_the_name_finds_the_id(company):
    assert offered(company, "person", "show", "Søren") == ["soeren"]
    assert offered(company, "person", "show", "SØR") == ["soeren"]
    assert offered(company, "person", "show", "æbel") == ["soeren"]
    assert offered(company, "person", "show", "bæk") == ["anders"]
    assert offered(company, "person", "show", "holm") == ["anna"]
    assert offered(company, "rotation", "show", "cake") == ["tea"]
    assert offered(company, "person", "show", "olm") == []


def test_days_in_both_languages(company):
    english = offered(company, "absence", "add", "--from", "")
    danish = offered(company, "absence", "add", "--from", "", LANGUAGE="da")
    assert english[:3] == ["today", "tomorrow", "monday"] and danish[:3] == ["idag", "imorgen", "mandag"]
    assert "2027-01-04" in english and "2027-01-17" in english and "2027-01-18" not in english
    assert offered(company, "absence", "add", "--from", "m") == ["monday", "mandag"]
    assert offered(company, "absence", "add", "--from", "lø") == ["lørdag"]
    assert offered(company, "absence", "add", "--from=fr") == ["--from=friday", "--from=fredag"]
    assert offered(company, "absence", "add", "--to", "2028-02-2") == [f"2028-02-{day}" for day in range(20, 30)]
    shown = company.laug("complete", "--", "absence", "add", "--from", "fri").stdout
    assert shown == "friday\tFriday 8 January 2027\n"
    assert company.laug("complete", "--", "absence", "add", "--from", "fred", LANGUAGE="da").stdout == (
        "fredag\tfredag 8. januar 2027\n")
    for word in english + danish:  # what is offered can be used
        assert company.laug("absence", "list", "--from", word).returncode == 0


def test_without_a_service_it_is_silent_and_quick(company):
    company.stop()
    began = time.monotonic()
    assert offered(company, "person", "show", "") == []
    assert offered(company, "absence", "add", "--from", "m") == ["monday", "mandag"]
    assert offered(company, "person", "sho") == ["show"]
    assert time.monotonic() - began < 10


# ---- shells ----

class Shell:
    """A shell at a terminal, to type into."""

    def __init__(self, daemon, tmp_path, *words, **environment):
        (tmp_path / "bin").mkdir(exist_ok=True)
        if not (tmp_path / "bin/laug").exists():
            (tmp_path / "bin/laug").symlink_to(daemon.build / "laug")
        variables = {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "HOME": str(tmp_path), "TERM": "dumb", "LANG": "C.UTF-8",
                     "LAUG_SOCKET": str(daemon.socket), "LANGUAGE": "en", "PS1": "ready> ", "COLUMNS": "200",
                     **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}, **environment}
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(tmp_path)
            os.execvpe(words[0], words, variables)
        self.seen = ""

    def read_until(self, part, seconds=20):
        end = time.monotonic() + seconds
        while part not in self.seen:
            left = end - time.monotonic()
            assert left > 0 and select.select([self.terminal], [], [], left)[0], f"no {part!r} in {self.seen!r}"
            self.seen += os.read(self.terminal, 65536).decode(errors="replace")
        before, self.seen = self.seen.split(part, 1)
        return before

    def type(self, text):
        os.write(self.terminal, text.encode())

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


@pytest.fixture
def shell(company, tmp_path):
    shells = []

    def make(*words, **environment):
        if not shutil.which(words[0]):
            pytest.skip(f"{words[0]} is not here")
        shells.append(Shell(company, tmp_path, *words, **environment))
        return shells[-1]
    yield make
    for each in shells:
        each.close()


# prints its words, and is completed like laug
LAUGH = "laugh() { printf '<%s>' \"$@\"; echo .; }; "


def line(shell, text):
    """What the line becomes when Tab is pressed behind it, word by word."""
    shell.type(f"laugh {text}\t")
    time.sleep(0.7)  # a shell may throw away what is typed while it completes
    shell.type("\n")
    shell.read_until("<")
    return shell.read_until(">.").split("><")


def test_bash(shell):
    bash = shell("bash", "--norc", "--noprofile", "-i")
    bash.type("source <(laug completion bash); complete -F _laug laugh; " + LAUGH + "echo loa''ded\n")
    bash.read_until("\nloaded")
    assert line(bash, "person sho") == ["person", "show"]
    assert line(bash, "person show ann") == ["person", "show", "anna"]
    assert line(bash, "person show Søre") == ["person", "show", "soeren"]
    assert line(bash, "person list --te") == ["person", "list", "--team"]
    assert line(bash, "person list --team pre") == ["person", "list", "--team", "press"]
    assert line(bash, "person list --team=pre") == ["person", "list", "--team=press"]
    assert line(bash, "absence add --from tod") == ["absence", "add", "--from", "today"]
    assert line(bash, "absence add --from lør") == ["absence", "add", "--from", "lørdag"]


@pytest.mark.parametrize("way", ["sourced", "from fpath"])
def test_zsh(shell, company, tmp_path, way):
    zsh = shell("zsh", "-f", "-i", ZDOTDIR=str(tmp_path))
    zsh.type("unsetopt zle_bracketed_paste prompt_cr prompt_sp 2>/dev/null; PS1='ready> '; autoload -Uz compinit\n")
    if way == "sourced":
        zsh.type("compinit -u -d dump; source <(laug completion zsh)\n")
    else:
        (tmp_path / "functions").mkdir()
        (tmp_path / "functions/_laug").write_text(company.laug("completion", "zsh").stdout)
        zsh.type(f"fpath=({tmp_path}/functions $fpath); compinit -u -d dump\n")
    zsh.type(LAUGH + "compdef laugh=laug; echo loa''ded\n")
    zsh.read_until("\nloaded")
    assert line(zsh, "person sho") == ["person", "show"]
    assert line(zsh, "person show ann") == ["person", "show", "anna"]
    assert line(zsh, "person show Søre") == ["person", "show", "soeren"]
    assert line(zsh, "rotation show te") == ["rotation", "show", "tea"]  # its title has a colon in it
    assert line(zsh, "person list --team pre") == ["person", "list", "--team", "press"]
    assert line(zsh, "absence add --from lør") == ["absence", "add", "--from", "lørdag"]
    assert line(zsh, "absence add --from=tod") == ["absence", "add", "--from=today"]


def test_zsh_shows_what_the_words_mean(shell):
    zsh = shell("zsh", "-f", "-i")
    zsh.type("autoload -Uz compinit; compinit -u -d dump; source <(laug completion zsh); echo loa''ded\n")
    zsh.read_until("loaded")
    zsh.type("laug person show an\t")
    assert "anders" in zsh.read_until("Anders Å. Bæk") and "Anna Holm" in zsh.read_until("Anna Holm") + "Anna Holm"


def test_fish(company, tmp_path):
    if not shutil.which("fish"):
        pytest.skip("fish is not here")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/laug").symlink_to(company.build / "laug")

    def fish(line, **environment):
        quoted = line.replace("\\", "\\\\").replace("'", "\\'")
        done = subprocess.run(["fish", "--no-config", "-c", f"laug completion fish | source; complete -C '{quoted}'"],
                              capture_output=True, text=True, timeout=30,
                              env={**os.environ, "PATH": f"{tmp_path}/bin:/usr/bin:/bin", "HOME": str(tmp_path),
                                   "LAUG_SOCKET": str(company.socket), "LANGUAGE": "en", "LANG": "C.UTF-8", **environment})
        assert done.stderr == "", done.stderr
        return dict((line.split("\t") + [""])[:2] for line in done.stdout.splitlines())

    assert fish("laug person sho") == {"show": "Show one person."}
    assert fish("laug person show an") == {"anders": "Anders Å. Bæk", "anna": "Anna Holm"}
    assert fish("laug rotation show ") == {"tea": "Tea & cake: weekly"}
    assert fish("laug reminder rule show ti") == {"tidy": "Tidy up"}
    assert fish("laug absence add --from lør", LANGUAGE="da") == {"lørdag": "lørdag 9. januar 2027"}
    assert "week" in fish("laug ") and "person" in fish("laug ")
    assert "--team" in fish("laug person list --")
    company.stop()
    assert fish("laug person show an") == {}
