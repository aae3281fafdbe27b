# SPDX-License-Identifier: MIT
"""Names and titles that try to be more than text: nothing comes of them in mail, calendar, chat or terminal.

Every name that can be set over the wire is set to each text of the corpus in turn. What goes out must have the shape of
what goes out for a plain name: the same headers, parts, elements, attributes and properties, in the same number.
"""
import collections
import contextlib
import email
import email.policy
import getpass
import html
import html.parser
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import time
import unicodedata

import icalendar
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "courier"))

import corpus  # noqa: E402
from fakes import Courier, Mailbox, MailServer, free_port  # noqa: E402
from laugwire import Refused, build_folder  # noqa: E402
from receiver import SECRET, Receiver, is_signed  # noqa: E402

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

def add_all(client, number, text, chat="https://chat.example.org"):
    """Two people, their team, rotations, a rule that is posted, a sabbatical: all with this name. Ids end in the number."""
    a, b, team = f"a{number:03}", f"b{number:03}", f"t{number:03}"
    webhooks = {form: f"{form}{number:03}" for form in FORMS}
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
        *[("webhook.add", dict(id=webhook, title=text, url=f"{chat}/{webhook}", form=form)) for form, webhook in webhooks.items()],
        ("reminder.rule.add", dict(id=f"u{number:03}", title=text, text=text, at=f"2027-01-04T09:{time_of(number)}", people=[a, b], acknowledge=True,
                                   webhooks=list(webhooks.values()))),
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
                               ("webhook.change", {"id": "slack000", "title": nothing})]:
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
    """The real courier, a mail server and a place for posts: sends all that waits, and gives it."""

    def __init__(self, daemon, client, folder):
        self.client, self.mailbox, port = client, Mailbox(), free_port()
        self.server, self.place = MailServer(self.mailbox, port), Receiver()
        self.server.start()
        (folder / "secret").write_bytes(SECRET)
        (folder / "secret").chmod(0o600)
        self.courier = Courier(folder, daemon.socket, port, webhook={
            "hosts": f"localhost:{self.place.port}", "secret_file": folder / "secret"}).start()
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
            self.place.stop()


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
        wanted = plain_posts = None
        for number, text in enumerate([PLAIN, *corpus.ALL]):
            add_all(client, number, text, chat=post.place.url(""))
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
            posts = {form: one_post(post.place, form, number) for form in FORMS}
            plain_posts = plain_posts or posts
            for form, body in posts.items():
                assert shape_of_json(body, number) == shape_of_json(plain_posts[form], 0), (text, body)
                check_post(form, body, text)
    finally:
        post.finish()


# ---- chat ------------------------------------------------------------------------------------------------------

CHOSEN = ("type", "style", "version", "contentType", "weight", "fontType", "mrkdwn", "$schema", "lang", "kind", "language")


def one_post(place, form, number):
    request, = [request for request in place.requests if request.path == f"/{form}{number:03}"]
    assert is_signed(request.headers, request.body)
    return json.loads(request.body)


def shape_of_json(value, number):
    """Its keys and lists, and the values of those keys that a program goes by."""
    if isinstance(value, dict):
        return {key: one if key in CHOSEN and isinstance(one, (str, bool)) else shape_of_json(one, number)
                for key, one in value.items()}
    if isinstance(value, list):
        return [shape_of_json(one, number) for one in value]
    return type(value).__name__


def texts_of(value):
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts_of(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts_of(one)]
    return [value] if isinstance(value, str) else []


def check_post(form, body, text):
    """No mention, no mark-up and nothing that steers; and the name is there to be read."""
    said = texts_of(body)
    assert not any(steers(c) and c != "\n" for line in said for c in line), said
    if form in ("slack", "mattermost"):
        assert not re.search(r"@\w", body["text"]) and "<!" not in body["text"] and "<@" not in body["text"]
    if form == "slack":
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", body["text"])
        read_back = html.unescape(body["text"])
    elif form == "mattermost":
        rest = re.sub(r"\\[\\`*_~\[\]>|#+-]", "", body["text"])
        assert re.sub(r"[^`*_~\[\]|>#]", "", rest) in ("****", "****``"), body["text"]  # title, command
        assert not re.search(r"<(?!\u200b)", rest)
        read_back = re.sub(r"\\([\\`*_~\[\]>|#+-])", r"\1", body["text"])
    else:
        read_back = "\n".join(said)
    meant = words(text)[:40], words(re.sub(r"\{[a-z_]+\}", "", text))[:40]
    assert any(one in words(read_back) for one in meant), (form, text, body)


