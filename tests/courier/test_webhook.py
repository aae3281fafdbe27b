# SPDX-License-Identifier: MIT
"""Posts to webhooks: what arrives, what becomes of it, and that a dead place delays nobody."""
import json
import random
import re
import subprocess
import time

import pytest

import corpus
from fakes import Courier, World, certificate, free_port
from laugwire import build_folder
from receiver import SECRET, Receiver, is_signed, tls

pytestmark = pytest.mark.skipif(not (build_folder() / "laug-courier").exists(), reason="laug-courier is not built")
GAP = "\u200b"


class Chat(World):
    """The courier's world, and places to post to, which speak TLS with a certificate of their own."""

    def __init__(self, folder):
        super().__init__(folder)
        self.receivers, self.authority, self.context = [], None, None

    def receiver(self, plain=False, **options):
        if not plain and not self.context:
            key, self.authority = certificate(self.folder)
            self.context = tls(key, self.authority)
        made = Receiver(None if plain else self.context, **options)
        self.receivers.append(made)
        return made

    def start(self, hosts=None, secret=SECRET, mail=False, **options):
        (self.folder / "secret").write_bytes(secret)
        (self.folder / "secret").chmod(0o600)
        webhook = {"hosts": " ".join(f"localhost:{receiver.port}" for receiver in self.receivers) if hosts is None else hosts,
                   "secret_file": self.folder / "secret", **options.pop("webhook", {})}
        if self.authority:
            webhook["authority_file"] = self.authority
        self.service.start()
        if mail:
            self.mail_server()
        return self.courier(webhook={name: value for name, value in webhook.items() if value != ""}, **options)

    def finish(self):
        for receiver in self.receivers:
            receiver.stop()
        super().finish()


@pytest.fixture
def chat(tmp_path):
    made = Chat(tmp_path)
    yield made
    made.finish()


def post_one(chat, **fields):
    """One post to a place that takes it: what it got."""
    place = chat.receiver()
    chat.start()
    chat.service.post_to("one", place.url(), **fields)
    assert chat.service.wait("one") == ("sent", "200")
    request, = place.requests
    return json.loads(request.body)


# ---- what arrives

def test_a_post_is_signed_and_has_a_key(chat):
    place = chat.receiver()
    chat.start()
    chat.service.post_to("talk-6bmzrc42b9cdq", place.url("/hooks/x?y=1"), subject="Fremlæggelse", text="Bo har turen.\n")
    assert chat.service.wait("talk-6bmzrc42b9cdq")[0] == "sent"
    request, = place.requests
    assert request.path == "/hooks/x?y=1"
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert request.key == request.headers["webhook-id"] == "talk-6bmzrc42b9cdq"
    assert request.headers["Host"] == f"localhost:{place.port}"
    assert request.headers["User-Agent"].startswith("laug-courier/")
    assert not {"Cookie", "Authorization", "Expect", "Referer"} & set(request.headers)
    assert is_signed(request.headers, request.body)
    assert not is_signed(request.headers, request.body + b" ")
    assert not is_signed(request.headers, request.body, b"another secret of some length")
    assert not is_signed({**request.headers, "webhook-id": "other"}, request.body)


def test_the_secret_as_standard_webhooks_writes_it(chat):
    import base64
    place = chat.receiver()
    chat.start(secret=b"whsec_" + base64.b64encode(SECRET) + b"\n")
    chat.service.post_to("one", place.url())
    chat.service.wait("one")
    assert is_signed(place.requests[0].headers, place.requests[0].body)


def test_without_a_secret_nothing_is_signed(chat):
    place = chat.receiver()
    chat.start(webhook={"secret_file": ""})
    chat.service.post_to("one", place.url())
    assert chat.service.wait("one")[0] == "sent"
    assert "webhook-signature" not in place.requests[0].headers


