# SPDX-License-Identifier: MIT
"""A few seconds of libFuzzer on the way from bytes to records, beginning with a good call of every method. Longer with
LAUG_FUZZ_SECONDS."""
import os
import pathlib
import random
import shutil
import subprocess
import sys

import msgpack
import pytest
from laugwire import ROOT, Daemon, build_folder

sys.path.insert(0, str(ROOT / "tests/proto"))

from test_oracle import SEED, fill  # noqa: E402

SECONDS = int(os.environ.get("LAUG_FUZZ_SECONDS", 8))


@pytest.fixture
def fuzzer(tmp_path):
    if not shutil.which("clang"):
        pytest.skip("clang is not here")
    if not (build_folder() / "made/catalogue.c").exists():
        pytest.skip("nothing is built")
    sources = [ROOT / "tests/fuzz/frame.c", build_folder() / "made/catalogue.c",
               *(ROOT / f"proto/{name}.c" for name in ("arena", "character", "check", "day", "error", "frame", "language", "method",
                                                       "pack", "record", "suggest"))]
    program = tmp_path / "fuzz"
    done = subprocess.run(["clang", "-std=gnu17", "-g", "-O1", "-fsanitize=fuzzer,address,undefined",
                           "-fno-sanitize-recover=all", "-D_GNU_SOURCE", '-DLAUG_LOCALE_DIR="/nowhere"',
                           f"-I{ROOT}/proto", f"-I{build_folder()}/made", *sources, "-lmsgpackc", "-o", program],
                          capture_output=True, text=True)
    if "libclang_rt" in done.stderr:
        pytest.skip("clang has no libFuzzer here")
    assert done.returncode == 0, done.stderr
    return program


def seeds(folder):
    """A good call of every method, and all names as a dictionary."""
    chance, names = random.Random(SEED), set()
    daemon = Daemon().start()
    with daemon.connect() as client:
        methods = client.call("service.describe")["methods"]
    daemon.finish()
    folder.mkdir()
    for method in methods:
        names.update([method["name"], *(field["name"] for field in method["takes"])])
        params, _ = fill(chance, method["takes"])
        if params is not None:
            (folder / method["name"]).write_bytes(msgpack.packb([0, 7, method["name"], [params]]))
    return "\n".join('"' + "".join(f"\\x{byte:02x}" for byte in msgpack.packb(name)) + '"' for name in sorted(names))


@pytest.mark.seconds(SECONDS * 2 + 60)
def test_nothing_falls_over(fuzzer, tmp_path):
    (tmp_path / "words").write_text(seeds(tmp_path / "calls"))
    done = subprocess.run([fuzzer, f"-max_total_time={SECONDS}", "-max_len=600", "-timeout=10", f"-seed={SEED}",
                           f"-dict={tmp_path / 'words'}", f"-artifact_prefix={tmp_path}/", tmp_path / "calls"],
                          capture_output=True, text=True, cwd=tmp_path)
    bytes_of = [path.read_bytes().hex() for path in pathlib.Path(tmp_path).glob("crash-*")]
    assert done.returncode == 0, f"{bytes_of}\n{done.stderr[-3000:]}"
