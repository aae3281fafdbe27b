# SPDX-License-Identifier: MIT
"""The README is true: the files and functions of its tour are there, its tables are those of the programs, and the methods
that it names exist."""
import pathlib
import re
import subprocess

import pytest
from laugwire import ROOT, build_folder

README = (ROOT / "README.md").read_text()
# made by laugc in the build folder
MADE = "made/domain/statements.h"


def section(title):
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def catalogue():
    return "\n".join(path.read_text() for path in sorted((ROOT / "proto").glob("*.laug")))


def defines(path, function):
    """Whether a function's definition, a statement or a prototype of this name is in the file."""
    text = (build_folder() / path if path == MADE else ROOT / path).read_text()
    return re.search(rf"^(?:static |MUST_CHECK |enum code |bool |void |int |size_t |const |struct |char |\w+ )*\**"
                     rf"{function}\(", text, re.M) or f"-- name: {function}" in text


def test_files_are_there():
    paths = set(re.findall(r"`([\w./-]+/[\w./-]*)`", README)) - {"/var/lib/laug", MADE}
    assert len(paths) > 30
    missing = [path for path in paths if "THING" not in path and not path.startswith("/") and not (ROOT / path).exists()]
    assert missing == []


def test_functions_of_the_tour_are_where_it_says():
    """`file`: `function`, `function` … up to the next file; in an item that names one file, all names after it."""
    checked = 0
    for item in re.split(r"\n\d+\. ", section("Ten minutes along one request"))[1:]:
        path = None
        for name in re.findall(r"`([^`]+)`", item):
            if re.fullmatch(r"[\w./-]+/[\w.-]*\.(?:c|h|sql|laug)", name) or name.endswith("/"):
                path = name
            elif path and path.endswith((".c", ".sql")) and re.fullmatch(r"[a-z_]+", name) and "_" in name + "_" and \
                    name not in ("job", "request_id"):
                where = "daemon/rpc/dispatch.c" if item.startswith("**The gate") and not defines(path, name) else path
                if name.startswith("sql_"):
                    where = MADE
                    if not (build_folder() / MADE).exists():
                        pytest.skip("nothing is built")
                assert defines(where, name), f"{where} has no {name}"
                checked += 1
    assert checked >= 25


def test_folders_are_all_told():
    told = set(re.findall(r"^\| `([\w/]+)/` ", section("What is where"), re.M))
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    there = {str(pathlib.Path(path).parent) for path in files if path.endswith(".c") and not path.startswith("tests/")}
    assert there <= told, f"not told: {there - told}"
    assert all((ROOT / folder).is_dir() for folder in told)


def test_settings_are_those_of_the_program():
    if not (build_folder() / "laugd").exists():
        pytest.skip("laugd is not built")
    sample = subprocess.run([build_folder() / "laugd", "--sample"], capture_output=True, text=True, check=True).stdout
    wanted, part = [], None
    for line in sample.splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif re.match(r"#\w+=", line):
            wanted.append((part, *line[1:].split("=", 1)))
    told = re.findall(r"^\| (\w+) \| (\w+) \| (.*?) \|$", section("Settings, limits, exits"), re.M)
    assert [row for row in told if row[0] != "section"] == wanted


def test_methods_and_codes_exist():
    text = catalogue()
    methods = set(re.findall(r"^method (\S+)", text, re.M))
    domains = {method.split(".")[0] for method in methods}
    named = {name for name in re.findall(r"`([a-z_]+\.[a-z_.]+)`", README) if name.split(".")[0] in domains}
    assert len(named) >= 8 and named <= methods, named - methods
    exits = re.findall(r"^error (\S+)\s+exit (\d+)", text, re.M)
    for code, status in exits:
        assert re.search(rf"{status}\s+`{code}`", README), f"exit {status} of {code}"


def test_example_of_a_method_is_the_real_one():
    entry, statement = re.findall(r"^```\n((?:# List|-- name).*?)^```", README, re.M | re.S)
    assert re.sub(r"\s+", " ", entry) in re.sub(r"\s+", " ", catalogue())
    assert statement in (ROOT / "daemon/domain/company.sql").read_text()


def test_dev_knows_what_it_says():
    commands = set(re.findall(r"\./dev (\w+)", README)) - {"help"}
    listed = subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True, check=True).stdout
    assert commands and all(f"./dev {command} " in listed for command in commands)