def test_the_plain_form(chat):
    assert post_one(chat, subject="Showcase, Wednesday", text="Bo has the turn.\nBo takes it.", language="en") == {
        "id": "one", "kind": "turn", "title": "Showcase, Wednesday", "text": "Bo has the turn.\nBo takes it.",
        "when": "2027-01-06T13:00:00+01:00", "subject": "showcase-1", "language": "en",
        "command": "laug rotation explain showcase-1"}


def test_the_plain_form_has_null_where_there_is_nothing(chat):
    got = post_one(chat, kind="custom", about="plants", when=None, command=None)
    assert got["when"] is None and got["command"] is None and got["subject"] == "plants"


def test_the_form_for_slack(chat):
    assert post_one(chat, form="slack", subject="Showcase", text="Bo has the turn.\nBo takes it.") == {
        "text": "Showcase\nBo has the turn.\nBo takes it.\nlaug rotation explain showcase-1",
        "mrkdwn": False,
        "blocks": [{"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "Showcase", "style": {"bold": True}},
                {"type": "text", "text": "\nBo has the turn.\nBo takes it."}]},
            {"type": "rich_text_preformatted", "elements": [
                {"type": "text", "text": "laug rotation explain showcase-1"}]}]}]}


def test_the_form_for_mattermost(chat):
    assert post_one(chat, form="mattermost", subject="Showcase", text="Bo has the turn at 13:00.\nBo takes it.") == {
        "text": "**Showcase**\nBo has the turn at 13:00.\nBo takes it.\n`laug rotation explain showcase-1`"}


def test_the_form_for_teams(chat):
    def line(text, **more):
        return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **more}]}

    assert post_one(chat, form="teams", language="da", subject="Showcase", text="Bo har turen.\n\nBo tager den.") == {
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None,
            "content": {"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard",
                        "version": "1.2", "lang": "da", "fallbackText": "Showcase",
                        "body": [line("Showcase", weight="Bolder"), line("Bo har turen."), line("Bo tager den."),
                                 line("laug rotation explain showcase-1", fontType="Monospace")]}}]}


HOSTILE = ["@channel", "@here @all", "<!channel>", "<!here|x>", "<@U123>", "<https://evil.example|harmless>", "<#C1>",
           "&lt;!channel&gt;", "[harmless](https://evil.example)", "![x](https://evil.example/x.png)", "*bold* _it_ ~s~",
           "`code` ```\ncode```", "# heading", "- list", "1. list", "> quote", "a\n===\nb", "|a|b|\n|-|-|", ":tada: :-)",
           "{{DATE(2017-02-14T06:00:00Z, SHORT)}}", "${title}", "<at>Bo</at>", "\"}],\"text\":\"x", "\\", "</script>",
           "\u202eright to left\u202c", "a\u2028b", "\x1b[31mred", "a\rb", "~town-square", "\u200b@channel"]


CHANCE = random.Random(5)
HOSTILE += ["".join(CHANCE.choice(HOSTILE + list("@<>!#:*_`~[]()|-=+ \n\\{}$&;/aA1")) for _ in range(CHANCE.randrange(2, 9)))
            for _ in range(60)]
HOSTILE += corpus.ALL


def of_mattermost(text):
    """What Mattermost shows of Markdown that means nothing: escapes taken away. Nothing but them may act."""
    assert not re.search(r"@[A-Za-z0-9]|<[!@#A-Za-z/]", text)
    plain = re.sub(r"\\([\\`*_~\[\]>|#+-])", lambda found: chr(0xE000 + ord(found[1])), text)
    assert not re.search(r"[\\`*_~\[\]|#]", plain), text
    assert not re.search(r"^\s*([-+>=]|\d+[.)]|    )", plain, re.M), text
    assert not re.search(r":[A-Za-z0-9_+-]+:", plain), text
    return re.sub("[\ue000-\ue0ff]", lambda found: chr(ord(found[0]) - 0xE000), plain).replace(GAP, "")


def of_slack(text):
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)|@[A-Za-z0-9]", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace(GAP, "")


