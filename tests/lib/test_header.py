# SPDX-License-Identifier: MIT
"""What a program outside of this tree sees of liblaug: one header, its symbols, its pkg-config file."""
import pathlib
import re
import shutil
import subprocess

import pytest

from laugwire import ROOT, build_folder

HEADER = ROOT / "client" / "lib" / "laug.h"
LIBRARY = build_folder() / "liblaug.so"

pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="liblaug is not built")

PROGRAM = """
#include <laug.h>
int main(void)
{
    struct laug *laug = laug_new("/nonexistent/laug.sock");
    struct laug_reply reply;
    int status = laug_call(laug, "service.hello", 0, 0, &reply);
    laug_free(laug);
    return status == LAUG_UNREACHABLE ? 0 : 1;
}
"""


def declared():
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    return set(re.findall(r"\b(laug_\w+)\(", text))


def test_everything_declared_is_exported_and_nothing_else():
    if not shutil.which("nm"):
        pytest.skip("nm is not installed")
    listing = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", LIBRARY], check=True,
                             capture_output=True, text=True).stdout
    functions = dict(re.findall(r" T (\w+)@@(\S+)", listing))
    functions = {name: version for name, version in functions.items() if not name.startswith("__asan")}
    assert set(functions) == declared()
    assert set(functions.values()) == {"LAUG_0.1"}


@pytest.mark.parametrize("language, standard", [("c", "c11"), ("c", "c17"), ("c++", "c++11"), ("c++", "c++20")])
def test_the_header_stands_alone(tmp_path, language, standard):
    if not shutil.which("clang"):
        pytest.skip("clang is not installed")
    source = tmp_path / "program"
    source.write_text(PROGRAM)
    subprocess.run(["clang", "-x", language, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                    "-fsyntax-only", f"-I{HEADER.parent}", source], check=True)


def test_a_program_is_built_with_pkg_config_alone(tmp_path):
    if not shutil.which("cmake") or not shutil.which("pkg-config"):
        pytest.skip("cmake or pkg-config is not installed")
    if b"__asan_init" in LIBRARY.read_bytes():
        pytest.skip("a library with sanitizers in it is not for other programs")
    place = tmp_path / "place"
    subprocess.run(["cmake", "--install", build_folder() / "client" / "lib", "--prefix", place], check=True,
                   capture_output=True)
    configuration = next(place.rglob("liblaug.pc"))
    flags = subprocess.run(["pkg-config", f"--define-variable=prefix={place}", "--cflags", "--libs", configuration],
                           check=True, capture_output=True, text=True).stdout.split()
    (tmp_path / "program.c").write_text(PROGRAM)
    subprocess.run(["gcc", tmp_path / "program.c", "-o", tmp_path / "program", *flags,
                    f"-Wl,-rpath,{configuration.parents[1]}"], check=True)
    assert subprocess.run([tmp_path / "program"], timeout=20).returncode == 0
    assert list(pathlib.Path(place).rglob("liblaug.so.0"))
