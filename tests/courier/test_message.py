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
    data = b"".join(field.encode() + b"\0" for mail in mails for field in (*mail, "", "")[:5])
    done = subprocess.run([TOOL], input=data, capture_output=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode(errors="replace")
    found = done.stdout.split(b"\0")
    assert found.pop() == b"" and len(found) == len(mails)
    return found


def decoded(raw):
    """Both decoders of the package: the old one follows RFC 2047 to the letter."""
    return str(email.header.make_header(email.header.decode_header(re.sub(r"\r?\n", "", raw))))


def plain(text, may_break=False):
    """What is left of a text: nothing that steers a reader, neither a terminal nor the direction of writing."""
    text = re.sub("\r\n?|[\u2028\u2029\x85]", "\n", text)
    if not may_break:
        text = re.sub("[\n\t]", " ", text)
    return re.sub("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]", "", text)


def body_of(part):
    return part.get_payload(decode=True).decode().replace("\r\n", "\n")


def ended(text):
    return text + ("\n" if text and not text.endswith("\n") else "")


def check(built, name, subject, text):
    assert built, (name, subject)
    name, subject = plain(name), plain(subject)
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
    assert body_of(old) == ended(plain(text, True))


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


def test_parts_are_what_they_were():
    """Whatever the texts hold, the boundary of this very mail too, there are three parts and each is what it was."""
    chance = random.Random(28)
    boundary = re.search(rb'boundary="([^"]*)"', build([("Laug", "x", "x", "<p>", "")])[0])[1].decode()
    pieces = BODY + [f"\n--{boundary}\n", f"--{boundary}--\n", "\nContent-Type: text/html\n\n", "<b>", "</html>", "BEGIN:VCALENDAR\n"]
    mails = [("Laug", "s", *("x" + "".join(chance.choices(pieces, k=chance.randint(0, 25))) for _ in range(3)))
             for _ in range(500)]
    for built, (_, _, *texts) in zip(build(mails), mails):
        assert built.isascii() and all(len(line) <= 76 for line in built.split(b"\r\n"))
        for policy in (email.policy.default, email.policy.compat32):
            mail = email.message_from_bytes(built, policy=policy)
            parts = mail.get_payload()
            assert mail.get_content_type() == "multipart/alternative" and not mail.defects
            assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "text/calendar"]
            assert parts[2].get_param("method") == "REQUEST" and parts[2].get_param("charset") == "UTF-8"
            assert [body_of(part) for part in parts] == [ended(plain(text, True)) for text in texts]