def steerless(text):
    text = re.sub("[\r\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
                  "\U000e0000-\U000e007f]", "", text)


def squeezed(text):
    return re.sub(r"(?m)^[ \t]+", "", text)


def test_no_name_or_title_is_more_than_text(chat):
    place = chat.receiver()
    chat.start()
    for n, hostile in enumerate(HOSTILE):
        for form in ("slack", "mattermost", "teams", "plain"):
            chat.service.post_to(f"{form}{n}", place.url(f"/{form}"), form=form, tell=False, webhook=form,
                                 subject=re.sub(r"[\n\r\u2028]", " ", hostile), text=f"A {hostile} B\n{hostile}")
    chat.service.tell()
    chat.service.wait(chat.service.items)
    assert {outcome for outcome, _ in chat.service.outcomes.values()} == {"sent"}
    for request in place.requests:
        form, n = re.match(r"([a-z]+)(\d+)", request.key).groups()
        text = steerless(f"A {HOSTILE[int(n)]} B\n{HOSTILE[int(n)]}")
        got = json.loads(request.body)
        if form == "slack":
            assert of_slack(got["text"]).split("\n", 1)[1] == squeezed(text) + "\nlaug rotation explain showcase-1"
            section = got["blocks"][0]["elements"][0]["elements"]
            assert section[1]["text"] == "\n" + text and set(section[1]) == {"type", "text"} and len(section) == 2
        elif form == "mattermost":
            bold, body = got["text"].rsplit("\n`laug", 1)[0].split("\n", 1)
            assert bold.startswith("**") and bold.endswith("**")
            of_mattermost(bold[2:-2])
            assert of_mattermost(body) == squeezed(text)
        elif form == "teams":
            runs = [block["inlines"][0]["text"] for block in got["attachments"][0]["content"]["body"]]
            assert not any("{{" in run for run in runs)
            assert [run.replace(GAP, "") for run in runs[1:-1]] == [line for line in squeezed(text).split("\n") if line]
            assert set(got) == {"type", "attachments"}
        else:
            assert got["text"] == text and len(got) == 8


# ---- what becomes of it

@pytest.mark.parametrize("answer, outcome, detail", [
    (200, "sent", "200"), (202, "sent", "202"), (204, "sent", "204"),
    ((200, {"Content-Length": "100", "Connection": "close"}, b"cut short"), "sent", "200"),
    ((400, {}, b"invalid_blocks"), "refused", "400 invalid_blocks"), (401, "refused", "401"), (403, "refused", "403"),
    ((404, {}, b"no_\x1b[31mteam\r\nx"), "refused", "404 no_[31mteam x"), (410, "refused", "410"), (413, "refused", "413"),
    (408, "deferred", "408"), (425, "deferred", "425"), (429, "deferred", "429"), (500, "deferred", "500"),
    (502, "deferred", "502"), (503, "deferred", "503"), (599, "deferred", "599"), ("drop", "deferred", "may have arrived"),
    ((404, {}, b"x" * 200000), "refused", "404 xxx")])
def test_outcome_by_answer(chat, answer, outcome, detail):
    place = chat.receiver()
    place.usual = answer
    chat.start()
    chat.service.post_to("one", place.url())
    assert chat.service.wait("one")[0] == outcome
    assert detail in chat.service.outcomes["one"][1] and len(chat.service.outcomes["one"][1]) < 240
    assert len(place.requests) == 1
    assert chat.service.waits["one"] is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_is_sent_elsewhere(chat, status):
    place, elsewhere = chat.receiver(), chat.receiver()
    place.usual = (status, {"Location": elsewhere.url("/secret")}, b"")
    chat.start()
    chat.service.post_to("one", place.url())
    assert chat.service.wait("one")[0] == "refused"
    assert "elsewhere" in chat.service.outcomes["one"][1] and "secret" not in chat.service.outcomes["one"][1]
    assert len(place.requests) == 1 and not elsewhere.requests


