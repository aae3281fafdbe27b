# SPDX-License-Identifier: MIT
"""What is shown to come is what comes: a month of letters, shown at its beginning and then claimed one by one, are the same to
the letter."""
import pytest
from laugwire import Refused

UNTIL = "2027-02-05"


def company(client):
    """A dozen people, some away, in two languages, who like their mail in different ways."""
    names = ["Anna Holm", "Bo Lind", "Cæcilie Ærø", "Dag Åberg", "Eva Krogh", "Finn <b>Fox</b>", "Gro Hansen", "Hans Øst", "Ida Juul",
             "Jens Kjær", "Kaj Lund", "Liv Mørk"]
    people = [name.split()[0].lower().replace("æ", "ae") for name in names]
    client.call("company.change", message_cap=3)
    client.call("holiday.import", items=[{"on": "2027-01-18", "title": "A day off"}])
    client.call("team.add", id="quality", name="Quality & care")
    for number, (person, name) in enumerate(zip(people, names)):
        client.call("person.add", id=person, name=name, team="quality", email=f"{person}@x.dk", hired_on="2020-01-01",
                    language="danish" if number % 2 else "english")
        if number % 4 == 0:
            client.call("person.prefer", person=person, mail="weekly")
        if number % 5 == 1:
            client.call("person.prefer", person=person, zone="America/New_York")
    client.call("team.change", id="quality", lead="liv")
    client.call("company.change", admins=["liv"])
    client.call("rotation.add", id="showcase", title="Showcase", starts="2027-01-06T10:00", rule="FREQ=WEEKLY;BYDAY=WE,FR",
                duration_minutes=60, member_kind="person", members=people)
    for person, first, last in [("bo", "2027-01-11", "2027-01-15"), ("dag", "2027-01-25", "2027-01-27"), ("liv", "2027-01-07", "2027-01-08")]:
        client.call("absence.add", person=person, **{"from": first, "to": last})
    for rule in [
        {"id": "plan", "title": "Plan the week", "starts": "2027-01-04T09:00", "rule": "FREQ=WEEKLY", "team": "quality"},
        {"id": "hours", "title": "Hours", "text": "Write your hours, {title}, at https://hours.example/now", "to": ["everyone"],
         "starts": "2027-01-08T15:00", "rule": "FREQ=WEEKLY"},
        {"id": "form", "title": "A form", "at": "2027-01-12T11:00", "people": ["anna", "bo", "eva"], "acknowledge": True,
         "escalate_days": 2},
        {"id": "tea", "title": "Tea", "at": "2027-01-13T14:30", "to": ["everyone"], "late": "expire", "expire_minutes": 60},
        {"id": "talk", "title": "Talk", "about": "turn", "leads": ["-1d"], "to": ["lead"]},
    ]:
        client.call("reminder.rule.add", **rule)


def claimed(client):
    letters = []
    while True:
        page = client.call("outbox.claim", limit=20)["items"]
        if not page:
            return letters
        for letter in page:
            client.call("outbox.settle", id=letter["id"], outcome="sent")
        letters += page


def told(letter):
    return letter["id"], letter["subject"], letter["text"]


@pytest.fixture
def year(laugd):
    daemon = laugd()
    with daemon.connect() as client:
        company(client)
        client.call("clock.advance", to="2027-01-04T08:30:00Z")
        claimed(client)
        yield daemon, client


def test_a_month_comes_as_it_was_shown(year):
    _, client = year
    shown = client.call("reminder.preview", until=UNTIL, limit=5000)
    letters = shown["letters"]
    assert len(letters) > 80
    assert {letter["kind"] for letter in letters} >= {"single", "late", "weekly", "invitation"}
    assert shown["until"] == "2027-02-05T22:59:59Z"
    came = []
    for at in sorted({letter["at"] for letter in letters}):
        client.call("clock.advance", to=at)
        came += [(at, *told(letter)) for letter in claimed(client)]
    client.call("clock.advance", to=shown["until"])
    came += [(shown["until"], *told(letter)) for letter in claimed(client)]
    # of one instant the first may be fetched before the last is made, so their order says nothing
    assert sorted(came) == sorted((letter["at"], *told(letter)) for letter in letters)


