# SPDX-License-Identifier: MIT
"""What every whole-binary test stands on: a time limit for each test, and daemons that are ended after it."""
import faulthandler
import pathlib
import signal
import sys

import pytest

# a test may import the helpers beside it, and laugwire from everywhere
sys.path += sorted(str(folder) for folder in pathlib.Path(__file__).parent.iterdir() if folder.is_dir())

import laugwire  # noqa: E402

SECONDS = 60


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    mark = item.get_closest_marker("seconds")
    seconds = mark.args[0] if mark else SECONDS

    def too_late(*_):
        faulthandler.dump_traceback(file=sys.__stderr__)
        raise TimeoutError(f"not done within {seconds} s")

    signal.signal(signal.SIGALRM, too_late)
    signal.alarm(seconds)
    yield
    signal.alarm(0)


@pytest.fixture
def laugd():
    """Makes daemons: laugd() is one that runs, laugd(started=False) one to be started by the test."""
    if not (laugwire.build_folder() / "laugd").exists():
        pytest.skip("laugd is not built")
    daemons = []

    def make(started=True, **options):
        daemon = laugwire.Daemon(**options)
        daemons.append(daemon)
        return daemon.start() if started else daemon

    yield make
    for daemon in daemons:
        daemon.finish()


@pytest.fixture
def daemon(laugd):
    """A running daemon with an empty company and the clock held at Monday 2027-01-04T08:00."""
    return laugd()


@pytest.fixture
def client(daemon):
    with daemon.connect() as connection:
        yield connection