def test_a_reply_without_end_is_read_no_further(chat):
    place = chat.receiver()
    place.usual = "endless"
    chat.start()
    chat.service.post_to("one", place.url())
    assert chat.service.wait("one") == ("sent", "200")
    place.released.set()
    assert place.endless_bytes < 16 << 20


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_to_be_left_alone_is(chat, status):
    place, other = chat.receiver(), chat.receiver()
    place.usual = (status, {"Retry-After": "7200"}, b"later")
    chat.start()
    for n in range(5):
        chat.service.post_to(f"one{n}", place.url(), tell=False)
    chat.service.tell()
    chat.service.wait([f"one{n}" for n in range(5)])
    assert {outcome for outcome, _ in chat.service.outcomes.values()} == {"deferred"}
    assert all(7100 < wait <= 7200 for wait in chat.service.waits.values())
    assert len(place.requests) == 1
    chat.service.post_to("later", place.url())
    chat.service.post_to("other", other.url(), webhook="other")
    assert chat.service.wait(["later", "other"])[0] == "deferred" and chat.service.outcomes["other"][0] == "sent"
    assert "left alone" in chat.service.outcomes["later"][1] and 7000 < chat.service.waits["later"] <= 7200
    assert len(place.requests) == 1
    chat.service.post_to("corrected", other.url("/new"))
    assert chat.service.wait("corrected")[0] == "sent"


@pytest.mark.parametrize("said, wait", [("999999999", 21600), ("-5", None), ("soon", None), ("0", None),
                                        ("Fri, 31 Dec 1999 23:59:59 GMT", None),
                                        ("Fri, 31 Dec 2199 23:59:59 GMT", 21600)])
def test_only_for_so_long(chat, said, wait):
    place = chat.receiver()
    place.usual = (429, {"Retry-After": said}, b"")
    chat.start()
    chat.service.post_to("one", place.url())
    assert chat.service.wait("one")[0] == "deferred"
    assert chat.service.waits["one"] == wait


def test_only_to_hosts_of_the_list(chat):
    place = chat.receiver()
    port = free_port()
    chat.start(hosts=f"localhost:{port}")
    addresses = [place.url(), place.url(host="127.0.0.1"), f"https://user:word@localhost:{port}/", "http://chat.example/x",
                 "https://chat.example/x", "file:///etc/passwd", f"https://localhost:{port}\\@localhost:{place.port}/",
                 f"https://localhost:{port}@localhost:{place.port}/", "", "x"]
    for n, address in enumerate(addresses):
        chat.service.post_to(f"m{n}", address)
    chat.service.wait(chat.service.items)
    assert {outcome for outcome, _ in chat.service.outcomes.values()} == {"refused"}
    assert "[webhook] hosts" in chat.service.outcomes["m0"][1]
    assert not place.requests


def test_without_a_list_there_are_no_webhooks(chat):
    place = chat.receiver()
    chat.start(hosts="")
    chat.service.post_to("one", place.url())
    assert chat.service.wait("one")[0] == "refused" and not place.requests


def test_http_is_for_this_machine(chat):
    place = chat.receiver(plain=True)
    chat.start(hosts=f"localhost:{place.port} chat.example:{place.port}")
    chat.service.post_to("here", place.url())
    chat.service.post_to("there", f"http://chat.example:{place.port}/", webhook="other")
    chat.service.wait(["here", "there"])
    assert chat.service.outcomes["here"][0] == "sent"
    assert chat.service.outcomes["there"][0] == "refused" and "https" in chat.service.outcomes["there"][1]


