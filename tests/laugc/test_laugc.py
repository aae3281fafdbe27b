# SPDX-License-Identifier: MIT
"""The tool that reads the catalogue: each mistake gets the one message that names it, on its line and column, and nothing
is made; what is right compiles."""
import os
import re
import shutil
import subprocess

import pytest
from laugwire import ROOT, build_folder

SCHEMA = """\
CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, age INTEGER, team TEXT) STRICT;
CREATE TABLE team (id TEXT PRIMARY KEY) STRICT;
"""
CATALOGUE = """\
# People.

error invalid exit 2 by caller

entity person
entity team private

record person about id
  id    slug of person
  name  text 1..200
  age   integer 0..150, optional, seen by self lead

event person.changed by self of person or admin
  person  slug of person

# Show a person.
method person.show read by self of id or staff, cached
  takes
    id    slug of person
  returns person

# List people.
method person.list read by staff
  takes
    team  slug of team, optional
    order one of name age, default name
    limit integer 1..500, default 100
    after slug, optional
  returns
    items list of person
    next  slug, optional
"""
STATEMENTS = """\
-- name: access_self_person takes id slug gives found integer
SELECT 1 AS found WHERE :id = :actor;

-- name: access_lead_person takes id slug gives found integer
SELECT 1 AS found FROM person WHERE id = :id AND team = :actor;

-- name: person_show
SELECT id, name, age FROM person WHERE id = :id;

-- name: person_list
SELECT id, name, age FROM person
 WHERE id > ifnull(:after, '') AND (:team IS NULL OR team = :team) AND :order <> '' ORDER BY id LIMIT :limit + 1;

-- name: people_of takes team slug gives list of id slug, age integer?
SELECT p.id, p.age FROM team t JOIN person AS p ON p.id = t.id WHERE t.id = :team;
"""


def laugc():
    tool = build_folder() / "laugc"
    if not tool.exists():
        pytest.skip("laugc is not built")
    return tool


