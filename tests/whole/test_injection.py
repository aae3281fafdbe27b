# SPDX-License-Identifier: MIT
"""Names and titles that try to be more than text: nothing comes of them in mail, calendar, chat or terminal.

Every name that can be set over the wire is set to each text of the corpus in turn. What goes out must have the shape of
what goes out for a plain name: the same headers, parts, elements, attributes and properties, in the same number.
"""
import collections
import email
import email.policy
import html.parser
import pathlib
import re
import sys
import time
import unicodedata

import icalendar
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "courier"))

import corpus  # noqa: E402
from fakes import Courier, Mailbox, MailServer, free_port  # noqa: E402
from laugwire import Refused, build_folder  # noqa: E402

PLAIN = "Anna Holm"


def steers(c):
    """It moves the cursor, ends a line or turns the writing round."""
    return unicodedata.category(c) in ("Cc", "Zl", "Zp") or c in corpus.BIDI


def words(text):
    """What is left for eyes of a text: what steers or is invisible may be gone, lines may be folded anew."""
    return "".join("".join(c for c in text if not steers(c) and unicodedata.category(c) != "Cf").split())


def time_of(number):
    """Of minutes and seconds: each company has its own moment."""
    return f"{10 + number // 60:02}:{number % 60:02}"


# ---- the company -----------------------------------------------------------------------------------------------

def add_all(client, number, text):
    """Two people, their team, rotations, a rule, a sabbatical: all with this name. Their ids end in the number."""
    a, b, team = f"a{number:03}", f"b{number:03}", f"t{number:03}"
    webhook = f"w{number:03}"
    calls = [
        ("team.add", dict(id=team, name=text)),
        ("person.add", dict(id=a, name=text, title=text, email=f"{a}@example.org", team=team)),
        ("person.add", dict(id=b, name=text, title=text, email=f"{b}@example.org", team=team, manager=a, language="danish")),
        ("team.change", dict(id=team, lead=a)),
        ("company.change", dict(name=text)),
        ("holiday.import", dict(items=[{"on": f"2029-{1 + number // 28:02}-{1 + number % 28:02}", "title": text}])),
        ("closure.add", {"id": f"c{number:03}", "from": "2028-07-01", "to": "2028-07-01", "title": text}),
        ("rotation.add", dict(id=f"r{number:03}", title=text, starts="2027-01-07T09:00", rule="FREQ=WEEKLY", member_kind="person",
                              members=[a, b], publish_days=12)),
        ("rotation.add", dict(id=f"g{number:03}", title=text, starts="2027-01-08T09:00", rule="FREQ=WEEKLY", members=[team],
                              publish_days=5)),
        ("webhook.add", dict(id=webhook, title=text, url="https://chat.example.org/x", form=FORMS[number % len(FORMS)])),
        ("reminder.rule.add", dict(id=f"u{number:03}", title=text, text=text, at=f"2027-01-04T09:{time_of(number)}", people=[a, b], acknowledge=True,
                                   webhooks=[webhook])),
        ("sabbatical.request", dict(person=b, starts_on="2027-01-18", project=text)),
        ("sabbatical.approve", dict(id=f"sabbatical-{number + 1}")),  # at once, so that no courier comes between
        ("turn.offer", dict(id=f"r{number:03}-2", to=a, against=f"r{number:03}-1")),
    ]
    client.call("service.batch", calls=[{"method": method, "params": params} for method, params in calls])


FORMS = ("slack", "mattermost", "teams", "plain")


@pytest.fixture
def company(laugd):
    daemon = laugd(kind="release")
    with daemon.connect(timeout=60) as client:
        client.call("company.change", message_cap=1000)
        client.call("sabbatical.policy.change", notice_days=0, max_away_company=0, max_away_team=0, min_tenure_days=0)
        yield daemon, client


def test_a_name_with_nothing_to_read_is_refused(company):
    _, client = company
    add_all(client, 0, PLAIN)
    for nothing in corpus.NOTHING:
        for method, params in [("person.change", {"id": "a000", "name": nothing}), ("team.change", {"id": "t000", "name": nothing}),
                               ("rotation.change", {"id": "r000", "title": nothing}), ("company.change", {"name": nothing}),
                               ("reminder.rule.change", {"id": "u000", "text": nothing}),
                               ("webhook.change", {"id": "w000", "title": nothing})]:
            with pytest.raises(Refused) as refusal:
                client.call(method, **params)
            assert refusal.value.code == "invalid" and refusal.value.field in params


# ---- mail, HTML, calendar --------------------------------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """The elements and attributes of a page, and its text. Of links only those count that hide where they lead: an address
    in what a rule says is one to click, as most mail programs make it by themselves."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.text, self.since = [], "", ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(attrs)))
        self.since = ""

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        opened, attrs = self.elements[-1] if self.elements else ("", ())
        if tag == "a" and opened == "a" and attrs == (("href", self.since),) and self.since.startswith("https://"):
            self.elements.pop()
        else:
            self.elements.append(("/" + tag, ()))

    def handle_data(self, data):
        self.text += data
        self.since += data

    def handle_comment(self, data):
        self.elements.append(("comment", ()))

    def handle_decl(self, decl):
        self.elements.append(("declaration " + decl, ()))

    handle_pi = unknown_decl = handle_comment


def shape_of_calendar(component):
    properties = tuple(sorted((name, tuple(sorted(getattr(value, "params", {})))) for name, value in component.items()))
    return component.name, properties, tuple(shape_of_calendar(one) for one in component.subcomponents)


