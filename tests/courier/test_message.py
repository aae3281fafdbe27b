# SPDX-License-Identifier: MIT
"""Mails that laug-courier builds, read back by Python's email package: what goes in comes out, and nothing else."""
import email
import email.header
import email.policy
import random
import re
import subprocess

import pytest

from laugwire import build_folder

TOOL = build_folder() / "tests" / "tool_mail"

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason="tests/tool_mail is not built")

PIECES = ["a", "Z", "0", " ", "  ", "æ", "ø", "å", "Å", "€", "漢字", "🎉", "👩‍🔧", "=", "?", "=?", "?=", "=?utf-8?q?x?=", "_", ".",
          ",", ":", ";", "<", ">", "@", '"', "(", ")", "\\", "\u00a0", "\u202e", "\u0301", "x" * 90, "ord " * 30,
          "æ" * 60, "🎉" * 40]
BODY = PIECES + ["\n", "\n\n", "\r\n", ".", ".\n", "\n.\n", "From ", "\nFrom ", "\t", " \n", "\t\n", "=\n", "=20", "\x7f", "\x01",
                 "x" * 1200, "æ " * 600, "--", "\nSubject: x\n", "\n\nBcc: x@example.org\n"]


def build(mails):
    data = b"".join(field.encode() + b"\0" for mail in mails for field in mail)
    done = subprocess.run([TOOL], input=data, capture_output=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode(errors="replace")
    found = done.stdout.split(b"\0")
    assert found.pop() == b"" and len(found) == len(mails)
    return found


def decoded(raw):
    """Both decoders of the package: the old one follows RFC 2047 to the letter."""
    return str(email.header.make_header(email.header.decode_header(re.sub(r"\r?\n", "", raw))))


def check(built, name, subject, text):
    assert built, (name, subject)
    head, _, body = built.partition(b"\r\n\r\n")
    assert b"\n" not in built.replace(b"\r\n", b"") and b"\r" not in built.replace(b"\r\n", b"")
    assert all(len(line) <= 76 for line in built.split(b"\r\n"))
    assert built.isascii()
    names = [line.split(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert names == ["Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
                     "Content-Transfer-Encoding"]
    for word in re.findall(rb"=\?[^ \r\n]*\?=(?=[ \r\n])", head):
        assert len(word) <= 75
        email.header.decode_header(word.decode())[0][0].decode("utf-8")  # no character is split
    old = email.message_from_bytes(built)
    assert decoded(old["Subject"]).strip() == subject.strip() or decoded(old["Subject"]) == subject
    if subject == subject.strip():
        assert decoded(old["Subject"]) == subject
    new = email.message_from_bytes(built, policy=email.policy.default)
    address, = new["From"].addresses
    assert address.addr_spec == "laug@firma.example"
    assert decoded(old["From"]).rsplit("<", 1)[0].strip() == name.strip()
    assert [recipient.addr_spec for recipient in new["To"].addresses] == ["anna@example.org"]
    wanted = text.replace("\r\n", "\n")
    got = old.get_payload(decode=True).decode().replace("\r\n", "\n")
    assert got == wanted + ("\n" if wanted and not wanted.endswith("\n") else "")


def test_what_goes_in_comes_out():
    chance = random.Random(27)
    mails = [("", "", ""), ("Laug", "", "x"), ("Laug", "æøå", "æøå\n"), ("L", "🎉" * 300, "🎉" * 3000)]
    for _ in range(1500):
        mails.append(tuple("".join(chance.choices(pieces, k=chance.randint(0, most)))
                           for pieces, most in ((PIECES, 4), (PIECES, 12), (BODY, 25))))
    for built, mail in zip(build(mails), mails):
        check(built, *mail)


def test_no_header_can_be_put_in():
    attacks = [end + header for end in ("\n", "\r\n", "\r", "x\r\n", "\n\r\n", "x\n ") for header in
               ("Bcc: evil@example.org", "Content-Type: text/html", "\r\nbody", "")]
    mails = [("Laug", "hello" + attack, "x") for attack in attacks]
    mails += [("Laug" + attack, "hello", "x") for attack in attacks]
    assert all(built == b"" for built in build(mails))
    for separator in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029":  # what some take for the end of a line
        built, = build([("Laug", f"a{separator}Bcc: evil@example.org", "x")])
        assert not re.search(rb"^bcc:", built, re.I | re.M)
        assert email.message_from_bytes(built)["Bcc"] is None
        assert email.message_from_bytes(built, policy=email.policy.default)["Bcc"] is None
