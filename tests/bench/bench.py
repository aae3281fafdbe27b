#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""./dev bench: how fast, small and quiet Laug is, beside others in the same run.

Machines are shared and noisy. So each comparison is made in rounds that take turns (five of them), with one load
client for both sides, and the medians are compared; what can be counted (system calls, fdatasync, wake-ups) is
counted. One client's latency is measured with client and server pinned to one core.

    ./dev bench                  all rows, one table; about five minutes
    ./dev bench --rows 1,3       some rows
    ./dev bench --json           {"rows": [{id, name, value, unit, reference, ratio, floor, goal, floor_met, goal_met}],
                                  "skipped": [{id, reason}]}
    ./dev bench --rounds 1       a quick look; figures then wander

Exit status 0 where every row was measured and stands above its floor, 1 otherwise. A row that cannot be measured
is shown as skipped, with the reason; it is never filled in from elsewhere.
"""
import argparse
import dataclasses
import json
import shutil
import signal
import sys
import tempfile
import time

from peers import Peers, Skipped
from rows import ROWS


@dataclasses.dataclass
class Shown:
    """A figure beside its floor and goal, as the table and the JSON show it."""
    id: int
    name: str
    value: float
    unit: str
    reference: float | None
    ratio: float
    floor: float
    goal: float
    floor_met: bool
    goal_met: bool


def judge(row, figure):
    """The figure against its bounds: by its ratio to the reference, or alone where there is none."""
    measured = figure.value if figure.reference is None else figure.value / figure.reference
    def meets(bound):
        return measured >= bound if figure.at_least else measured <= bound
    return Shown(row.id, figure.name, figure.value, figure.unit, figure.reference,
                 None if figure.reference is None else measured, figure.floor, figure.goal,
                 meets(figure.floor), meets(figure.goal))


def number(value):
    if value is None:
        return "-"
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def print_table(shown, skipped):
    head = ["#", "figure", "here", "reference", "ratio", "floor", "goal", "met"]
    lines = []
    for line in shown:
        met = "goal" if line.goal_met else "floor" if line.floor_met else "NO"
        lines.append([str(line.id), line.name, f"{number(line.value)} {line.unit}".strip(), number(line.reference),
                      number(line.ratio), number(line.floor), number(line.goal), met])
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    left = {1}
    for line in [head, *lines]:
        print("  ".join(cell.ljust(width) if i in left else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(line, widths))).rstrip())
    for row, reason in skipped:
        print(f"{row.id:>{widths[0]}}  {row.name}: skipped: {reason}")


def measure(rows, peers, rounds, tell):
    shown, skipped = [], []
    for row in rows:
        began = time.monotonic()
        try:
            figures = row.measure(peers, rounds)
            shown += [judge(row, figure) for figure in figures]
        except Skipped as reason:
            skipped.append((row, str(reason)))
        tell(f"bench: row {row.id}, {row.name}: {time.monotonic() - began:.1f} s")
    return shown, skipped


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="the folder with laugd and bench/load")
    parser.add_argument("--rows", help="numbers, such as 1,3,13")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the temporary folder for a look")
    return parser.parse_args()


def main():
    chosen = options()
    wanted = {int(word) for word in chosen.rows.split(",")} if chosen.rows else {row.id for row in ROWS}
    rows = [row for row in ROWS if row.id in wanted]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are ended too
    scratch = tempfile.mkdtemp(prefix="laug-bench.")
    peers = Peers(chosen.build, scratch)
    try:
        shown, skipped = measure(rows, peers, chosen.rounds, lambda line: print(line, file=sys.stderr, flush=True))
    finally:
        peers.stop_all()
        if chosen.keep:
            print(f"bench: everything is in {scratch}", file=sys.stderr)
        else:
            shutil.rmtree(scratch, ignore_errors=True)
    if chosen.json:
        print(json.dumps({"rows": [dataclasses.asdict(line) for line in shown],
                          "skipped": [{"id": row.id, "reason": reason} for row, reason in skipped]}, indent=1))
    else:
        print_table(shown, skipped)
    return 0 if not skipped and all(line.floor_met for line in shown) else 1


if __name__ == "__main__":
    sys.exit(main())
