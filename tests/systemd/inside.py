# SPDX-License-Identifier: MIT
"""Run by box.sh as root inside a booted systemd in which Laug is installed and nothing of it started: one function
a promise, in order, each `ok NAME` or `not ok NAME: why`. They build on each other, as an administrator's day does."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import traceback

sys.path.insert(0, "/box/tests/binary")

from laugwire import Client, Gone, Refused  # noqa: E402

SOCKET = "/run/laug/laug.sock"
STATE = pathlib.Path("/var/lib/laug")


def run(*command, may_fail=False):
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert may_fail or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}{journal()}"
    return done.stdout.strip()


def journal():
    done = subprocess.run(["journalctl", "--no-pager", "-q", "-n", "15", "-u", "laugd", "-u", "laug-init",
                           "-u", "laug-courier"], capture_output=True, text=True)
    return "\n" + done.stdout


def show(unit, name):
    return run("systemctl", "show", "--value", "-p", name, unit)


def pid():
    return int(show("laugd", "MainPID"))


def call(method, **params):
    with Client(SOCKET, timeout=10) as client:
        return client.call(method, **params)


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s{journal()}"
        time.sleep(0.02)


def accounts_and_folders_are_made():
    run("ldconfig")
    run("systemd-sysusers")
    run("systemd-tmpfiles", "--create", "/usr/local/lib/tmpfiles.d/laug.conf")
    run("systemctl", "daemon-reload")
    for user in ("laugd", "laug-courier"):
        assert run("id", "-u", user) != "0"
    run("getent", "group", "laug-admin")


def settings_are_there_to_be_edited():
    assert "#ConnectionsPerUser=" in pathlib.Path("/etc/laug/laugd.conf").read_text()
    pathlib.Path("/etc/laug/laugd.conf").write_text("[Limits]\nIdleSeconds=500\n")
    run("systemd-tmpfiles", "--create", "/usr/local/lib/tmpfiles.d/laug.conf")
    assert "IdleSeconds=500" in pathlib.Path("/etc/laug/laugd.conf").read_text()


def daemon_does_not_make_a_database():
    run("systemctl", "start", "laugd", may_fail=True)
    wait_for(lambda: show("laugd", "ActiveState") in ("failed", "inactive"), 20, "giving up")
    assert not list(STATE.glob("*.db"))
    run("systemctl", "stop", "laugd.service", "laugd.socket")
    run("systemctl", "reset-failed", "laugd.service")


def database_is_made_once():
    run("systemctl", "start", "laug-init")
    path, = STATE.glob("*.db")
    assert path.owner() == "laugd" and path.stat().st_mode & 0o077 == 0
    made = path.stat().st_mtime_ns, path.stat().st_ino
    run("systemctl", "start", "laug-init")
    assert made == (path.stat().st_mtime_ns, path.stat().st_ino)


def first_call_starts_the_daemon():
    run("systemctl", "start", "laugd.socket")
    assert show("laugd", "ActiveState") == "inactive"
    began = time.monotonic()
    assert call("service.hello")
    assert time.monotonic() - began < 2
    assert show("laugd", "ActiveState") == "active"


def it_runs_as_its_own_user_behind_its_fences():
    status = pathlib.Path(f"/proc/{pid()}/status").read_text()
    value = dict(re.findall(r"^(\w+):\s+(.*)$", status, re.M))
    assert value["Uid"].split()[0] == run("id", "-u", "laugd")
    assert value["NoNewPrivs"] == "1" and value["Seccomp"] == "2" and int(value["CapEff"], 16) == 0
    assert os.readlink(f"/proc/{pid()}/ns/net") != os.readlink("/proc/self/ns/net")


def root_is_an_administrator():
    call("team.add", id="press", name="Press shop")
    call("person.add", id="anna", name="Anna Holm", login="anna")
    assert call("person.show", id="anna")["name"] == "Anna Holm"


AS_USER = """
import json, sys
sys.path.insert(0, "/box/tests/binary")
import laugwire
client = laugwire.Client("/run/laug/laug.sock", timeout=10)
client.call("service.hello")
for words in sys.argv[1:]:
    method, _, params = words.partition(" ")
    try:
        client.call(method, **json.loads(params or "{}"))
        print("answered")
    except laugwire.Refused as refused:
        print(refused.code)
