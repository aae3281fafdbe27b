# SPDX-License-Identifier: MIT
"""Starting, and refusing to start: never a second daemon, never an empty database over a missing one."""
import os
import shutil
import sqlite3
import stat
import time

import laugwire
import pytest

SECOND_DAEMON = 75
NEWER_DATABASE = 78


def database(daemon):
    """The one SQLite file in the state folder."""
    files = [path for path in daemon.state.iterdir() if path.is_file()
             and path.read_bytes()[:15] == b"SQLite format 3"]
    assert len(files) == 1, files
    return files[0]


def test_says_its_version(laugd):
    done = laugd(started=False).run_once("--version")
    assert done.returncode == 0 and "0." in done.stdout


def test_wrong_option_and_wrong_clock(laugd):
    daemon = laugd(started=False)
    assert daemon.run_once("--nonsense").returncode != 0
    daemon.clock = "2027-02-30T08:00"
    done = daemon.run_once("--init")
    assert done.returncode != 0 and "--clock" in done.stderr


def test_ends_cleanly_and_takes_its_socket_along(laugd):
    daemon = laugd()
    assert stat.S_ISSOCK(os.stat(daemon.socket).st_mode)
    assert daemon.stop() == 0
    assert not daemon.socket.exists()


def test_missing_database_is_not_made_anew(laugd):
    daemon = laugd(started=False)
    assert daemon.run_once().returncode == 66
    daemon.state.mkdir(mode=0o700)
    done = daemon.run_once()
    assert done.returncode not in (0, None) and "--init" in done.stderr
    assert not any(daemon.state.glob("*.db"))

    daemon.start(init=True)
    daemon.stop()
    database(daemon).unlink()
    assert daemon.run_once().returncode != 0
    assert not any(daemon.state.glob("*.db"))


def test_init_and_check_make_a_database_and_do_not_serve(laugd):
    daemon = laugd(started=False)
    daemon.state.mkdir(mode=0o700)
    assert daemon.run_once("--check").returncode == 0
    assert not any(daemon.state.glob("*.db"))
    assert daemon.run_once("--init", "--check").returncode == 0
    assert database(daemon).stat().st_mode & 0o077 == 0
    assert not daemon.socket.exists()
    daemon.start(init=False)


def test_the_first_wrong_setting_is_told_with_its_own_line(laugd, tmp_path):
    settings = tmp_path / "laugd.conf"
    settings.write_text("[Limits]\nConnectons=5\nIdleSeconds=many\n[Service]\nGroupCommit=maybe\n")
    done = laugd(started=False).run_once("--config", settings, "--check")
    assert done.returncode == 78
    assert "Connectons" in done.stderr and "line 2" in done.stderr and "maybe" not in done.stderr


def test_wrong_words_are_told_under_the_programs_name(laugd):
    daemon = laugd(started=False)
    for word, part in [("--wibble", "--wibble"), ("laugd.conf", "--config FILE")]:
        done = daemon.run_once(word)
        assert done.returncode == 64 and part in done.stderr
        assert all(line.startswith("laugd: ") for line in done.stderr.splitlines())


def test_init_leaves_an_existing_database_alone(laugd):
    daemon = laugd()
    with daemon.connect() as client:
        client.call("person.add", id="anna", name="Anna Holm")
    daemon.stop()
    done = daemon.run_once("--init", "--check")
    assert "Traceback" not in done.stderr
    daemon.start(init=False)
    with daemon.connect() as client:
        assert client.call("person.show", id="anna")["name"] == "Anna Holm"


def test_second_daemon_is_refused(laugd):
    daemon = laugd()
    second = laugd(started=False, folder=daemon.folder)
    second.socket = daemon.folder / "other.sock"
    assert second.run_once().returncode == SECOND_DAEMON
    assert not second.socket.exists()
    second.socket = daemon.socket
    assert second.run_once("--init").returncode == SECOND_DAEMON
    with daemon.connect() as client:
        assert client.call("service.hello")


def test_socket_left_by_a_crash_is_taken_over(laugd):
    daemon = laugd()
    daemon.kill()
    assert daemon.socket.exists()
    began = time.monotonic()
    daemon.start()
    assert time.monotonic() - began < 5


def test_newer_database_is_left_untouched(laugd):
    daemon = laugd()
    daemon.stop()
    path = database(daemon)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    before = path.read_bytes()
    done = daemon.run_once()
    assert done.returncode == NEWER_DATABASE, done.stderr
    assert "9999" in done.stderr
    assert path.read_bytes() == before


def test_corrupt_database_is_refused(laugd):
    daemon = laugd()
    with daemon.connect() as client:
        for n in range(200):
            client.call("person.add", id=f"p{n}", name=f"Person {n} " + "x" * 60)
    daemon.stop()
    path = database(daemon)
    with open(path, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        for page in range(2, size // 4096):
            file.seek(page * 4096)
            file.write(os.urandom(64))
    done = daemon.run_once()
    assert done.returncode != 0 and "damaged" in done.stderr


def test_large_corrupt_database_is_read_but_not_written(laugd):
    """Too large to be checked at the start, it is checked while it is served."""
    daemon = laugd()
    with daemon.connect() as client:
        client.call("team.add", id="quality", name="Quality")
    daemon.stop()
    path = database(daemon)
    with sqlite3.connect(path) as connection:
        connection.executemany("INSERT INTO event (at, kind, fields) VALUES (0, 'filler', zeroblob(3000))", [()] * 10_000)
    connection.close()
    with open(path, "r+b") as file:
        file.seek(file.seek(0, os.SEEK_END) // 2 // 4096 * 4096)
        file.write(os.urandom(4096))
    daemon.start()
    with daemon.connect() as client:
        while client.call("service.status")["state"] == "good":
            time.sleep(0.05)
        assert "damaged" in client.call("service.status")["trouble"]
        assert client.call("team.show", id="quality")["name"] == "Quality"
        with pytest.raises(laugwire.Refused, match="^unavailable"):
            client.call("team.add", id="sales", name="Sales")


def test_state_folder_may_not_be_a_link(laugd, tmp_path):
    daemon = laugd(started=False)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    os.symlink(tmp_path / "elsewhere" / "victim", daemon.folder / "laug.sock")
    daemon.state.mkdir(mode=0o700)
    os.symlink(tmp_path / "elsewhere" / "victim.db", daemon.state / "laug.db")
    assert daemon.run_once("--init").returncode != 0
    assert not list((tmp_path / "elsewhere").iterdir())


def test_database_taken_away_while_it_runs(laugd):
    """Writes stop and say so; what was acknowledged before stays in the file that was moved."""
    daemon = laugd()
    with daemon.connect() as client:
        client.call("person.add", id="anna", name="Anna Holm")
        shutil.move(database(daemon), daemon.folder / "moved.db")
        from laugwire import Refused
        with pytest.raises(Refused) as refused:
            for n in range(50):
                client.call("person.add", id=f"p{n}", name="Nobody")
                time.sleep(0.1)
        assert refused.value.kind == 0