def test_what_joins_a_digest_and_what_waits_says_so(year):
    _, client = year
    shown = client.call("reminder.preview", until=UNTIL, limit=5000)
    letters = {letter["id"]: letter for letter in shown["letters"]}
    for item in shown["items"]:
        assert item["channels"] in (["inbox"], ["inbox", "mail"]), item
        if item.get("message") in letters:
            letter = letters[item["message"]]
            assert letter["person"] == item["person"] and letter["at"] >= item["at"]
            if item["mail"] == "single":
                assert letter["subject"] == item["title"] and letter["name"] == item["name"]
                assert item["text"].splitlines()[0][:30] in letter["text"].replace("\n", " ")
            elif 1 < letter["reminders"] <= 20:
                assert item["title"] in letter["text"]
    weekly = [item for item in shown["items"] if item["person"] == "anna" and item["rule"] == "hours"]
    assert weekly and all(item["mail"] == "weekly" and item["mail_at"] > item["at"] for item in weekly)
    waited = [item for item in shown["items"] if item["person"] == "bo" and "wanted_at" in item]
    assert waited and all(item["wanted_at"] < item["at"] for item in waited)
    assert any(item["at"].startswith("2027-01-19") for item in shown["items"] if "wanted_at" in item), "off the holiday"


def test_a_preview_changes_nothing(year):
    daemon, client = year
    before = [client.call("service.status")["last_event"], client.call("clock.now"), client.items("outbox.list")]
    log = daemon.log()
    assert client.call("reminder.preview", until=UNTIL) == client.call("reminder.preview", until=UNTIL)
    assert before == [client.call("service.status")["last_event"], client.call("clock.now"), client.items("outbox.list")]
    assert daemon.log() == log


def test_of_one_person_or_rule_and_who_may(year):
    daemon, client = year
    everything = client.call("reminder.preview", until=UNTIL, limit=5000)
    annas = client.call("reminder.preview", until=UNTIL, person="anna", limit=5000)
    assert annas["letters"] == [letter for letter in everything["letters"] if letter["person"] == "anna"]
    assert annas["items"] == [item for item in everything["items"] if item["person"] == "anna"]
    tea = client.call("reminder.preview", until=UNTIL, rule="tea", limit=5000)
    assert {item["rule"] for item in tea["items"]} == {"tea"} and tea["letters"]
    with daemon.as_person("anna") as anna:
        assert anna.call("reminder.preview", until=UNTIL, limit=5000) == annas
        with pytest.raises(Refused, match="forbidden"):
            anna.call("reminder.preview", until=UNTIL, person="bo")
    with daemon.as_person("liv") as lead:
        assert lead.call("reminder.preview", until=UNTIL, person="anna", limit=5000) == annas
    with daemon.as_person("anna") as anna:
        looks = anna.items("audit.list")
    assert [look.get("actor") for look in looks if look["method"] == "reminder.preview"].count("liv") == 1
    assert not any(look.get("actor") == "anna" and look["method"] == "reminder.preview" for look in looks), "who looks at their own leaves no row"
    with pytest.raises(Refused, match="a year ahead"):
        client.call("reminder.preview", until="2029-01-01")


def test_a_few_are_few_and_the_rest_is_asked_for(year):
    _, client = year
    everything = client.call("reminder.preview", until=UNTIL, limit=5000)
    rest = client.call("reminder.preview", until=UNTIL, limit=5000, **{"from": "2027-01-20"})
    for part in ("items", "letters"):
        assert rest[part] and rest[part] == [one for one in everything[part] if one["at"] >= "2027-01-19T23:00:00Z"]
    shown = client.call("reminder.preview", until=UNTIL, limit=5)
    assert len(shown["items"]) <= 5 and len(shown["letters"]) <= 5 and shown["until"] < "2027-02-05"


def test_the_command_line_shows_each_letter_as_it_will_be_read(year):
    daemon, client = year
    client.call("person.change", id="bo", name="Bo \u202eLind")
    letters = client.call("reminder.preview", until="2027-01-13", person="anna")["letters"]
    shown = daemon.laug("reminder", "preview", "--until", "2027-01-13", "--person", "anna").stdout
    for letter in letters:
        for line in letter["text"].splitlines():
            assert f"    {line}".rstrip() in shown.splitlines(), line
    assert shown.splitlines()[-1].startswith("That is all up to 2027-01-13")
    danish = daemon.laug("reminder", "preview", "--until", "2027-01-13", "--person", "bo", LANGUAGE="da").stdout
    assert "Det er alt til og med 2027-01-13" in danish and "\u202e" not in danish
    assert "No letter goes out." in daemon.laug("reminder", "preview", "--until", "2027-01-03", "--person", "bo").stdout