def test_a_certificate_that_is_wrong_is_no_end(chat, tmp_path):
    """Of an authority that nobody knows, or of a known one for another name: nothing is sent, and it is tried again."""
    place = chat.receiver()
    (tmp_path / "unknown").mkdir()
    unknown = Receiver(tls(*certificate(tmp_path / "unknown")))
    key, elsewhere = certificate(tmp_path, "elsewhere.example")
    misnamed = Receiver(tls(key, elsewhere))
    chat.receivers += [unknown, misnamed]
    both = tmp_path / "both.pem"
    both.write_bytes(chat.authority.read_bytes() + elsewhere.read_bytes())
    chat.authority = both
    chat.start()
    for name, receiver in (("unknown", unknown), ("misnamed", misnamed), ("good", place)):
        chat.service.post_to(name, receiver.url(), webhook=name)
    chat.service.wait(["unknown", "misnamed", "good"])
    assert {name: outcome for name, (outcome, _) in chat.service.outcomes.items()} == {
        "unknown": "deferred", "misnamed": "deferred", "good": "sent"}
    assert not unknown.requests and not misnamed.requests


def test_proxies_and_cookies_of_the_environment_are_not_for_us(chat):
    place, proxy = chat.receiver(plain=True), chat.receiver(plain=True)
    place.usual = (200, {"Set-Cookie": "a=b"}, b"ok")
    address = f"http://127.0.0.1:{proxy.port}"
    chat.start(environment={"http_proxy": address, "https_proxy": address, "ALL_PROXY": address, "all_proxy": address})
    chat.service.post_to("one", place.url())
    chat.service.post_to("two", place.url())
    chat.service.wait(["one", "two"])
    assert {outcome for outcome, _ in chat.service.outcomes.values()} == {"sent"}
    assert not proxy.requests and not any("Cookie" in request.headers for request in place.requests)


@pytest.mark.parametrize("fields", [{"form": "fax"}, {"message_id": "a\r\nX-Evil: 1"}, {"message_id": ""},
                                    {"message_id": "a b"}, {"subject": "", "text": ""}])
def test_what_cannot_be_posted_is_refused(chat, fields):
    place = chat.receiver()
    chat.start()
    chat.service.post_to("one", place.url(), **{"form": "plain"} | {"tell": False})
    chat.service.items["one"].update(fields)
    chat.service.tell()
    assert chat.service.wait("one")[0] == "refused" and not place.requests


# ---- nobody is delayed, nothing is lost

def test_to_one_place_it_is_one_after_the_other(chat):
    place = chat.receiver()
    chat.start()
    for n in range(40):
        chat.service.post_to(f"m{n:02}", place.url(), tell=False)
    chat.service.tell()
    chat.service.wait(chat.service.items)
    assert place.keys() == [f"m{n:02}" for n in range(40)]


def test_a_dead_place_delays_neither_other_places_nor_mail(chat):
    dead, live = chat.receiver(), chat.receiver()
    dead.usual = "hang"
    chat.start(mail=True, webhook={"connections": "4"})
    for n in range(60):
        chat.service.post_to(f"dead{n}", dead.url(), webhook=f"dead{n % 3}", tell=False)
        chat.service.post_to(f"live{n}", live.url(), webhook=f"live{n % 7}", tell=False)
        chat.service.post(f"mail{n}", to=f"p{n}@example.org", tell=False)
    chat.service.tell()
    chat.service.wait([f"{kind}{n}" for kind in ("live", "mail") for n in range(60)])
    assert all(chat.service.outcomes[f"{kind}{n}"][0] == "sent" for kind in ("live", "mail") for n in range(60))
    assert not any(id.startswith("dead") for id in chat.service.outcomes)
    dead.released.set()
    chat.service.wait([f"dead{n}" for n in range(60)])
    assert all(outcome == "deferred" for id, (outcome, _) in chat.service.outcomes.items() if id.startswith("dead"))