# ---- calendars as files ----------------------------------------------------------------------------------------

def summaries(text):
    """{UID: SUMMARY} as RFC 5545 has it, 3.1 and 3.3.11; Debian's icalendar takes an escaped backslash and an n for a line end."""
    found, uid = {}, None
    for line in re.sub("\r?\n[ \t]", "", text).split("\n"):
        name, _, value = line.partition(":")
        if name == "UID":
            uid = value
        elif name.split(";")[0] == "SUMMARY":
            found[uid] = re.sub(r"\\(.)", lambda escaped: "\n" if escaped[1] in "nN" else escaped[1], value)
    return found


def test_a_calendar_file_has_the_shape_of_a_plain_names(company):
    """All at once, so that no name can reach into the next entry."""
    daemon, client = company
    texts = [PLAIN, *corpus.ALL]
    for number, text in enumerate(texts):
        add_all(client, number, text)
    shapes = collections.defaultdict(set)
    for words_of in (["--all"], ["--person", "a005"], ["--team", "t017"]):
        done = daemon.laug("calendar", *words_of, "--domain", "laug.example")
        assert done.returncode == 0, done.stderr
        calendar, said = icalendar.Calendar.from_ical(done.stdout), summaries(done.stdout)
        events = calendar.walk("VEVENT")
        assert set(said) == {str(event["UID"]) for event in events}
        for event in events:
            uid = str(event["UID"])
            number, kind = (int(uid.split("@")[0].split("-")[1].split(".")[0]) - 1, "sabbatical") if ".away@" in uid \
                else (int(uid[1:4]), uid[0])
            shapes[kind].add(shape_of_calendar(event))
            assert words(texts[number])[:60] in words(said[uid]) and not any(steers(c) for c in said[uid]), (uid, said[uid])
        if words_of == ["--all"]:
            assert len({str(event["UID"]) for event in events}) == len(events) == 4 * len(texts)
        assert {component.name for component in calendar.walk()} == {"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"}
    assert {kind: len(found) for kind, found in shapes.items()} == {"r": 1, "g": 1, "sabbatical": 1}


# ---- the terminal ----------------------------------------------------------------------------------------------

COMMANDS = ["person list", "team list", "rotation list", "closure list", "holiday list", "company show", "reminder rule list",
            "webhook list", "sabbatical list --year 2027", "sabbatical reports", "turn offers", "turn list --person a000",
            "mine show a000", "reminder list a000", "rotation explain r000-1", "rotation fairness r000", "person show b000",
            "outbox list", "calendar list"]


def on_a_terminal(daemon, line, **more):
    """What laug writes on a terminal of its own, with colours and all."""
    reading, writing = pty.openpty()
    environment = {**os.environ, "LAUG_SOCKET": str(daemon.socket), "TERM": "xterm-256color", "PAGER": "cat", "LC_ALL": "C.UTF-8",
                   **more}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen([str(daemon.build / "laug"), *line], stdin=subprocess.DEVNULL, stdout=writing, stderr=writing,
                               env=environment)
    os.close(writing)
    said = b""
    with contextlib.suppress(OSError):  # EIO is how a terminal ends
        while data := os.read(reading, 65536):
            said += data
    os.close(reading)
    assert process.wait(20) == 0, said
    return said.decode()


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
    client.call("person.change", id="a000", login=getpass.getuser())
    for line in ([], ["week"], ["year"], ["watch", "--since", "0", "--limit", "150"], ["week", "1"], ["year", "2029"]):
        for language in ("en", "da"):
            screen = on_a_terminal(daemon, line, LANGUAGE=language)
            shown = re.sub(r"\x1b\[[0-9;]*m", "", screen)
            assert len(shown) > 40 and not any(steers(c) and c not in "\r\n" for c in shown), (line, ascii(shown))
    for text in corpus.TERMINAL:
        said = daemon.laug("person", "show", text, LC_ALL="C.UTF-8")
        assert said.returncode != 0 and not any(steers(c) and c != "\n" for c in said.stderr), text