def shape_of(part):
    """Headers, parts, elements, properties: all but the text. What it says is collected in `said`."""
    said = []
    inner = ()
    kind = part.get_content_type()
    if part.is_multipart():
        children = [shape_of(child) for child in part.iter_parts()]
        inner = tuple(shape for shape, _ in children)
        for _, texts in children:
            said += texts
    elif kind == "text/html":
        page = Page(part.get_content())
        inner, said = tuple(page.elements), [page.text]
    elif kind == "text/calendar":
        calendar = icalendar.Calendar.from_ical(part.get_content())
        inner = shape_of_calendar(calendar)
        event, = calendar.walk("VEVENT")
        said = [str(event["SUMMARY"])]
    else:
        said = [part.get_content()]
    headers = tuple(sorted(name.lower() for name in part.keys()))
    parameters = tuple(sorted(name for name, _ in part.get_params() or []))
    return (kind, headers, parameters, inner), said


def read(content):
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert not message.defects and not any(part.defects for part in message.walk())
    assert all(len(line) <= 998 for line in content.split(b"\r\n")), "RFC 5322, 2.1.1"
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|[\x00\x0b\x0c\x1b]", content)
    shape, said = shape_of(message)
    to, = message["To"].addresses
    return to, shape, said + [message["Subject"]]


class Post:
    """The real courier and a mail server: sends all that waits, and gives it."""

    def __init__(self, daemon, client, folder):
        self.client, self.mailbox, port = client, Mailbox(), free_port()
        self.server = MailServer(self.mailbox, port)
        self.server.start()
        self.courier = Courier(folder, daemon.socket, port).start()
        self.taken = 0

    def settled(self):
        now = self.client.call("clock.now")["at"]
        rows = [row for state in ("waiting", "claimed") for row in self.client.items("outbox.list", state=state, limit=500)]
        return not any(row["state"] == "claimed" or row["next_at"] <= now for row in rows)

    def collect(self):
        end = time.monotonic() + 60
        while not self.settled():
            assert time.monotonic() < end, self.courier.log()
            time.sleep(0.01)
        new, self.taken = self.mailbox.bytes[self.taken:], len(self.mailbox.bytes)
        return [read(content) for content in new]

    def finish(self):
        try:
            self.courier.finish()
        finally:
            self.server.stop(no_assert=True)


def shapes_of(mails, number):
    """How often each shape came to each of the two; what stands in it of ids has the number taken out."""
    def without(value):
        if isinstance(value, tuple):
            return tuple(map(without, value))
        return value.replace(f"{number:03}", "NNN") if isinstance(value, str) else value
    return collections.Counter((to.addr_spec[0], without(shape)) for to, shape, _ in mails)


@pytest.mark.skipif(not (build_folder() / "laug-courier").exists(), reason="laug-courier is not built")
@pytest.mark.seconds(180)
def test_mail_has_the_shape_of_a_plain_names(company, tmp_path):
    daemon, client = company
    post = Post(daemon, client, tmp_path)
    try:
        wanted = None
        for number, text in enumerate([PLAIN, *corpus.ALL]):
            add_all(client, number, text)
            client.call("clock.advance", to=f"2027-01-04T08:{time_of(number)}Z")
            mails = post.collect()
            assert len(mails) >= 6 and all(to.addr_spec in (f"a{number:03}@example.org", f"b{number:03}@example.org")
                                           for to, _, _ in mails), text
            shapes = shapes_of(mails, number)
            wanted = wanted or shapes
            assert shapes == wanted, f"{text!r}: {list((shapes - wanted).elements())[:2]} in place of {list((wanted - shapes).elements())[:2]}"
            for to, _, said in mails:
                assert words(to.display_name) == words(text), text
                assert not any(steers(c) for line in said for c in line if c not in "\r\n"), said
                # a rule's own text may use the words of templates
                meant = words(text)[:40], words(re.sub(r"\{[a-z_]+\}", "", text))[:40]
                assert any(wanted_words in words(line) for line in said for wanted_words in meant), (text, said)
    finally:
        post.finish()


# ---- the terminal ----------------------------------------------------------------------------------------------

COMMANDS = ["person list", "team list", "rotation list", "closure list", "holiday list", "company show", "reminder rule list",
            "webhook list", "sabbatical list --year 2027", "sabbatical reports", "turn offers", "turn list --person a000",
            "mine show a000", "reminder list a000", "rotation explain r000-1", "rotation fairness r000", "person show b000",
            "outbox list", "calendar list"]


def test_a_terminal_gets_text(company):
    daemon, client = company
    known = {method["name"] for method in client.call("service.describe")["methods"]}
    for number, text in enumerate(corpus.TERMINAL + corpus.CALENDAR):
        add_all(client, number, text)
    client.call("clock.advance", to="2027-01-25T08:00:00Z")
    for number, text in enumerate(corpus.TERMINAL):
        client.call("sabbatical.report", id=f"sabbatical-{number + 1}", tried=text, worked="yes", lesson=text, use_case=text)
    for command in COMMANDS:
        line = command.split()
        if not {".".join(line[:2]), ".".join(line[:3])} & known:
            continue
        for style in ([], ["--plain"], ["--json"]):
            said = daemon.laug(*line, *style, LC_ALL="C.UTF-8")
            assert said.returncode == 0, said.stderr
            for shown in (said.stdout, said.stderr):
                steering = [c for c in shown if steers(c) and c not in "\n\t"]
                assert not steering, f"{command} {style}: {steering[:5]}"
            assert "\t" not in said.stdout or style == ["--plain"]
    for text in corpus.TERMINAL:
        said = daemon.laug("person", "show", text, LC_ALL="C.UTF-8")
        assert said.returncode != 0 and not any(steers(c) and c != "\n" for c in said.stderr), text
