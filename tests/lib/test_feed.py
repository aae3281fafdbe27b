# SPDX-License-Identifier: MIT
"""liblaug's feed of events on the real daemon, which is killed again and again: every event, once, in order."""
import subprocess
import threading
import time

import pytest

from laugwire import Refused, build_folder

TOOL = build_folder() / "tests" / "tool_feed"

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason="tests/tool_feed is not built")


def read_lines(process, lines):
    for line in process.stdout:
        lines.append(line.split())


@pytest.mark.seconds(180)
def test_no_event_is_missed_or_told_twice_through_ten_kills(laugd):
    daemon = laugd()
    tool = subprocess.Popen([TOOL, daemon.socket, "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = []
    reader = threading.Thread(target=read_lines, args=(tool, lines), daemon=True)
    reader.start()
    try:
        for round in range(10):
            with daemon.connect() as client:
                for number in range(10):
                    try:
                        client.call("team.add", id=f"t{round}-{number}", name=f"Team {number}")
                    except Refused as refused:
                        assert refused.code == "exists"  # it was acknowledged to nobody, and yet done
            daemon.kill()
            daemon.start()
        with daemon.connect() as client:
            client.call("event.subscribe", since=0)
            wanted = []
            try:
                while True:
                    wanted.append(client.next_notification(0.5)[1][0])
            except TimeoutError:
                pass
        assert len(wanted) >= 100
        end = time.monotonic() + 100  # it may rest that long between tries
        while len(lines) <= len(wanted) and time.monotonic() < end:
            time.sleep(0.05)
        assert lines[0] == ["open"] and tool.poll() is None
        assert [(int(seq), kind) for seq, kind, _ in lines[1:]] == [(event["seq"], event["kind"]) for event in wanted]
    finally:
        tool.kill()
        tool.wait()
        tool.stderr.close()
        reader.join()

