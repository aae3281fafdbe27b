# SPDX-License-Identifier: MIT
"""A disk that is full or may not be written: the write is refused, what is there can be read, nothing breaks."""
import os
import pathlib
import sqlite3
import subprocess

import pytest
from laugwire import Refused

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="takes root, to mount a small disk")


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 3 MiB of its own."""
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "laug-test", str(folder)],
                          capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder):
    with open(folder / "filler", "wb", buffering=0) as filler:
        for size in (65536, 4096, 512):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError:
                pass


@needs_root
def test_disk_full(laugd, small_disk):
    daemon = laugd(folder=small_disk)
    with daemon.connect() as client:
        client.call("person.add", id="anna", name="Anna Holm")
        fill(small_disk)
        codes, written = set(), ["anna"]
        for n in range(400):
            try:
                client.call("person.add", id=f"p{n}", name="Person " + "x" * 80)
                written.append(f"p{n}")
            except Refused as refused:
                codes.add(refused.code)
                if len(codes) and n > 300:
                    break
        assert codes == {"storage_full"}
        assert client.call("person.show", id="anna")["name"] == "Anna Holm"
        assert [row["id"] for row in client.items("person.list", limit=500)] == sorted(written)
        # a look that is to be written down, and cannot be, is written to the journal
        for _ in range(3):
            assert client.call("reminder.list", person="anna")["items"] == []
        assert "reminder.list" in daemon.log()
        assert client.call("reminder.preview", person="anna", until=client.call("clock.now")["today"])["letters"] == []
        assert "reminder.preview" in daemon.log(), "also one that runs on a thread of its own"
        assert client.call("service.status")["state"] == "degraded"
        os.unlink(small_disk / "filler")
        client.call("person.add", id="later", name="Later")
        written.append("later")
        assert client.call("service.status")["state"] == "good"
    daemon.kill()
    daemon.start(init=False)
    with daemon.connect() as client:
        assert [row["id"] for row in client.items("person.list", limit=500)] == sorted(written)


@needs_root
def test_full_disk_at_start(laugd, small_disk):
    fill(small_disk)
    daemon = laugd(started=False, folder=small_disk)
    try:
        daemon.state.mkdir(mode=0o700)
    except OSError:
        pytest.skip("this disk has no room for a folder")
    done = daemon.run_once("--init")
    assert done.returncode > 0 and done.stderr, done
    os.unlink(small_disk / "filler")
    daemon.start(init=True)


def test_folder_that_may_not_be_written(laugd):
    daemon = laugd()
    daemon.stop()
    if os.getuid() == 0:  # root may write anything, so somebody else tries
        daemon.prefix = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups"]
        for path in (daemon.folder, daemon.state, *daemon.state.iterdir()):
            os.chown(path, 61234, 61234)
    daemon.state.chmod(0o500)
    for path in daemon.state.iterdir():
        path.chmod(0o400)
    try:
        done = daemon.run_once()
        assert done.returncode > 0 and "Permission denied" in done.stderr, done
    finally:
        daemon.state.chmod(0o700)


@needs_root
def test_disk_that_turns_read_only(laugd, small_disk):
    daemon = laugd(folder=small_disk)
    with daemon.connect() as client:
        client.call("person.add", id="anna", name="Anna Holm")
        daemon.stop()
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        done = subprocess.run(daemon.command(), capture_output=True, text=True, timeout=20)
        assert done.returncode > 0 and done.stderr
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    daemon.start(init=False)
    with daemon.connect() as client:
        assert client.call("person.show", id="anna")["name"] == "Anna Holm"


def test_nobody_else_may_read_the_files(laugd):
    daemon = laugd()
    with daemon.connect() as client:
        client.call("person.add", id="anna", name="Anna Holm")
    for path in daemon.state.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_one_file_holds_everything(laugd, tmp_path):
    """After a clean end there is no journal beside it: the one file can be copied and started elsewhere."""
    daemon = laugd()
    with daemon.connect() as client:
        client.call("person.add", id="anna", name="Anna Holm")
    daemon.stop()
    path, = daemon.state.glob("*.db")
    assert not pathlib.Path(f"{path}-wal").exists()
    other = laugd(started=False)
    other.state.mkdir(mode=0o700)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    (other.state / path.name).write_bytes(path.read_bytes())
    other.start(init=False)
    with other.connect() as client:
        assert client.call("person.show", id="anna")["name"] == "Anna Holm"