SLOW_NAMES = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
    if (node && strcmp(node, "slow.example") == 0)
        sleep(300);
    return real(node, service, hints, found);
}
"""


def test_a_name_server_that_says_nothing_delays_nobody(chat, tmp_path):
    """Not while it is asked, not when that has taken too long, and not when the courier ends."""
    library, program = tmp_path / "slow.so", build_folder() / "laug-courier"
    subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "-", "-o", library, "-ldl"], input=SLOW_NAMES, text=True, check=True)
    sanitizer = re.search(r"=> (\S+libasan\S+)", subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout)
    place = chat.receiver()
    preload = f"{sanitizer[1] if sanitizer else ''} {library}"
    courier = chat.start(hosts=f"slow.example localhost:{place.port}", webhook={"connect_seconds": "1"},
                         environment={"LD_PRELOAD": preload.strip()})
    chat.service.post_to("slow", "https://slow.example/x", webhook="slow")
    assert chat.service.wait("slow")[0] == "deferred"
    chat.service.post_to("live", place.url(), webhook="live")
    assert chat.service.wait("live")[0] == "sent"
    chat.service.post_to("again", "https://slow.example/x", webhook="slow")
    courier.stop()


def test_posts_that_wait_for_a_slow_place_take_no_room_from_mail(chat):
    slow = chat.receiver()
    slow.usual = "hang"
    chat.start(mail=True)
    for n in range(240):
        chat.service.post_to(f"slow{n}", slow.url(), tell=False)
    chat.service.tell()
    while any(state == "pending" for state in chat.service.states.values()) or not slow.requests:
        time.sleep(0.01)
    for n in range(20):
        chat.service.post(f"mail{n}", to=f"p{n}@example.org")
        assert chat.service.wait(f"mail{n}")[0] == "sent"
    assert len(slow.requests) == 1 and len(chat.service.outcomes) == 20
    slow.released.set()
    chat.service.wait([f"slow{n}" for n in range(240)])


def test_a_dead_mail_server_delays_no_post(chat):
    place = chat.receiver()
    chat.mailbox.hold["data"] = True
    chat.start(mail=True, limits="connections = 1")
    for n in range(30):
        chat.service.post(f"mail{n}", to=f"p{n}@example.org", tell=False)
        chat.service.post_to(f"post{n}", place.url(), tell=False)
    chat.service.tell()
    chat.service.wait([f"post{n}" for n in range(30)])
    assert not any(id.startswith("mail") for id in chat.service.outcomes)
    chat.mailbox.hold.clear()
    chat.service.wait([f"mail{n}" for n in range(30)])
    assert {outcome for outcome, _ in chat.service.outcomes.values()} == {"sent"}


def test_a_mail_server_that_is_gone_defers_no_post(chat):
    place = chat.receiver()
    place.usual = 0.02
    chat.start()
    for n in range(20):
        chat.service.post_to(f"post{n}", place.url(), tell=False)
        chat.service.post(f"mail{n}", to=f"p{n}@example.org", tell=False)
    chat.service.tell()
    chat.service.wait(chat.service.items)
    assert all(chat.service.outcomes[f"post{n}"][0] == "sent" for n in range(20))
    assert all(chat.service.outcomes[f"mail{n}"][0] == "deferred" for n in range(20))


def test_a_repeat_has_the_same_key_and_body_and_a_new_signature(chat):
    place = chat.receiver()
    place.usual = lambda nth: 200 if nth == 4 else [500, "drop", 503][nth - 1]
    chat.start()
    chat.service.post_to("one", place.url())
    for _ in range(4):
        chat.service.wait("one")
        if chat.service.outcomes["one"][0] == "sent":
            break
        chat.service.outcomes.clear()
        chat.service.release()
    assert chat.service.outcomes["one"] == ("sent", "200")
    assert place.keys() == ["one"] * 4
    assert len({request.body for request in place.requests}) == 1
    assert all(is_signed(request.headers, request.body) for request in place.requests)


def test_stopping_gives_back_what_is_under_way(chat):
    place = chat.receiver()
    place.usual = "hang"
    courier = chat.start()
    for n in range(5):
        chat.service.post_to(f"m{n}", place.url(), webhook=f"w{n % 2}")
    while len(place.requests) < 2:
        time.sleep(0.01)
    assert courier.stop() == 0
    assert {outcome for outcome, _ in chat.service.outcomes.values()} == {"deferred"} and len(chat.service.outcomes) == 5


@pytest.mark.seconds(120)
def test_killed_at_random_moments_nothing_is_lost(chat):
    chance = random.Random(7)
    places = [chat.receiver() for _ in range(3)]
    for place in places:
        place.usual = lambda nth: [200, 0.01, 500, 200, "drop", 200, 429, 200][nth % 8]
    courier = chat.start()
    for n in range(150):
        chat.service.post_to(f"m{n}", places[n % 3].url(f"/{n % 5}"), webhook=f"w{n % 6}", tell=False)
    chat.service.tell()
    for _ in range(25):
        time.sleep(chance.uniform(0.02, 0.15))
        courier.kill()
        chat.service.release()
        courier.start()
    while not all(state == "sent" for state in chat.service.states.values()):
        time.sleep(0.1)
        chat.service.release()
    arrived = [key for place in places for key in place.keys()]
    assert set(arrived) == set(chat.service.items)
    bodies = {}
    for request in (request for place in places for request in place.requests):
        assert request.key == request.headers["webhook-id"] and is_signed(request.headers, request.body)
        assert bodies.setdefault(request.key, request.body) == request.body


# ---- settings

@pytest.mark.parametrize("webhook, said", [
    ({"hosts": "hooks.slack.com https://chat.example"}, "hosts must be names of machines"),
    ({"hosts": "hooks.slack.com/services"}, "hosts must be names of machines"),
    ({"hosts": "chat.example:70000"}, "hosts must be names of machines"),
    ({"hosts": "a", "secret": "too short"}, "at least 16 characters"),
    ({"hosts": "a", "secret": "whsec_not/base64!"}, "at least 16 characters"),
    ({"hosts": "a", "secret_file": "/nowhere"}, "secret file /nowhere cannot be read"),
    ({"hosts": "a", "authority_file": "/nowhere"}, "authority_file /nowhere cannot be read"),
    ({"connect_seconds": "0"}, "connect_seconds must be a number from 1 to 300"),
    ({"redirects": "yes"}, "no setting redirects in [webhook]"),
    ({"hosts": "hooks.slack.com, chat.example:8443 [::1]:80 10.0.0.7", "secret": "a text of its own, long"}, None)])
def test_settings_are_checked(tmp_path, webhook, said):
    if "secret" in webhook:
        (tmp_path / "secret").write_text(webhook.pop("secret"))
        (tmp_path / "secret").chmod(0o600)
        webhook["secret_file"] = tmp_path / "secret"
    courier = Courier(tmp_path, "/nowhere", 25, webhook=webhook)
    done = subprocess.run([courier.program, "--config", courier.settings, "--check"], capture_output=True, text=True)
    assert done.returncode == (78 if said else 0), done.stderr
    assert (said or "") in done.stderr


def test_a_secret_that_everybody_may_read_is_refused(tmp_path):
    (tmp_path / "secret").write_text("a text of its own, long")
    (tmp_path / "secret").chmod(0o644)
    courier = Courier(tmp_path, "/nowhere", 25, webhook={"secret_file": tmp_path / "secret"})
    done = subprocess.run([courier.program, "--config", courier.settings, "--check"], capture_output=True, text=True)
    assert done.returncode == 78 and "chmod o=" in done.stderr


def test_the_credential_of_the_unit_is_used(chat):
    place = chat.receiver()
    (chat.folder / "laug-webhook-secret").write_bytes(SECRET)
    (chat.folder / "laug-webhook-secret").chmod(0o400)
    chat.start(webhook={"secret_file": ""}, environment={"CREDENTIALS_DIRECTORY": str(chat.folder)})
    chat.service.post_to("one", place.url())
    chat.service.wait("one")
    assert is_signed(place.requests[0].headers, place.requests[0].body)