"""


def as_user(user, *methods):
    return run("runuser", "-u", user, "--", "/usr/bin/python3", "-c", AS_USER, *methods).split()


def users_are_told_apart():
    for user in ("anna", "stranger", "chief"):
        run("useradd", "--no-create-home", user)
    run("usermod", "-aG", "laug-admin", "chief")
    add = 'team.add {"id": "new", "name": "New"}'
    assert as_user("anna", "absence.list", "person.list", add) == ["answered", "answered", "forbidden"]
    assert "answered" not in as_user("stranger", "absence.list", "person.list", "team.list", add)
    assert as_user("chief", add) == ["answered"]


def killed_daemon_is_back_at_once():
    """The socket unit keeps listening: a call made in between waits, and is not refused."""
    for turn in range(4):
        call("team.add", id=f"t{turn}", name="Kept")
        before = pid()
        os.kill(before, signal.SIGKILL)
        began = time.monotonic()
        for _ in range(50):
            try:
                assert call("team.show", id=f"t{turn}")["name"] == "Kept"
                break
            except Gone:  # accepted by the one that was being killed
                time.sleep(0.01)
        assert time.monotonic() - began < 1.5, f"{time.monotonic() - began:.2f} s"
        assert pid() not in (0, before)


def stuck_daemon_is_restarted():
    os.makedirs("/run/systemd/system/laugd.service.d", exist_ok=True)
    pathlib.Path("/run/systemd/system/laugd.service.d/box.conf").write_text("[Service]\nWatchdogSec=1\n"
                                                                             "TimeoutAbortSec=1\n")
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "laugd")
    time.sleep(2.5)
    before = pid()
    assert show("laugd", "NRestarts") in ("0", "4"), "it does not feed its watchdog"
    os.kill(before, signal.SIGSTOP)
    wait_for(lambda: pid() not in (0, before), 10, "a restart by the watchdog")
    assert call("team.show", id="press")["name"] == "Press shop"


def restart_under_calls_refuses_nobody():
    answered, lost = 0, 0
    restart = subprocess.Popen(["systemctl", "restart", "laugd"])
    end = time.monotonic() + 2
    while time.monotonic() < end or restart.poll() is None:
        try:
            assert call("service.hello")
            answered += 1
        except Gone:
            lost += 1
    assert restart.returncode == 0 and answered > 50
    assert lost <= 1, f"{lost} of {answered + lost} calls were cut off"


def allow_for_a_box_without_user_namespaces():
    """A kernel may forbid them to containers; on a machine of its own the unit needs no such thing."""
    if subprocess.run(["unshare", "--user", "true"], capture_output=True).returncode:
        os.makedirs("/run/systemd/system/laug-courier.service.d", exist_ok=True)
        pathlib.Path("/run/systemd/system/laug-courier.service.d/box.conf").write_text("[Service]\nPrivateUsers=no\n")
        run("systemctl", "daemon-reload")


def courier_wants_its_settings_first():
    allow_for_a_box_without_user_namespaces()
    run("systemctl", "start", "laug-courier", may_fail=True)
    wait_for(lambda: show("laug-courier", "ActiveState") == "failed", 5, "giving up")
    assert "from" in journal()
    run("systemctl", "reset-failed", "laug-courier")


def courier_runs_apart():
    pathlib.Path("/etc/laug/courier.conf").write_text("[mail]\nfrom = Laug <laug@example.org>\n")
    run("systemctl", "start", "laug-courier")
    time.sleep(1)
    assert show("laug-courier", "ActiveState") == "active", journal()
    courier = int(show("laug-courier", "MainPID"))
    status = pathlib.Path(f"/proc/{courier}/status").read_text()
    assert re.search(r"^Seccomp:\s+2$", status, re.M)
    assert os.stat(f"/proc/{courier}").st_uid == int(run("id", "-u", "laug-courier"))
    run("runuser", "-u", "laug-courier", "--", "test", "!", "-r", "/var/lib/laug")


def stops_cleanly():
    run("systemctl", "stop", "laug-courier", "laugd.service", "laugd.socket")
    assert show("laugd", "Result") == "success"
    assert not os.path.exists(SOCKET)


def missing_database_is_an_alarm_and_not_a_new_one():
    path, = STATE.glob("*.db")
    path.rename("/var/lib/laug.moved")
    run("systemctl", "start", "laugd.socket")
    try:
        with Client(SOCKET, timeout=20) as client:
            client.call("service.hello")
        raise AssertionError("something answered")
    except (Gone, ConnectionRefusedError, FileNotFoundError, Refused):
        pass
    assert not list(STATE.glob("*.db"))


def main():
    failed = 0
    for check in (accounts_and_folders_are_made, settings_are_there_to_be_edited,
                  daemon_does_not_make_a_database, database_is_made_once,
                  first_call_starts_the_daemon, it_runs_as_its_own_user_behind_its_fences, root_is_an_administrator,
                  users_are_told_apart, killed_daemon_is_back_at_once, stuck_daemon_is_restarted,
                  restart_under_calls_refuses_nobody, courier_wants_its_settings_first, courier_runs_apart,
                  stops_cleanly, missing_database_is_an_alarm_and_not_a_new_one):
        try:
            check()
            print(f"ok {check.__name__}", flush=True)
        except Exception:  # noqa: BLE001 - each promise is reported by itself
            failed += 1
            print(f"not ok {check.__name__}: " + traceback.format_exc().replace("\n", "\n    "), flush=True)
    sys.exit(1 if failed else 0)


main()
