# SPDX-License-Identifier: MIT
"""Files into a company, through laug-import and a real daemon, and out again over the socket."""
import csv
import datetime
import gzip
import os
import shlex
import subprocess
import time

import laugwire
import pytest

SHARE = laugwire.ROOT / "client" / "share"
EXAMPLE = SHARE / "example"
SHARED = laugwire.ROOT.parent / "shared" / "data"
STAFF = SHARED / "people" / "adventureworks_staff_290.csv"
CP1252 = SHARED / "people" / "cp1252" / "HumanResources.Employee.csv"
MANY = SHARED / "people" / "generated_100k.csv.gz"


def needs(path):
    if not path.exists():
        pytest.skip(f"no {path.name} in the folder of outside data beside this clone")
    return path


def runner(daemon, tmp_path):
    program = daemon.build / "laug-import"
    if not program.exists():
        pytest.skip("laug-import is not built")

    def run(*words, expect=0, stdin=None, **files):
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"{name}.{'ics' if data.startswith(b'BEGIN:') else 'csv'}").write_bytes(data)
        done = subprocess.run([str(program), *map(str, words)], capture_output=True, timeout=100, cwd=tmp_path,
                              input=stdin, env=dict(os.environ, LAUG_SOCKET=str(daemon.socket), LANGUAGE="en"))
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == expect, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        assert not any(mark in done.stderr for mark in laugwire.SANITIZER_MARKS), done.stderr
        return done
    return run


@pytest.fixture
def run(daemon, tmp_path):
    """laug-import with these words; files given by name are written first."""
    return runner(daemon, tmp_path)


def rows(path, **options):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, **options))


# ---- the example company ----

def import_example(run):
    run("people", EXAMPLE / "people.csv", f"--with-teams={EXAMPLE / 'teams.csv'}")
    run("absences", EXAMPLE / "absences.csv")
    run("holidays", SHARE / "holidays" / "denmark.ics")


def test_example_company_arrives_whole(run, client):
    import_example(run)
    found = {person["id"]: person for person in client.items("person.list", limit=500)}
    languages = {"da": "danish", "en": "english"}
    for row in rows(EXAMPLE / "people.csv"):
        person = found.pop(row["id"])
        for field in ("name", "email", "title", "team", "manager", "login", "hired_on", "left_on"):
            assert person.get(field, "") == row[field], f"{field} of {row['id']}"
        assert person["language"] == languages[row["language"]]
        assert set(person["teams"]) == {row["team"], row["also_in"]} - {""}
    assert not found
    teams = {team["id"]: team for team in client.items("team.list")}
    for row in rows(EXAMPLE / "teams.csv"):
        assert (teams[row["id"]]["name"], teams[row["id"]]["lead"]) == (row["name"], row["lead"])
    holidays = client.call("holiday.list", limit=2000)["items"]
    assert len(holidays) == 214 and {"on": "2027-03-28", "title": "Påskedag"} in holidays


def test_example_absences_cover_the_same_days(run, client):
    """The service may join what touches: it is the days that count."""
    def days(absences):
        return {(a["person"], datetime.date.fromisoformat(a["from"]) + datetime.timedelta(n)) for a in absences
                for n in range((datetime.date.fromisoformat(a["to"]) - datetime.date.fromisoformat(a["from"])).days + 1)}

    import_example(run)
    there = client.call("absence.list", **{"from": "2027-01-01", "until": "2027-12-31", "limit": 2000})["items"]
    assert days(there) == days(rows(EXAMPLE / "absences.csv"))


def test_example_again_changes_nothing(run, client):
    import_example(run)
    before = client.call("service.status")["last_event"]
    for words in (("people", EXAMPLE / "people.csv", f"--with-teams={EXAMPLE / 'teams.csv'}"),
                  ("teams", EXAMPLE / "teams.csv"), ("absences", EXAMPLE / "absences.csv")):
        assert " 0 added, 0 changed" in run(*words).stdout
    assert client.call("service.status")["last_event"] == before
    assert "214 the same" in run("holidays", SHARE / "holidays" / "denmark.ics", "--dry-run").stdout


