# SPDX-License-Identifier: MIT
"""Calendar entries as the service hands them out, with the truth about their zone from Python's own zoneinfo."""
import datetime
import functools
import zoneinfo

UTC = datetime.timezone.utc


def local(time):
    return time.strftime("%Y-%m-%dT%H:%M")


@functools.cache
def onsets(zone):
    """(instant, observance) of every change of the clock in some years, looked for hour by hour."""
    info, found = zoneinfo.ZoneInfo(zone), []
    at, last = datetime.datetime(2024, 1, 1, tzinfo=UTC), datetime.datetime(2031, 1, 1, tzinfo=UTC)
    while at < last:
        after, day = at + datetime.timedelta(hours=1), at + datetime.timedelta(days=1)
        before = at.astimezone(info)
        if before.utcoffset() == day.astimezone(info).utcoffset():
            at = day
            continue
        shown = after.astimezone(info)
        if before.utcoffset() != shown.utcoffset():
            onset = after.replace(tzinfo=None) + before.utcoffset()
            found.append((after, {"onset": local(onset), "offset_from": int(before.utcoffset().total_seconds()),
                                  "offset_to": int(shown.utcoffset().total_seconds()), "is_daylight": bool(shown.dst()),
                                  "name": shown.tzname()}))
        at = after
    return found


def observances(zone, starts, ends):
    """The one in force at the start and the one before it, all up to the end, and the next."""
    found = onsets(zone)
    past = [one for one in found if one[0] <= starts][-2:]
    within = [one for one in found if starts < one[0] <= ends]
    return [kept for _, kept in past + within + [one for one in found if one[0] > ends][:1]]


def turn(uid="showcase-12", at="2027-03-01T09:00", minutes=60, zone="Europe/Copenhagen", **fields):
    starts = datetime.datetime.fromisoformat(at).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    starts_at = starts.astimezone(UTC)
    ends_at = starts_at + datetime.timedelta(minutes=minutes)
    return {"uid": uid, "kind": "turn", "subject": uid, "rotation": "showcase", "sequence": 0,
            "stamped_at": "2027-01-04T08:00:00Z", "state": "confirmed", "title": "Showcase", "text": "Anna presents.",
            "starts": at, "ends": local(ends_at.astimezone(starts.tzinfo)), "zone": zone,
            "starts_at": starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "ends_at": ends_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "observances": observances(zone, starts, ends_at), "member": "anna", "member_name": "Anna Åkjær", **fields}


def sabbatical(uid="anna-2027", first="2027-03-01", last="2027-03-05", **fields):
    return {"uid": uid, "kind": "sabbatical", "subject": uid, "sequence": 0, "stamped_at": "2027-01-04T08:00:00Z",
            "state": "confirmed", "title": "Sabbatical", "text": "A week of one's own.", "from": first, "to": last,
            "observances": [], "member": "anna", "member_name": "Anna Åkjær", **fields}
