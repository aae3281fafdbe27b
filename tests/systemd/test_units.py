# SPDX-License-Identifier: MIT
"""The units as they stand: nothing misspelt, and as closed as they are meant to be."""
import json
import pathlib
import re
import shutil
import subprocess

import pytest

UNITS = pathlib.Path(__file__).resolve().parents[2] / "systemd"
pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")


@pytest.fixture
def folder(tmp_path):
    """The units with every program replaced by one that is there."""
    for path in [*UNITS.glob("*.socket"), *UNITS.glob("*.service.in")]:
        text = re.sub(r"@\w+@[\w/-]+", "/bin/true", path.read_text())
        (tmp_path / path.name.removesuffix(".in")).write_text(text)
    return tmp_path


def test_nothing_is_misspelt(folder):
    units = sorted(str(path) for path in folder.iterdir())
    assert len(units) >= 4
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "laug" in line]
    assert not ours and done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit, most", [("laugd.service", 0.5), ("laug-courier.service", 1.0)])
def test_exposure(folder, unit, most):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", str(folder / unit)],
                          capture_output=True, text=True, check=True)
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert float(found[1]) <= most, done.stdout


def test_daemon_sees_who_calls(folder):
    """Behind PrivateUsers every caller would read as 65534."""
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--json=short",
                           str(folder / "laugd.service")], capture_output=True, text=True, check=True)
    rows = {row["json_field"]: row["set"] for row in json.loads(done.stdout)}
    assert rows["PrivateUsers"] is False
    assert rows["PrivateNetwork"] is True


def test_accounts_can_be_made():
    if not shutil.which("systemd-sysusers"):
        pytest.skip("systemd-sysusers is not here")
    done = subprocess.run(["systemd-sysusers", "--dry-run", str(UNITS / "laug.sysusers")], capture_output=True,
                          text=True)
    assert done.returncode == 0 and "valid" not in done.stderr, done.stderr