def test_dry_run_then_the_same_for_real(run, client):
    import_example(run)
    people = (EXAMPLE / "people.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    changed = "".join(line for line in people if not line.startswith("victor,"))
    changed = changed.replace("anna,Anna Holm,Mechanical designer,engineering,,soeren",
                              "anna,Anna Holm,Lead designer,quality,engineering,henrik")
    changed += "ny,Ny Nielsen,Trainee,office,,pia,2027-02-01,,,,da\n"
    done = run("people", "c.csv", "--dry-run", c=changed)
    assert ("~ anna           team: engineering -> quality; teams: (nothing) -> engineering; manager: soeren -> henrik; "
            "title: Mechanical designer -> Lead designer") in done.stdout
    assert "+ ny             Ny Nielsen, office, pia, Trainee, 2027-02-01, danish" in done.stdout
    assert "1 to add, 1 to change, 138 the same" in done.stdout
    assert "Not in the file, and left as they are: victor." in done.stdout
    assert client.call("person.show", id="anna")["team"] == "engineering"
    assert "1 added, 1 changed, 138 the same" in run("people", "c.csv").stdout
    anna = client.call("person.show", id="anna")
    assert (anna["team"], anna["manager"], anna["title"]) == ("quality", "henrik", "Lead designer")
    assert set(anna["teams"]) == {"quality", "engineering"}
    assert "0 added, 0 changed, 140 the same" in run("people", "c.csv").stdout


def test_empty_cells_clear_and_missing_columns_do_not(run, client):
    import_example(run)
    run("people", "c.csv", c="id,name,title,login\nanna,Anna Holm,,aho\n")
    anna = client.call("person.show", id="anna")
    assert "title" not in anna and anna["login"] == "aho" and anna["manager"] == "soeren"


# ---- nothing unless all ----

BAD = ("id,name,manager,hired_on\nanna,Anna,,2020-01-02\nanna,Anna again,,\nbo,Bo,ghost,\ncarl,Carl,anna,03-04-2020\n"
       "dora,Dora,anna,2020-02-02,extra\neva,Eva,finn,\nfinn,Finn,eva,\n")


def test_every_refusal_is_named_and_nothing_is_taken(run, client):
    done = run("people", "f.csv", expect=2, f=BAD)
    for line, words in {3: 'id: "anna" is on line 2 as well', 4: 'manager: nobody is called "ghost"',
                        5: 'hired_on: "03-04-2020" can be read in two ways', 6: "has 5 cells where",
                        7: "the managers go round in a ring", 8: "the managers go round in a ring"}.items():
        assert f"f.csv:{line}: {words}" in done.stderr.replace("manager: the", "the"), done.stderr
    assert "nothing was taken" in done.stderr
    assert client.items("person.list") == []


def test_keep_going_takes_the_good_rows(run, client):
    done = run("people", "f.csv", "--keep-going", expect=2, f=BAD)
    assert done.stderr.count("f.csv:") == 6
    assert [person["id"] for person in client.items("person.list")] == ["anna"]


def test_one_login_for_two(run, client):
    run("people", "f.csv", f="id,name,login\nanna,Anna,root\n")
    done = run("people", "g.csv", expect=2, g="id,name,login\nbo,Bo,root\n")
    assert "root" in done.stderr and "anna" in done.stderr
    assert [person["id"] for person in client.items("person.list")] == ["anna"]


def test_absences_of_strangers_and_backwards(run):
    run("people", "f.csv", f="id,name\nanna,Anna\n")
    done = run("absences", "a.csv", expect=2,
               a="person,from,to,reason\nanna,2027-02-05,2027-02-01,sick\nbo,2027-02-01,2027-02-01,\n")
    assert "a.csv:2: to: 2027-02-01 is before the first day" in done.stderr
    assert 'a.csv:3: person: nobody is called "bo"' in done.stderr
    assert "columns that are not used: reason" in done.stderr


# ---- files as they come ----

def test_a_mistake_that_a_column_repeats_is_told_once(run):
    content = "id,name,team\n" + "".join(f"p{n},P {n},{'forge' if n % 2 else 'yard'}\n" for n in range(20))
    done = run("people", "many.csv", expect=2, many=content)
    assert done.stderr.count('"forge"') == done.stderr.count('"yard"') == 1
    assert "many.csv:2: " in done.stderr and "(and on 9 more lines: 4, 6, 8, 10, 12, 14, 16, 18, 20)" in done.stderr


def test_wrong_words_are_told_in_a_line(run):
    for words, part in [(["people"], "name the file"), (["people", "a", "b"], "b is one too many"),
                        (["staff", "a"], "not staff"), (["people", "a", "--wibble"], "no option --wibble")]:
        done = run(*words, expect=2)
        assert part in done.stderr and done.stderr.count("\n") == 1


def test_cp1252_is_refused_with_the_command_that_converts_it(run, tmp_path):
    done = run("people", needs(CP1252), expect=2)
    command = done.stderr.split("converts it: ")[1].strip()
    # the command is tried, on a copy, as a shell would
    (tmp_path / "staff list.csv").write_bytes(CP1252.read_bytes())
    done = run("people", "staff list.csv", expect=2)
    command = done.stderr.split("converts it: ")[1].strip()
    assert shlex.split(command)[:5] == ["iconv", "-f", "CP1252", "-t", "UTF-8"]
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    done = run("people", "staff list.utf8.csv")
    assert "290 added" in done.stdout


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "cp850", "mac-roman"])
def test_other_charsets_convert_with_the_command_named(run, client, tmp_path, charset):
    text = "id;navn\nsoeren;Søren Kjærgård\næ-er;Åse Østergaard\n"
    done = run("people", "f.csv", expect=2, f=text.encode(charset))
    subprocess.run(done.stderr.split("converts it: ")[1].strip(), shell=True, check=True, cwd=tmp_path)
    run("people", "f.utf8.csv")
    assert {person["name"] for person in client.items("person.list")} == {"Søren Kjærgård", "Åse Østergaard"}


