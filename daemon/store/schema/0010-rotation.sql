-- Rotations, who belongs to them, and their turns.

CREATE TABLE rotation (
    id                   TEXT PRIMARY KEY,
    title                TEXT NOT NULL,
    starts               TEXT NOT NULL,
    zone                 TEXT NOT NULL,
    rule                 TEXT NOT NULL,
    short_month          TEXT NOT NULL,
    duration_minutes     INTEGER NOT NULL,
    member_kind          TEXT NOT NULL,
    when_closed          TEXT NOT NULL,
    min_present          INTEGER,
    min_present_percent  INTEGER NOT NULL,
    min_gap_days         INTEGER NOT NULL,
    publish_days         INTEGER NOT NULL,
    level                INTEGER NOT NULL DEFAULT 0,   -- of the fair choice: credit of the last one chosen
    n_offset             INTEGER NOT NULL DEFAULT 0,   -- a turn's number less the rule's own: numbers go on when rules change
    rule_from            TEXT NOT NULL                 -- local: before it this rule plans nothing
) STRICT;

-- A member is a person or a team, as the rotation says. The credit is all that a plan has to remember of it.
CREATE TABLE rotation_member (
    rotation  TEXT NOT NULL REFERENCES rotation (id) ON UPDATE CASCADE ON DELETE CASCADE,
    member    TEXT NOT NULL,
    position  INTEGER NOT NULL,
    credit    INTEGER NOT NULL,
    PRIMARY KEY (rotation, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX rotation_member_of ON rotation_member (member);

-- From when to when a member belongs to it: who comes back is a newcomer again.
CREATE TABLE rotation_stay (
    rotation  TEXT NOT NULL,
    member    TEXT NOT NULL,
    from_on   TEXT NOT NULL,
    to_on     TEXT,                                    -- the last day; NULL: still
    PRIMARY KEY (rotation, member, from_on),
    FOREIGN KEY (rotation, member) REFERENCES rotation_member (rotation, member) ON UPDATE CASCADE ON DELETE CASCADE,
    CHECK (to_on IS NULL OR from_on <= to_on)
) STRICT, WITHOUT ROWID;

CREATE TABLE turn (
    id         TEXT PRIMARY KEY,
    rotation   TEXT NOT NULL REFERENCES rotation (id) ON UPDATE CASCADE ON DELETE CASCADE,
    n          INTEGER NOT NULL,
    rule_on    TEXT NOT NULL,
    local      TEXT NOT NULL,
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    member     TEXT,
    first      TEXT,                                   -- who had it first, where it has changed hands
    state      TEXT NOT NULL CHECK (state IN ('open', 'planned', 'done', 'cancelled')),
    published  INTEGER NOT NULL,                       -- no: pinned or cancelled before its time
    pinned     INTEGER NOT NULL,
    reasons    BLOB,                                   -- why: MessagePack of the record `grounds`
    UNIQUE (rotation, n)
) STRICT;
CREATE INDEX turn_time ON turn (rotation, starts_at);
CREATE INDEX turn_of_member ON turn (rotation, member, starts_at);
CREATE INDEX turn_member ON turn (member, starts_at);
CREATE INDEX turn_open ON turn (starts_at) WHERE state = 'open';

CREATE TABLE offer (
    id        INTEGER PRIMARY KEY,
    turn      TEXT NOT NULL REFERENCES turn (id) ON UPDATE CASCADE ON DELETE CASCADE,
    giver     TEXT NOT NULL,
    taker     TEXT,                                    -- who is asked, or has accepted
    against   TEXT REFERENCES turn (id) ON UPDATE CASCADE ON DELETE CASCADE,
    state     TEXT NOT NULL,
    is_open   INTEGER NOT NULL,
    asked_at  INTEGER NOT NULL,
    until_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX offer_waiting ON offer (turn) WHERE state = 'asked';
CREATE INDEX offer_turn ON offer (turn, id);
CREATE INDEX offer_against ON offer (against, id);
CREATE INDEX offer_taker ON offer (taker) WHERE state = 'asked';
CREATE INDEX offer_giver ON offer (giver) WHERE state = 'asked';

-- Whom an offer to nobody in particular has asked already.
CREATE TABLE offer_asked (
    offer   INTEGER NOT NULL REFERENCES offer (id) ON DELETE CASCADE,
    member  TEXT NOT NULL,
    PRIMARY KEY (offer, member)
) STRICT, WITHOUT ROWID;

-- Turns are part of the record: nobody who has had one can be removed as if they had never been here.
CREATE TRIGGER rotation_keeps_person BEFORE DELETE ON person
WHEN EXISTS (SELECT 1 FROM turn t JOIN rotation r ON r.id = t.rotation WHERE t.member = OLD.id AND r.member_kind = 'person')
BEGIN
    SELECT RAISE(ABORT, 'this person has turns in a rotation; say when the person leaves instead');
END;
CREATE TRIGGER rotation_keeps_team BEFORE DELETE ON team
WHEN EXISTS (SELECT 1 FROM turn t JOIN rotation r ON r.id = t.rotation WHERE t.member = OLD.id AND r.member_kind = 'team')
BEGIN
    SELECT RAISE(ABORT, 'this team has turns in a rotation; take it out of the rotation instead');
END;
CREATE TRIGGER rotation_forgets_person AFTER DELETE ON person BEGIN
    DELETE FROM rotation_member
     WHERE member = OLD.id AND (SELECT member_kind FROM rotation r WHERE r.id = rotation_member.rotation) = 'person';
END;
CREATE TRIGGER rotation_forgets_team AFTER DELETE ON team BEGIN
    DELETE FROM rotation_member
     WHERE member = OLD.id AND (SELECT member_kind FROM rotation r WHERE r.id = rotation_member.rotation) = 'team';
END;

CREATE TRIGGER rotation_was_changed AFTER UPDATE ON rotation
WHEN OLD.level IS NEW.level AND OLD.n_offset IS NEW.n_offset BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'rotation', OLD.id,
        'title=' || quote(OLD.title) || ', ' ||
        'starts=' || quote(OLD.starts) || ', ' ||
        'zone=' || quote(OLD.zone) || ', ' ||
        'rule=' || quote(OLD.rule) || ', ' ||
        'short_month=' || quote(OLD.short_month) || ', ' ||
        'duration_minutes=' || quote(OLD.duration_minutes) || ', ' ||
        'when_closed=' || quote(OLD.when_closed) || ', ' ||
        'min_present=' || quote(OLD.min_present) || ', ' ||
        'min_present_percent=' || quote(OLD.min_present_percent) || ', ' ||
        'min_gap_days=' || quote(OLD.min_gap_days) || ', ' ||
        'publish_days=' || quote(OLD.publish_days));
END;
CREATE TRIGGER turn_was_changed AFTER UPDATE OF member, state, local ON turn
WHEN OLD.member IS NOT NEW.member OR OLD.local IS NOT NEW.local OR NEW.state = 'cancelled' BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'turn', OLD.id,
        'member=' || quote(OLD.member) || ', ' ||
        'state=' || quote(OLD.state) || ', ' ||
        'local=' || quote(OLD.local) || ', ' ||
        'pinned=' || quote(OLD.pinned));
END;
