# SPDX-License-Identifier: MIT
"""People's calendars, made of the mails that reached them and of nothing else, as a calendar program makes them."""
import dataclasses
import datetime
import email
import email.utils

import icalendar

UTC = datetime.timezone.utc


@dataclasses.dataclass(frozen=True)
class Entry:
    starts: object  # an instant in UTC, or the first day
    ends: object    # or the last day
    title: object  # None of whole days: a sabbatical's is a word of the reader's language


def when(moment):
    return moment.astimezone(UTC) if isinstance(moment, datetime.datetime) else moment


def entry_of(event):
    starts, ends = when(event.decoded("DTSTART")), when(event.decoded("DTEND"))
    if not isinstance(starts, datetime.datetime):  # RFC 5545, 3.6.1: DTEND is the day after
        return Entry(starts, ends - datetime.timedelta(days=1), None)
    return Entry(starts, ends, str(event["SUMMARY"]))


class Calendar:
    """One person's. What is newer is told by SEQUENCE, then DTSTAMP (RFC 5546, 2.1.5); what was cancelled stays so."""

    def __init__(self):
        self.known = {}  # uid: (sequence, stamp), Entry or None where it was cancelled
        self.renewed = 0

    def take(self, method, event):
        uid, age = str(event["UID"]), (int(event["SEQUENCE"]), event.decoded("DTSTAMP"))
        before = self.known.get(uid)
        if before and before[0] > age:
            raise AssertionError(f"{uid} came as {age} after {before[0]}: a program would keep what is out of date")
        if before and before[0] == age and (before[1] is None) != (method == "CANCEL"):
            raise AssertionError(f"{uid} is called off and not under one sequence and stamp, {age}")
        self.renewed += before is not None
        self.known[uid] = age, None if method == "CANCEL" else entry_of(event)

    def to_come(self, now):
        """What a person sees who looks ahead: {uid without its domain: Entry}."""
        ahead = {}
        for uid, (_, entry) in self.known.items():
            if entry and (entry.starts > now if isinstance(entry.starts, datetime.datetime) else entry.ends >= now.date()):
                ahead[uid.rpartition("@")[0]] = entry
        return ahead


class Inboxes:
    """Everybody's mail. Each mail is read by Python's email and icalendar, and must have no defect."""

    def __init__(self):
        self.calendars, self.mails, self.invitations, self.ids = {}, 0, 0, set()

    def of(self, address):
        return self.calendars.setdefault(address, Calendar())

    def deliver(self, address, content):
        message = email.message_from_bytes(content)
        assert not any(part.defects for part in message.walk()), content
        assert email.utils.parseaddr(message["To"])[1] == address
        self.mails += 1
        self.ids.add(message["Message-ID"])
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True).decode())
                method = str(calendar["METHOD"])
                assert part.get_param("method") == method and method in ("REQUEST", "CANCEL")
                event, = calendar.walk("VEVENT")
                assert str(event["ATTENDEE"]) == f"mailto:{address}"
                self.of(address).take(method, event)
                self.invitations += 1
