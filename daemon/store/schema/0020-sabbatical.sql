-- Sabbatical weeks. Requested and approved blocks, and those whose person has been asked, hold their place.

CREATE TABLE sabbatical_policy (
    id                INTEGER PRIMARY KEY CHECK (id = 1),
    days              INTEGER NOT NULL,
    eligible          TEXT NOT NULL,
    people            TEXT NOT NULL,               -- a JSON array of ids
    min_tenure_days   INTEGER NOT NULL,
    notice_days       INTEGER NOT NULL,
    max_away_company  INTEGER NOT NULL,
    max_away_team     INTEGER NOT NULL,
    min_cover         INTEGER NOT NULL
) STRICT;
INSERT INTO sabbatical_policy VALUES (1, 5, 'everyone', '[]', 365, 56, 2, 2, 1);

CREATE TABLE blackout (
    from_on  TEXT NOT NULL,
    to_on    TEXT NOT NULL,
    title    TEXT NOT NULL,
    PRIMARY KEY (from_on, to_on),
    CHECK (from_on <= to_on)
) STRICT, WITHOUT ROWID;

CREATE TABLE critical_holder (
    competency  TEXT NOT NULL,
    person      TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    PRIMARY KEY (competency, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX critical_holder_person ON critical_holder (person);

CREATE TABLE sabbatical (
    number       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    person       TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    from_on      TEXT NOT NULL,
    to_on        TEXT NOT NULL,
    project      TEXT NOT NULL,
    state        TEXT NOT NULL,
    asked_until  TEXT,
    reason       TEXT,
    queued_at    INTEGER NOT NULL,                 -- its place in line: the request, or the last time it was passed over
    tried        TEXT,
    worked       TEXT,
    lesson       TEXT,
    use_case     TEXT,
    CHECK (from_on <= to_on)
) STRICT;
CREATE INDEX sabbatical_person ON sabbatical (person, from_on);
CREATE INDEX sabbatical_days ON sabbatical (to_on, from_on);
CREATE INDEX sabbatical_line ON sabbatical (queued_at, number) WHERE state = 'queued';
CREATE INDEX sabbatical_reported ON sabbatical (id) WHERE lesson IS NOT NULL;

-- What an approved week makes: an absence that belongs to it, and goes with it.
ALTER TABLE absence ADD COLUMN sabbatical TEXT REFERENCES sabbatical (id) ON UPDATE CASCADE ON DELETE CASCADE;
CREATE INDEX absence_sabbatical ON absence (sabbatical) WHERE sabbatical IS NOT NULL;

CREATE TRIGGER sabbatical_changed AFTER UPDATE ON sabbatical BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'sabbatical', OLD.id,
        'from_on=' || quote(OLD.from_on) || ', to_on=' || quote(OLD.to_on) || ', state=' || quote(OLD.state) ||
        ', reason=' || quote(OLD.reason));
END;

INSERT INTO job VALUES ('sabbatical.end_day', 'all', 0);
