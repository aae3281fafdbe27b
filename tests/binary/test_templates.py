# SPDX-License-Identifier: MIT
"""A company's own messages: used, refused with their place before they do harm, and read again without a restart."""
import signal
import time

import pytest


@pytest.fixture
def own(laugd, tmp_path):
    """A daemon that is not started yet, and its folder of English templates."""
    folder = tmp_path / "templates"
    (folder / "en").mkdir(parents=True)
    conf = tmp_path / "laugd.conf"
    conf.write_text(f"[Service]\nTemplates={folder}\n")
    return laugd(started=False, arguments=["--config", str(conf)]), folder / "en"


def remind(client, number):
    client.call("reminder.rule.add", id=f"tea{number}", title="Tea", at=f"2027-01-05T14:{number:02}", people=["anna"])
    client.call("clock.advance", to=f"2027-01-05T13:{number:02}:00Z")
    return client.call("outbox.claim")["items"][-1]


def test_own_words_are_used_and_read_again(own):
    daemon, english = own
    (english / "custom.txt").write_text("# our own\nsubject: Hey! {title}\n\nDon't forget {title}.\n")
    assert daemon.run_once("--check").returncode == 0
    daemon.start()
    with daemon.connect() as client:
        client.call("person.add", id="anna", name="Anna Holm", email="anna@x.dk")
        letter = remind(client, 0)
        assert letter["subject"] == "Hey! Tea"
        assert letter["text"].startswith("Hello Anna,\n\nDon't forget Tea.\n")
        assert "<p>Don&#39;t forget Tea.</p>" in letter["html"]

        (english / "custom.txt").write_text("subject: Oh\n\nMy {titel}\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(daemon, "a template is wrong, so the old ones stay in force")
        assert "line 3, column 5: there is no word {titel}; did you mean {title}?" in daemon.log()
        assert remind(client, 1)["subject"] == "Hey! Tea"

        (english / "custom.txt").write_text("subject: Now {title}\n\nAgain.\n")
        daemon.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        for number in range(2, 50):
            if remind(client, number)["subject"] == "Now Tea":
                break
            assert time.monotonic() < deadline
            time.sleep(0.05)


def wait_for(daemon, words, seconds=10):
    deadline = time.monotonic() + seconds
    while words not in daemon.log():
        assert time.monotonic() < deadline, daemon.log()
        time.sleep(0.02)


@pytest.mark.parametrize("name, text, told", [
    ("turn.txt", "subject: Your {turn\n\nHello\n", "turn.txt, line 1, column 15: this { is never closed"),
    ("turn.txt", "Hello\n", "turn.txt, line 1, column 1: a template begins with"),
    ("turn.txt", "subject: a\n\n    laug turn offer {title}\n", "turn.txt, line 3, column 21: in a command only"),
    ("trun.txt", "subject: a\n\nb\n", "there is no message of this name; did you mean turn.txt?"),
    ("turn.text", "subject: a\n\nb\n", "did you mean turn.txt?"),
])
def test_what_is_wrong_is_refused_with_its_place(own, name, text, told):
    daemon, english = own
    (english / name).write_text(text)
    for words in (["--check"], ["--check", "--init"], ["--init"]):
        done = daemon.run_once(*words)
        assert done.returncode == 78 and told in done.stderr and str(english) in done.stderr
    assert not daemon.state.exists() or not any(daemon.state.iterdir())


def test_what_is_no_file_cannot_hold_it_up(own):
    import os

    daemon, english = own
    os.mkfifo(english / "turn.txt")
    done = daemon.run_once("--check")
    assert done.returncode == 78 and "is no file" in done.stderr


def test_the_built_in_ones_are_written_as_a_beginning(own, tmp_path):
    daemon, _ = own
    folder = tmp_path / "templates"
    (folder / "en").rmdir()
    done = daemon.run_once("--templates", folder)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "en").iterdir()}
    assert names == {path.name for path in (folder / "da").iterdir()} and "turn.txt" in names
    assert daemon.run_once("--check").returncode == 0
    (folder / "en" / "turn.txt").write_text("subject: Ours\n\nHello\n")
    done = daemon.run_once("--templates", folder)
    assert done.returncode != 0 and "is there already, and is left alone" in done.stderr
    assert (folder / "en" / "turn.txt").read_text() == "subject: Ours\n\nHello\n"