@pytest.mark.parametrize("content, words", [
    (b"", "is empty"), (b"PK\x03\x04xlsx", "CSV UTF-8"), (b"id,name\nan\0na,Anna\n" * 9, "NUL"),
    (b'id,name\nanna,"Anna\n', "never closes"), (b"name\nAnna\n", "--map"), (b"id,name\na,\x1b[2J\n", "control"),
])
def test_broken_files(run, client, content, words):
    assert words in run("people", "f.csv", expect=2, f=content).stderr
    assert client.items("person.list") == []


def test_no_file_and_no_service(run, daemon):
    assert "none.csv: No such file" in run("people", "none.csv", expect=3).stderr
    assert "folder" in run("people", "/", expect=2).stderr
    run("nonsense", "f.csv", expect=2)
    run("people", expect=2)
    daemon.stop()
    assert str(daemon.socket) in run("people", "f.csv", expect=7, f="id,name\na,A\n").stderr


def test_from_stdin_with_maps_and_a_byte_order_mark(run, client):
    run("people", "-", "--map", "Nr=id", "--map", "Kaldenavn=name",
        stdin="\ufeffNr\tKaldenavn\tAnsat\n12\tPer\t01.02.2020\n".encode())
    person = client.call("person.show", id="12")
    assert (person["name"], person["hired_on"]) == ("Per", "2020-02-01")


def test_help(run):
    assert "--with-teams" in run("--help").stdout


# ---- holidays ----

def calendar(*events):
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\n{event}\r\nEND:VEVENT\r\n" for n, event in enumerate(events)) + "END:VCALENDAR\r\n"


def titles(client):
    return {holiday["on"]: holiday["title"] for holiday in client.call("holiday.list", limit=2000)["items"]}


def test_a_bomb_in_a_holiday_file(run, client):
    """Every second for ever; a thousand years; nested components: refused, at once, and by name."""
    begun = time.monotonic()
    for event, words in {
        "SUMMARY:x\r\nDTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=SECONDLY": "FREQ=SECONDLY",
        "SUMMARY:x\r\nDTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=YEARLY;BYYEARDAY=-366;BYWEEKNO=1": "BYYEARDAY",
        "SUMMARY:x\r\nDTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:30270101": "31 days",
        "BEGIN:VEVENT\r\n" * 200: "no calendar",
        "SUMMARY:x\r\nDTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY="
        + ",".join(map(str, range(1, 32))): "days",
    }.items():
        assert words in run("holidays", "h.ics", expect=2, h=calendar(event)).stderr
    assert time.monotonic() - begun < 10 and titles(client) == {}


def test_replace_forgets_what_the_calendar_no_longer_has(run, client):
    run("holidays", "a.ics", a=calendar("SUMMARY:Old\r\nDTSTART;VALUE=DATE:20260101",
                                        "SUMMARY:Store bededag\r\nDTSTART;VALUE=DATE:20270423",
                                        "SUMMARY:Jul\r\nDTSTART;VALUE=DATE:20271225"))
    corrected = calendar("SUMMARY:Nytår\r\nDTSTART;VALUE=DATE:20270101", "SUMMARY:Juledag\r\nDTSTART;VALUE=DATE:20271225")
    done = run("holidays", "b.ics", "--replace", "--dry-run", b=corrected)
    assert "- 2027-04-23" in done.stdout and "title: Jul -> Juledag" in done.stdout and "2026" not in done.stdout
    run("holidays", "b.ics")
    assert "2027-04-23" in titles(client)
    run("holidays", "b.ics", "--replace")
    assert titles(client) == {"2026-01-01": "Old", "2027-01-01": "Nytår", "2027-12-25": "Juledag"}


