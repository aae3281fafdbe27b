# SPDX-License-Identifier: MIT
"""Every header compiles by itself with the include path of its layer, every library is read only where it is known, and the
catalogue's own headers stand alone too."""
import subprocess

import layers
import pytest
from laugwire import ROOT, build_folder


@pytest.fixture
def build():
    if not (build_folder() / "compile_commands.json").exists():
        pytest.skip("nothing is built")
    return build_folder().resolve()


def test_libraries_are_read_where_they_are_known():
    assert list(layers.misplaced_includes()) == []


def test_headers_compile_alone(build):
    assert list(layers.headers_that_lean(build)) == []


def test_headers_that_are_made_compile_alone(build):
    flags, folder = layers.flags_by_folder(build)[str(ROOT / "daemon/domain")]
    for header in sorted((build / "made").glob("**/*.h")):
        done = subprocess.run([*flags, "-x", "c", "-Wno-unused", "-fsyntax-only", str(header)], cwd=folder,
                              capture_output=True, text=True)
        lines = [line for line in done.stderr.splitlines() if "pragma once" not in line]
        assert done.returncode == 0, "\n".join(lines)


def test_a_header_that_leans_is_found(build, tmp_path, monkeypatch):
    """The test above would prove nothing if the compiler let everything pass."""
    (tmp_path / "lean.h").write_text("struct lean { size_t missing; };\n")
    monkeypatch.setattr(layers, "ROOT", tmp_path)
    monkeypatch.setattr(layers, "sources", lambda *patterns: ["lean.h"])
    flags = layers.flags_by_folder(build)[str(ROOT / "daemon/domain")]
    monkeypatch.setattr(layers, "flags_by_folder", lambda _: {str(tmp_path): flags})
    assert len(list(layers.headers_that_lean(build))) == 1
