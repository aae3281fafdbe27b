# SPDX-License-Identifier: MIT
"""Laug installed in a real systemd: activation, users, kill -9, watchdog. The promises stand in inside.py; here each
becomes a test."""
import os
import pathlib
import re
import shutil
import subprocess

import laugwire
import pytest

HERE = pathlib.Path(__file__).resolve().parent
PROMISES = re.findall(r"\w+", re.search(r"for check in \((.*?)\):", (HERE / "inside.py").read_text(), re.S)[1])


def missing():
    if os.getuid() != 0:
        return "takes root, to boot a systemd"
    for program in ("systemd-nspawn", "unshare", "runuser"):
        if not shutil.which(program):
            return f"{program} is not here"
    if not (laugwire.build_folder("release") / "laugd").exists():
        return "laugd is not built"
    return None


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    if missing():
        pytest.skip(missing())
    tree = tmp_path_factory.mktemp("installed")
    subprocess.run(["cmake", "--install", str(laugwire.build_folder("release"))], check=True, capture_output=True,
                   env=dict(os.environ, DESTDIR=str(tree)))
    done = subprocess.run([str(HERE / "box.sh"), str(tree), str(HERE.parent), "systemd/inside.py"],
                          capture_output=True, text=True, timeout=110)
    if done.returncode == 125:
        pytest.skip("no systemd boots here: " + done.stderr[-300:])
    return done.stdout


@pytest.mark.seconds(115)
@pytest.mark.parametrize("promise", PROMISES)
def test_in_the_box(said, promise):
    match = re.search(rf"^(ok|not ok) {promise}\b(.*?)(?=^(?:not )?ok |\Z)", said, re.S | re.M)
    assert match, f"not reached:\n{said[-2000:]}"
    assert match[1] == "ok", match[2]