def test_other_peoples_calendars(run, client):
    run("holidays", needs(SHARED / "holidays" / "dk_da_2015-2035.ics"))
    assert len(titles(client)) == 219
    # yearly rules that never end are worked out for the years around this one; days moved by hand are refused by line
    done = run("holidays", needs(SHARED / "recurrence" / "ics" / "google_aus_holidays.ics"), "--keep-going", expect=2)
    assert "RECURRENCE-ID" in done.stderr and "(and on 42 more lines: " in done.stderr
    assert [titles(client)[f"{year}-01-26"] for year in range(2026, 2038)] == ["Australia Day"] * 12
    assert titles(client).get("2038-01-26") is None


# ---- real input ----

def test_staff_of_290_in_16_departments(run, client):
    assert "306 added" in run("people", needs(STAFF), "--with-teams").stdout
    people = {person["id"]: person for person in client.items("person.list", limit=500)}
    source = rows(STAFF)
    assert len(people) == 290 and len(client.items("team.list")) == 16
    assert sum("production" in person["teams"] for person in people.values()) == 179
    assert {row["employee_id"]: row["manager_id"] for row in source} == \
        {id: person.get("manager", "") for id, person in people.items()}
    assert {row["login"] for row in source} == {person["login"] for person in people.values()}
    assert " 0 added, 0 changed, 290 the same" in run("people", STAFF).stdout


def test_staff_in_any_order_is_the_same_company(run, client):
    """Managers after those they manage, and everything in semicolons."""
    text = needs(STAFF).read_text(encoding="utf-8").splitlines()
    upside_down = "\n".join([text[0], *reversed(text[1:])]).replace(",", ";")
    run("people", "f.csv", "--with-teams", f=upside_down)
    assert "290 the same" in run("people", STAFF).stdout


@pytest.mark.seconds(150)
def test_a_hundred_thousand(laugd, tmp_path):
    """In the release build where there is one: it is the size that is tried here."""
    with gzip.open(needs(MANY), "rb") as packed:
        (tmp_path / "many.csv").write_bytes(packed.read())
    daemon = laugd(kind="release")
    run, client = runner(daemon, tmp_path), daemon.connect()
    source = rows(tmp_path / "many.csv")
    run("people", "many.csv", "--with-teams")
    assert client.call("service.status")["people"] == len(source) == 100000
    for row in source[::997]:
        person = client.call("person.show", id=row["employee_id"])
        assert (person["name"], person.get("manager", ""), person["hired_on"]) == \
            (row["name"], row["manager_id"], row["hire_date"])
    assert "100000 the same" in run("people", "many.csv").stdout


def test_killed_in_the_middle_and_run_again(laugd, tmp_path):
    """The daemon is killed while a large import runs: what was acknowledged is there, and a second run makes it whole."""
    daemon = laugd()
    program = daemon.build / "laug-import"
    if not program.exists():
        pytest.skip("laug-import is not built")
    (tmp_path / "f.csv").write_text("id,name\n" + "".join(f"p{n},Person {n}\n" for n in range(40000)))
    command = [str(program), "people", "f.csv", f"--socket={daemon.socket}"]
    first = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    with daemon.connect() as client:
        while client.call("service.status")["people"] < 500 and first.poll() is None:
            assert time.monotonic() < deadline
    daemon.kill()
    daemon.start()
    first.communicate(timeout=50)  # it may have gone on by itself
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    with daemon.connect() as client:
        people = client.items("person.list", limit=500)
    assert len(people) == 40000 and len({person["name"] for person in people}) == 40000


def test_by_way_of_laug(daemon, run, client):
    if not (daemon.build / "laug").exists():
        pytest.skip("laug is not built")
    done = daemon.laug("import", "people", str(EXAMPLE / "people.csv"), f"--with-teams={EXAMPLE / 'teams.csv'}")
    assert done.returncode == 0 and "149 added" in done.stdout, done.stderr
    assert daemon.laug("import", "people", "/nowhere.csv").returncode == 3
    assert daemon.laug("import", "people", "--help").returncode == 0
