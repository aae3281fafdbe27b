#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs every test that was built and every test_*.py below this folder, and ends with one line that counts them.

The C programs are those that ctest knows in build-debug (each case of a cmocka program counts as one test; any
other program counts as one). With words as arguments, only the programs and Python files whose path holds
one of them are run. A program that crashes, hangs or says nothing is a failed test, never a missing one.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("LAUG_BUILD", ROOT / "build-debug")).resolve()
PROGRAM_SECONDS = 120
PYTEST_SECONDS = 480
SANITIZERS = {
    "ASAN_OPTIONS": "strict_string_checks=1:detect_stack_use_after_return=1:check_initialization_order=1"
    ":strict_init_order=1:detect_leaks=1:allocator_may_return_null=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
}
TAP_LINE = re.compile(r"^(not ok|ok) \d+ (?:- |# SKIP )?(.*)$")


class Tally:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def programs():
    listing = subprocess.run(["ctest", "--test-dir", BUILD, "--show-only=json-v1"], check=True,
                             capture_output=True, text=True)
    for test in json.loads(listing.stdout)["tests"]:
        if "command" not in test:
            continue
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        yield test["name"], test["command"], properties


def read_tap(name, lines, tally):
    """Counts the cases of a cmocka program; what it printed before a skip is the reason of it."""
    planned, seen, said = None, 0, []
    for line in lines:
        match = TAP_LINE.match(line)
        if re.fullmatch(r"1\.\.\d+", line):
            planned = (planned or 0) + int(line[3:])
        elif match and "# SKIP" in line:
            tally.skipped.append((f"{name} {match[2]}", " ".join(said[-1:]) or "no reason given"))
        elif match and match[1] == "ok":
            tally.passed += 1
        elif match:
            tally.failed.append(f"{name} {match[2]}")
        seen += bool(match)
        said = [] if match else said + [line.lstrip("# ")]
    return planned is not None and planned == seen


def run_program(test):
    name, command, properties = test
    environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", LAUG_BUILD=str(BUILD))
    for pair in properties.get("ENVIRONMENT", []):
        key, _, value = pair.partition("=")
        environment[key] = value
    tally, begun = Tally(), time.monotonic()
    try:
        done = subprocess.run(command, cwd=properties.get("WORKING_DIRECTORY", BUILD), env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              timeout=float(properties.get("TIMEOUT", PROGRAM_SECONDS)))
        output, status = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        output, status = (late.stdout or b"").decode(errors="replace"), "too late"
    is_whole = read_tap(name, output.splitlines(), tally)
    if not is_whole and status == 0 and "1.." not in output:
        tally.passed += 1
    elif (not is_whole or status != 0) and not tally.failed:
        tally.failed.append(f"{name} (ended with {status})")
    return name, tally, output, time.monotonic() - begun


def run_programs(words):
    tally = Tally()
    chosen = [test for test in programs() if not words or any(word in test[0] for word in words)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for name, one, output, seconds in pool.map(run_program, chosen):
            print(f"{'FAILED' if one.failed else 'ok':7}{name}  ({one.passed} in {seconds:.1f} s)", flush=True)
            if one.failed:
                print(output, flush=True)
            tally.add(one)
    return tally


def run_pytest(words):
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").glob("**/test_*.py"))
    files = [path for path in files if not words or any(word in path for word in words)]
    tally = Tally()
    if not files:
        return tally
    report = BUILD / "pytest.xml"
    report.unlink(missing_ok=True)
    command = ["/usr/bin/python3", "-m", "pytest", "-c", "tests/pytest.ini", "--rootdir", "tests",
               f"--junitxml={report}", *files]
    try:
        status = subprocess.run(command, cwd=ROOT, env=dict(os.environ, LAUG_BUILD=str(BUILD)),
                                stdin=subprocess.DEVNULL, timeout=PYTEST_SECONDS).returncode
    except subprocess.TimeoutExpired:
        status = "too late"
    if not report.exists():
        tally.failed.append(f"pytest (ended with {status})")
        return tally
    for case in xml.parse(report).iter("testcase"):
        name = f"{case.get('classname')} {case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed.append(name)
        elif skip is not None:
            tally.skipped.append((name, skip.get("message", "no reason given")))
        else:
            tally.passed += 1
    return tally


def main():
    words = sys.argv[1:]
    for key, value in SANITIZERS.items():
        os.environ.setdefault(key, value)
    tally = run_programs(words)
    tally.add(run_pytest(words))
    for name, reason in tally.skipped:
        print(f"skipped {name}: {reason}")
    for name in tally.failed:
        print(f"FAILED {name}")
    print(f"{tally.passed} passed, {len(tally.failed)} failed"
          + (f", {len(tally.skipped)} skipped" if tally.skipped else ""), flush=True)
    sys.exit(1 if tally.failed or not tally.passed else 0)


main()