@pytest.fixture
def run(tmp_path):
    for folder in ("schema", "made/domain", "made/store"):
        (tmp_path / folder).mkdir(parents=True)

    def make(catalogue=CATALOGUE, statements=STATEMENTS, schema=SCHEMA):
        (tmp_path / "people.laug").write_text(catalogue)
        (tmp_path / "people.sql").write_text(statements)
        (tmp_path / "schema/0001.sql").write_text(schema)
        return subprocess.run([laugc(), tmp_path / "made", tmp_path / "people.laug", tmp_path / "schema/0001.sql",
                               tmp_path / "people.sql"], capture_output=True, text=True, timeout=20,
                              env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
    return make


def mistakes(done, tmp_path):
    assert done.returncode == 1, done.stderr
    assert not list((tmp_path / "made").glob("**/*.[ch]")), "something was made all the same"
    found = re.findall(r"^(\S+?):(\d+):(\d+): error: (.*)$", done.stderr, re.M)
    assert f"laugc: {len(found)} mistake{'s' if len(found) > 1 else ''}" in done.stderr, done.stderr
    return [(path.rsplit("/", 1)[-1], int(line), int(column), text) for path, line, column, text in found]


def test_what_is_right_is_made_and_compiles(run, tmp_path):
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    made = {str(path.relative_to(tmp_path / "made")) for path in (tmp_path / "made").glob("**/*.*")}
    assert made >= {"codes.h", "catalogue.h", "catalogue.c", "domain/statements.h", "domain/statements.c",
                    "domain/handlers.c", "store/schema.c"}
    header = (tmp_path / "made/domain/statements.h").read_text()
    assert "enum code sql_people_of(struct call *call, const struct people_of_params *params" in header
    assert re.search(r"people\.laug:17 \*/\nMUST_CHECK enum code person_show\(", header), "a link error names this line"
    if not shutil.which("cc"):
        pytest.skip("no compiler")
    for source in ("catalogue.c", "domain/statements.c", "domain/handlers.c", "store/schema.c"):
        compiled = subprocess.run(["cc", "-std=gnu17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                                   "-D_GNU_SOURCE", f"-I{tmp_path}/made", f"-I{tmp_path}/made/domain",
                                   *(f"-I{ROOT / folder}" for folder in ("proto", "daemon/base", "daemon/store")),
                                   tmp_path / "made" / source], capture_output=True, text=True)
        assert compiled.returncode == 0, compiled.stderr


def test_the_same_again_is_byte_for_byte_the_same(run, tmp_path):
    def made():
        return {path.name: path.read_bytes() for path in (tmp_path / "made").glob("**/*.*")}
    run()
    first = made()
    run()
    assert made() == first


def changed(text, old, new):
    assert text.count(old) == 1, f"{old!r} is not there once"
    return text.replace(old, new)


# what is changed in the catalogue above -> line, column, message
IN_CATALOGUE = [
    ("age   integer", "age   intger", 11, 3, 'field age: no kind or record is called "intger"; did you mean "integer"?'),
    ("items list of person", "items list of persn", 30, 5,
     'field items: no kind or record is called "persn"; did you mean "person"?'),
    ("slug of person\n  name", "slug of persom\n  name", 9, 3,
     'field id: no entity is called "persom"; did you mean "person"?'),
    ("limit integer 1..500, default 100", "limit integer 1..500, default caller", 27, 5,
     "field limit: only a slug of person can be the caller by default"),
    ("id    slug of person\n  name", "id    slug of person, default caller\n  name", 9, 3,
     "field id: only what a method takes can be the caller by default"),
    ("method person.show read", "method person.show reed", 17, 20, 'no mode is called "reed"; did you mean "read"?'),
    ("or staff, cached", "or stuff, cached", 17, 42, 'no role is called "stuff"; did you mean "staff"?'),
    ("entity team private", "entitty team private", 6, 1, '"entitty" begins no entry; did you mean "entity"?'),
    ("entity team private", "entity team privat", 6, 13, '"privat" is not understood here; a comma may be missing'),
    ("entity team private", "entity person", 6, 8, "entity person is already declared at {file}:5"),
    ("entity team private", "entity Team", 6, 8, 'an entity needs a name in lower case, not "Team"'),
    ("method person.list read", "method person.show read", 23, 8, "method person.show is already declared at {file}:17"),
    ("method person.list read", "method people read", 23, 8, "a method is called thing.verb"),
    ("# List people.\n", "\n", 23, 20, "method person.list has no help: say above it what it does"),
    ("read by staff\n", "read staff\n", 23, 25, 'expected "by" and who may'),
    ("self of id or staff", "self or staff", 17, 33, 'say of whom, for instance "self of person"'),
    ("self of id or staff", "staff of id", 17, 39, 'only self, mentor and lead are "of" somebody'),
    ("self of id or staff", "self of name", 17, 1, '"self of name" needs a parameter name that is a slug of something'),
    ("cached", "cashed", 17, 49, "expected audited, cached, plain, alone, held clock, final or undone by METHOD"),
    ("or staff, cached", "or staff, cached, audited", 17, 64, "only a read that is not audited can be cached"),
    ("record person about id", "record person about nme", 8, 1, "record person: it has no field nme that is a slug"),
    ("record person about id", "record person", 11, 3,
     "field age is seen by those close to somebody: `record person about FIELD`, a slug of an entity, says of whom"),
    ("  age   integer", "  name  integer", 11, 3, "field name is already declared on line 10"),
    ("  name  text 1..200", "  name  text", 10, 3, "field name: say its range, for instance 1..200"),
    ("  name  text 1..200", "  name  text 200..1", 10, 14, "the range 200..1 is empty"),
    ("  name  text 1..200", "  name  text 1..many", 10, 14, "a range is written 1..200"),
    ("  name  text 1..200", "  name  bool 1..2", 10, 3, "field name: only text, integer and minutes have a range"),
    ("  name  text 1..200", "  name  text 1..200 optional", 10, 21,
     '"optional" is not understood here; a comma may be missing'),
    ("  name  text 1..200", "  name  text 1..200, optionl", 10, 22,
     "expected optional, default V, at most N, many lines, detail or seen by ROLE"),
    ("  name  text 1..200", "  double text 1..200", 10, 3, "double is a word of C: choose another name"),
    ("  name  text 1..200", "  name  like person.nam", 10, 3, 'field name: no field is called "person.nam"'),
    ("default 100", "default 700", 27, 5, 'field limit: its default "700" is no value of it'),
    ("default 100", "optional, default 100", 27, 5, "field limit: what has a default is never absent"),
    ("order one of name age, default name", "order one of name age, default neme", 26, 5,
     'field order: its default "neme" is no value of it'),
    ("order one of name age", "order one of name Age", 26, 23, 'a word to choose needs a name in lower case, not "Age"'),
    ("team  slug of team, optional", "team  slug of team, default x", 25, 5,
     "field team: only integer, minutes, bool and one of have a default"),
    ("    next  slug, optional\n", "    next  slug, optional\n    items bool\n", 32, 5,
     "field items is already declared on line 30"),
    ("items list of person\n", "items list of person, at most some\n", 30, 35, '"some" is not a number'),
    ("error invalid exit 2", "error invalid exit two", 3, 20, '"two" is not a number'),
    ("by caller", "by callr", 3, 25, 'no side is called "callr"; did you mean "caller"?'),
    ("self of person or admin\n", "lead of person or mentor of person\n", 13, 1,
     '"mentor of person" needs a statement access_mentor_person that decides it'),
    ("  returns person\n", "  returns persen\n", 17, 1, 'method person.show: no record is called "persen"; did you mean "person"?'),
    ("record person about id\n  id    slug of person\n  name  text 1..200\n",
     "record person about id\n  name  text 1..200\n  id    slug of person\n", 31, 5,
     "pages need a slug as the first field of person: the last one is `next`"),
]


@pytest.mark.parametrize("old, new, line, column, text", IN_CATALOGUE, ids=lambda value: None)
def test_mistake_in_the_catalogue(run, tmp_path, old, new, line, column, text):
    done = run(catalogue=changed(CATALOGUE, old, new))
    text = text.replace("{file}", str(tmp_path / "people.laug"))
    found = mistakes(done, tmp_path)
    assert ("people.laug", line, column, text) in found, done.stderr
    assert len(found) == 1, done.stderr


IN_STATEMENTS = [
    ("SELECT id, name, age FROM person WHERE id = :id;", "SELECT id, nme, age FROM person WHERE id = :id;", 8, 12,
     "statement person_show: no such column: nme"),
    ("SELECT id, name, age FROM person WHERE id = :id;", "SELECT id, name, age\n  FROM persn\n WHERE id = :id;", 7, 1,
     "statement person_show: no such table: persn"),
    ("WHERE id = :id;", "WHERE id = :ide;", 8, 45, 'statement person_show: :ide is no parameter of it; did you mean "id"?'),
    ("WHERE id = :id;", "WHERE id = ?;", 7, 1, "statement person_show: ? is no parameter of it"),
    ("SELECT id, name, age FROM person WHERE id = :id;", "SELECT id, age FROM person WHERE id = :id;", 7, 1,
     "statement person_show: no column fills name of person"),
    ("SELECT id, name, age FROM person WHERE id = :id;", "SELECT id, name, name AS nam, age FROM person WHERE id = :id;",
     7, 1, 'statement person_show: column nam has no field to go to; did you mean "name"?'),
    ("SELECT id, name, age FROM person WHERE id = :id;", "SELECT id, name, team AS age FROM person WHERE id = :id;", 7, 1,
     "statement person_show: column age is TEXT, but integer is kept as INTEGER"),
    ("WHERE id = :id;", "WHERE id = :id; SELECT 2;", 7, 1, "statement person_show: must be one statement"),
    ("WHERE id = :id;", "WHERE name = :id;", 7, 1,
     "statement person_show reads a whole table (SCAN person): give it an index, or say -- scans: why"),
    ("-- name: people_of", "-- name: person_show", 14, 10, "statement person_show is already declared at {file}:7"),
    ("gives list of id slug", "gives list of id slugg", 14, 50,
     'field id: no kind or record is called "slugg"; did you mean "slug"?'),
    ("FROM team t JOIN person AS p ON p.id = t.id WHERE t.id = :team", "FROM person AS p WHERE p.age > 3 OR :team", 14, 1,
     "statement people_of reads a whole table (SCAN p): give it an index, or say -- scans: why"),
    ("FROM team t JOIN person AS p ON p.id = t.id WHERE t.id = :team", "FROM person p, team t WHERE :team = ''", 14, 1,
     "statement people_of reads a whole table (SCAN t): give it an index, or say -- scans: why"),
    ("-- name: people_of takes team slug", "-- name: people_of takes team list of person", 15, 77,
     "statement people_of: :team is a record, which has no column"),
]


@pytest.mark.parametrize("old, new, line, column, text", IN_STATEMENTS, ids=lambda value: None)
def test_mistake_in_a_statement(run, tmp_path, old, new, line, column, text):
    done = run(statements=changed(STATEMENTS, old, new))
    found = mistakes(done, tmp_path)
    assert ("people.sql", line, column, text.replace("{file}", str(tmp_path / "people.sql"))) in found, done.stderr
    assert len(found) == 1 or "SCAN" in text, done.stderr


def test_scan_that_says_why(run):
    wanted = changed(STATEMENTS, "WHERE id = :id;", "WHERE name = :id;\n-- scans: names are not many")
    assert run(statements=wanted).returncode == 0


@pytest.mark.parametrize("schema, line, column, text", [
    (SCHEMA + "CREATE TABLE team (id TEXT);\n", 3, None, "table team already exists"),
    (SCHEMA + "\n\nCREATE TABEL x (id TEXT);\n", 5, 8, 'near "TABEL": syntax error'),
    (SCHEMA + 'INSERT INTO team VALUES ("x");\n', 3, None, "no such column: x"),
    (SCHEMA + "CREATE TABLE odd (id TEXTT) STRICT;\n", 3, None, 'unknown datatype for odd.id: "TEXTT"'),
])
def test_mistake_in_the_schema(run, tmp_path, schema, line, column, text):
    found = mistakes(run(schema=schema), tmp_path)
    assert len(found) == 1
    assert found[0][0] == "0001.sql" and found[0][1] == line and text in found[0][3], found
    assert column in (None, found[0][2])


def test_entity_without_a_table(run, tmp_path):
    found = mistakes(run(schema=SCHEMA.replace("CREATE TABLE team", "CREATE TABLE crew")), tmp_path)
    assert ("people.laug", 6, 1, "entity team: no such table: team") in found


WRITES = """
# Add a team.
method team.add write by staff, undone by team.remove
  takes
    id    slug

# Change a team.
method team.change write by staff, undone by team.change
  takes
    id    slug of team
    name  text 1..9, optional

# Show a team.
method team.show read by staff
  takes
    id    slug of team
  returns
    name  text 1..9

# Remove a team.
method team.remove write by staff, final
  takes
    id    slug of team
"""


def test_what_can_be_undone_is_right(run):
    assert run(catalogue=CATALOGUE + WRITES).stderr == ""


@pytest.mark.parametrize("old, new, line, column, text", [
    ("undone by team.remove", "undone by team.remov", 34, 43,
     'method team.add: no write is called "team.remov"; did you mean "team.remove"?'),
    ("undone by team.remove", "undone by person.show", 34, 43,
     'method team.add: no write is called "person.show"'),
    ("undone by team.remove", "final, undone by team.remove", 34, 0, "what can be undone is not final"),
    ("show read by staff\n", "show read by staff, final\n", 45, 0, "only a write can be final or undone"),
    ("  takes\n    id    slug\n\n", "  takes\n    team  slug\n\n", 34, 43,
     "method team.add: team.remove needs id, which is not found in what is taken or returned"),
    ("method team.show", "method team.see", 39, 46,
     "method team.change: undone by itself, it needs a method team.show that tells the values before"),
])
def test_what_undoes_what(run, tmp_path, old, new, line, column, text):
    found = mistakes(run(catalogue=CATALOGUE + changed(WRITES, old, new)), tmp_path)
    assert any(entry[1] == line and entry[3] == text and column in (0, entry[2]) for entry in found), found


def test_several_mistakes_are_told_at_once(run, tmp_path):
    catalogue = changed(changed(CATALOGUE, "read by staff\n", "read by stuff\n"), "entity team", "entity Team")
    assert [entry[1] for entry in mistakes(run(catalogue=catalogue), tmp_path)] == [6, 23]


def test_the_line_is_shown_with_a_mark(run):
    shown = run(catalogue=changed(CATALOGUE, "by staff\n", "by stuff\n")).stderr
    assert "   23 | method person.list read by stuff\n      |                            ^\n" in shown


def test_too_much_of_everything(run, tmp_path):
    fields = "".join(f"    f{n} bool\n" for n in range(60))
    found = mistakes(run(catalogue=changed(CATALOGUE, "    team  slug of team, optional\n",
                                           "    team  slug of team, optional\n" + fields)), tmp_path)
    assert "there are more than 47 fields in this record" in found[0][3]
    entities = "".join(f"entity e{n}\n" for n in range(100))
    assert "entities" in mistakes(run(catalogue=CATALOGUE + entities), tmp_path)[0][3]
    errors = "".join(f"error e{n} exit {n} by caller\n" for n in range(100))
    assert "errors" in mistakes(run(catalogue=CATALOGUE + errors), tmp_path)[0][3]
    statements = "".join(f"-- name: s{n} takes id slug\nDELETE FROM team WHERE id = :id;\n" for n in range(1000))
    assert "statements" in mistakes(run(statements=STATEMENTS + statements), tmp_path)[0][3]
    long_line = "record other\n  text text 1..2" + " " * 5000 + ", optional\n"
    assert "longer than" in mistakes(run(catalogue=CATALOGUE + long_line), tmp_path)[0][3]
    many_words = "record other\n  text one of" + " w" * 300 + "\n"
    assert "words" in mistakes(run(catalogue=CATALOGUE + many_words), tmp_path)[0][3]


def test_file_that_is_not_there(tmp_path):
    done = subprocess.run([laugc(), tmp_path, tmp_path / "none.laug"], capture_output=True, text=True)
    assert done.returncode == 1 and "none.laug: cannot be read" in done.stderr
