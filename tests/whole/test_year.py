# SPDX-License-Identifier: MIT
"""A year of the example company by mail: 0 entries missing, 0 stale, 0 doubled. LAUG_YEARS says how many seeds; ./dev soak more."""
import os
import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "courier"))

from year import Year  # noqa: E402

SEEDS = int(os.environ.get("LAUG_YEARS", "1"))


@pytest.mark.seconds(300)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_everybodys_calendar_is_the_plan(laugd, tmp_path, seed):
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # thousands of commits, and no power cut
    with tempfile.TemporaryDirectory(prefix="laug-year-", dir=memory) as folder:
        daemon = laugd(kind="release", folder=folder)
        year = Year(daemon, tmp_path, seed)
        try:
            year.live()
        finally:
            year.finish()
            daemon.finish()
    assert year.kills > 5 and year.compared > 1000
    assert min(year.server.moods[mood] for mood in ("defers", "drops before", "drops after")) > 0
    print(f"{year.inboxes.mails} mails, {year.inboxes.invitations} invitations, {year.kills} kills, {year.compared} entries compared, "
          f"{year.skipped} waiting, {sum(year.acts.values())} acts, {len(year.refusals)} refused")
