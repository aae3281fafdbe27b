# SPDX-License-Identifier: MIT
"""What the tests of the worked examples share: where these are, how one is run, and a company whose names are hostile."""
import getpass
import os
import pathlib
import subprocess
import unicodedata

import corpus
from laugwire import ROOT

EXAMPLES = ROOT / "client" / "share" / "examples"
HOSTILE = [name for name in corpus.ALL if len(name) < 100]


def environment(daemon, **more):
    """As a user has it who has installed Laug; files that a name might make land in the daemon's own folder."""
    return {**os.environ, "LAUG_SOCKET": str(daemon.socket), "PATH": f"{daemon.build}:{os.environ['PATH']}",
            "LANGUAGE": "en", "NO_COLOR": "1", **more}


def run(daemon, name, *words, status=0, **more):
    """Runs an example to its end; what it wrote."""
    done = subprocess.run([str(EXAMPLES / name), *words], env=environment(daemon, **more), cwd=daemon.folder,
                          capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    assert "laug-was-here" not in os.listdir(daemon.folder), "a name was run as a command"
    return done.stdout


def is_text(line):
    """Nothing in it steers a terminal or turns letters round."""
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn") for c in line)


def company(client, names=("Anna Holm", "Bo Krag"), title="Showcase", name_of_mine="anna"):
    """Anna is the user who runs the tests. She and the others present on Thursdays, from this week on."""
    ids = [name_of_mine] + [f"p{n}" for n in range(1, len(names))]
    for id, name in zip(ids, names):
        login = {"login": getpass.getuser()} if id == name_of_mine else {}
        client.call("person.add", id=id, name=name, email=f"{id}@example.org", **login)
    client.call("rotation.add", id="showcase", title=title, starts="2027-01-07T09:00", rule="FREQ=WEEKLY;BYDAY=TH",
                members=ids, member_kind="person")
    return ids
