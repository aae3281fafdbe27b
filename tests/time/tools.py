# SPDX-License-Identifier: MIT
"""Finds the small C programs that put the calendar's answers beside those of Python."""
import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def find(name):
    """$LAUG_BUILD, else build-debug, else build; skips the test where none has the program."""
    builds = [os.environ["LAUG_BUILD"]] if os.environ.get("LAUG_BUILD") else [ROOT / "build-debug", ROOT / "build"]
    for build in map(pathlib.Path, builds):
        for folder in (build / "tests", build):
            if (folder / f"tool_{name}").exists():
                return folder / f"tool_{name}"
    pytest.skip(f"tool_{name} is not built")
    return None
