-- What every part of the service stands on: the company, its people and teams, and the books that are kept of all
-- that happens.

-- The company: one row.
CREATE TABLE company (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    name         TEXT NOT NULL,
    zone         TEXT NOT NULL,
    weekdays     TEXT NOT NULL,               -- a JSON array of the working ones, monday to sunday
    language     TEXT NOT NULL,
    message_cap  INTEGER NOT NULL             -- messages a person and week
) STRICT;
INSERT INTO company VALUES (1, 'My company', 'Europe/Copenhagen', '["monday","tuesday","wednesday","thursday","friday"]',
                            'english', 5);

CREATE TABLE closure (
    id       TEXT PRIMARY KEY,
    from_on  TEXT NOT NULL,
    to_on    TEXT NOT NULL,
    title    TEXT NOT NULL,
    CHECK (from_on <= to_on)
) STRICT;

CREATE TABLE holiday (
    day_on   TEXT PRIMARY KEY,
    title    TEXT NOT NULL
) STRICT;

CREATE TABLE team (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    lead     TEXT REFERENCES person (id) ON UPDATE CASCADE ON DELETE SET NULL
) STRICT;
CREATE INDEX team_lead ON team (lead);

CREATE TABLE person (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    email     TEXT,
    login     TEXT,                    -- the Unix user who may act as this person
    team      TEXT REFERENCES team (id) ON UPDATE CASCADE ON DELETE SET NULL,   -- the home team
    manager   TEXT REFERENCES person (id) ON UPDATE CASCADE ON DELETE SET NULL,
    title     TEXT,
    hired_on  TEXT,
    left_on   TEXT,                           -- the first day no longer here
    language  TEXT
) STRICT;
CREATE UNIQUE INDEX person_login ON person (login) WHERE login IS NOT NULL;
CREATE INDEX person_manager ON person (manager) WHERE manager IS NOT NULL;

-- Who belongs to which team, from when to when: the home team and all others.
CREATE TABLE membership (
    person   TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    team     TEXT NOT NULL REFERENCES team (id) ON UPDATE CASCADE ON DELETE CASCADE,
    from_on  TEXT NOT NULL,                   -- 0001-01-01 where it was never said
    to_on    TEXT,                            -- the last day; NULL: still
    PRIMARY KEY (person, team, from_on),
    CHECK (to_on IS NULL OR from_on <= to_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_team ON membership (team, person, to_on);

-- Whole civil days away. No reason is ever stored.
CREATE TABLE absence (
    id       TEXT PRIMARY KEY,
    person   TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    from_on  TEXT NOT NULL,
    to_on    TEXT NOT NULL,
    CHECK (from_on <= to_on)
) STRICT;
CREATE INDEX absence_person ON absence (person, from_on);
CREATE INDEX absence_days ON absence (to_on, from_on);

-- The feed: what happened, in order. `fields` is a MessagePack map.
CREATE TABLE event (
    seq     INTEGER PRIMARY KEY,              -- never used again: what expires is always older than what stays
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    fields  BLOB NOT NULL
) STRICT;

-- Who called what about whom.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    uid     INTEGER NOT NULL,
    actor   TEXT,
    method  TEXT NOT NULL,
    about   TEXT
) STRICT;

-- First answers, kept for a day: the same request_id gets the same one again.
CREATE TABLE request (
    id      TEXT NOT NULL,
    uid     INTEGER NOT NULL,
    method  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    answer  BLOB NOT NULL,
    PRIMARY KEY (id, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_at ON request (at);

-- What is to be done when: the scheduler is one timer on the first row.
CREATE TABLE job (
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    due_at   INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_due ON job (due_at, kind, subject);
-- What keeps house begins at once, and plans its own next time.
INSERT INTO job VALUES ('books.expire', 'all', 0);

-- What a row was before it changed, by whom and when. Triggers keep it, so that no statement can forget to.
CREATE TABLE history (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT,
    entity  TEXT NOT NULL,
    id      TEXT NOT NULL,
    was     TEXT NOT NULL                     -- each column as NAME=SQL literal
) STRICT;

CREATE TRIGGER person_changed AFTER UPDATE ON person BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'person', OLD.id,
        format('name=%Q, email=%Q, login=%Q, team=%Q, manager=%Q, title=%Q, hired_on=%Q, left_on=%Q, language=%Q',
               OLD.name, OLD.email, OLD.login, OLD.team, OLD.manager, OLD.title, OLD.hired_on, OLD.left_on, OLD.language));
END;
CREATE TRIGGER person_removed AFTER DELETE ON person BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'person', OLD.id,
        format('name=%Q, email=%Q, login=%Q, team=%Q, manager=%Q, title=%Q, hired_on=%Q, left_on=%Q, language=%Q',
               OLD.name, OLD.email, OLD.login, OLD.team, OLD.manager, OLD.title, OLD.hired_on, OLD.left_on, OLD.language));
END;
CREATE TRIGGER team_changed AFTER UPDATE ON team BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'team', OLD.id,
        format('name=%Q, lead=%Q',
               OLD.name, OLD.lead));
END;
CREATE TRIGGER team_removed AFTER DELETE ON team BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'team', OLD.id,
        format('name=%Q, lead=%Q',
               OLD.name, OLD.lead));
END;
