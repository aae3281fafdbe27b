#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Two rules of the tree that the compiler alone does not see: every header compiles by itself with the include path
of its own layer, and the headers of an outside library are read only in the folders that know that library.

    layers.py BUILD        a build folder with compile_commands.json
"""
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# header of a library -> where it may be read
KNOWN_IN = {
    r"sqlite3\.h": ("daemon/store/", "proto/laugc/"),
    r"event2/": ("daemon/loop/", "daemon/rpc/", "client/courier/"),
    r"libical/": ("client/formats/", "client/calendar/"),
    r"curl/": ("client/courier/",),
    r"expat": ("client/courier/",),
    r"systemd/": ("daemon/base/", "daemon/loop/", "daemon/daemon.c", "client/courier/"),
    r"msgpack": ("proto/", "daemon/rpc/", "daemon/domain/", "client/"),
    r"jansson": ("client/",),
    r"openssl/": ("client/courier/",),
    r"csv\.h": ("client/formats/",),
    r"ini\.h": ("daemon/base/", "client/"),
}


def sources(*patterns):
    listing = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, check=True, capture_output=True, text=True)
    return listing.stdout.split()


def misplaced_includes():
    for path in sources("*.c", "*.h"):
        if path.startswith("tests/"):
            continue
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
            match = re.match(r"\s*#\s*include\s*<(.+)>", line)
            for header, folders in KNOWN_IN.items():
                if match and re.match(header, match[1]) and not path.startswith(folders):
                    yield f"{path}:{number}: <{match[1]}> is read only in {', '.join(folders)}"


def flags_by_folder(build):
    """The compiler and its flags of some source in each folder, without what names that source."""
    flags = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        words = words[1:] if words[0].endswith("ccache") else words
        kept = [word for word in words if word not in ("-c", entry["file"])]
        if "-o" in kept:
            del kept[kept.index("-o"):kept.index("-o") + 2]
        flags.setdefault(str(pathlib.Path(entry["file"]).parent), (kept, entry["directory"]))
    return flags


def headers_that_lean(build):
    flags = flags_by_folder(build)
    with tempfile.TemporaryDirectory() as scratch:
        for path in sources("*.h"):
            found = flags.get(str((ROOT / path).parent))
            if not found:
                continue
            alone = pathlib.Path(scratch) / "alone.c"
            alone.write_text(f'#include "{ROOT / path}"\n')
            done = subprocess.run([*found[0], "-Wno-unused", "-fsyntax-only", str(alone)], cwd=found[1],
                                  capture_output=True, text=True)
            if done.returncode:
                yield f"{path}: does not compile alone\n{done.stderr}"


def main():
    faults = [*misplaced_includes(), *headers_that_lean(pathlib.Path(sys.argv[1]).resolve())]
    print(*faults, sep="\n", end="\n" if faults else "")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
