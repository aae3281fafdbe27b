-- Calendars: what an entry was when it was last told, so that a change is noticed.

-- `uid` is the turn, or the sabbatical and .away: a turn ends in a number. A row stays when its subject goes: one that comes
-- back under the same id must be newer than what was told of the first (RFC 5546, 2.1.4).
CREATE TABLE calendar_entry (
    uid         TEXT PRIMARY KEY,
    sequence    INTEGER NOT NULL,
    stamped_at  INTEGER NOT NULL,             -- of the last change
    print       TEXT                          -- a sum of all that it says and of whose calendars it is in; NULL: it is gone
) STRICT, WITHOUT ROWID;

-- Whose calendars a turn stands in: its person's; a team's lead's and those of all who belong to the team that day.
CREATE VIEW turn_attendee (turn, person, is_lead) AS
SELECT t.id, t.member, 0
  FROM turn t JOIN rotation r ON r.id = t.rotation
 WHERE r.member_kind = 'person' AND t.member IS NOT NULL
UNION ALL
SELECT t.id, p.id, 1
  FROM turn t JOIN rotation r ON r.id = t.rotation JOIN team ON team.id = t.member JOIN person p ON p.id = team.lead
 WHERE r.member_kind = 'team'
   AND (p.hired_on IS NULL OR p.hired_on <= substr(t.local, 1, 10)) AND (p.left_on IS NULL OR p.left_on > substr(t.local, 1, 10))
UNION ALL
SELECT t.id, p.id, 0
  FROM turn t JOIN rotation r ON r.id = t.rotation JOIN membership m ON m.team = t.member JOIN person p ON p.id = m.person
 WHERE r.member_kind = 'team'
   AND m.from_on <= substr(t.local, 1, 10) AND (m.to_on IS NULL OR m.to_on >= substr(t.local, 1, 10))
   AND (p.hired_on IS NULL OR p.hired_on <= substr(t.local, 1, 10)) AND (p.left_on IS NULL OR p.left_on > substr(t.local, 1, 10));

CREATE INDEX turn_starts ON turn (starts_at, id);

-- ---- invitations: what stands in whose own calendar

ALTER TABLE company ADD COLUMN invitations INTEGER NOT NULL DEFAULT 1;

-- Of an entry and a person: the last that was handed to the courier, and the message that is on its way.
CREATE TABLE invitation (
    uid         TEXT NOT NULL,
    person      TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    letters     INTEGER NOT NULL,             -- made so far: each has an id of its own
    mail        TEXT,                         -- the message on its way; of one entry and person never two
    handed      TEXT,                         -- the last one that was handed out
    method      TEXT CHECK (method IN ('request', 'cancel')),   -- of the last that was handed out; NULL: none ever was
    sequence    INTEGER NOT NULL,             -- of the same
    told        BLOB,                         -- what it said: MessagePack of the record calendar_told
    is_known    INTEGER NOT NULL,             -- it was sent
    is_refused  INTEGER NOT NULL,             -- it was refused or given up; neither: perhaps it was sent
    told_until  INTEGER,                      -- the instant up to which what it said is to come
    over_at     INTEGER NOT NULL,             -- the last instant up to which the person may still wait for it
    PRIMARY KEY (uid, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_person ON invitation (person);
CREATE INDEX invitation_over ON invitation (over_at);

-- ---- whatever changes an entry, or whose it is, has it looked at again when this is committed

CREATE TRIGGER calendar_turn_made AFTER INSERT ON turn WHEN NEW.published BEGIN
    INSERT INTO job (kind, subject, due_at) VALUES ('calendar.update', NEW.id, call_now())
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;
CREATE TRIGGER calendar_turn_changed AFTER UPDATE ON turn
WHEN (OLD.published OR NEW.published)
 AND (OLD.published, OLD.member, OLD.starts_at, OLD.ends_at, replace(OLD.state, 'done', 'planned')) IS NOT
     (NEW.published, NEW.member, NEW.starts_at, NEW.ends_at, replace(NEW.state, 'done', 'planned'))
BEGIN
    INSERT INTO job (kind, subject, due_at) VALUES ('calendar.update', NEW.id, call_now())
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;
CREATE TRIGGER calendar_turn_removed AFTER DELETE ON turn WHEN OLD.published AND OLD.starts_at > call_now() BEGIN
    INSERT INTO job (kind, subject, due_at) VALUES ('calendar.update', OLD.id, call_now())
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;

-- What is over stays as it was.
CREATE TRIGGER calendar_rotation_changed AFTER UPDATE OF title, zone ON rotation
WHEN (OLD.title, OLD.zone) IS NOT (NEW.title, NEW.zone) BEGIN
    INSERT INTO job (kind, subject, due_at)
    SELECT 'calendar.update', id, call_now() FROM turn WHERE rotation = NEW.id AND starts_at > call_now() AND published
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;

CREATE TRIGGER calendar_sabbatical_made AFTER INSERT ON sabbatical WHEN NEW.state IN ('approved', 'done') BEGIN
    INSERT INTO job (kind, subject, due_at) VALUES ('calendar.update', NEW.id || '.away', call_now())
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;
CREATE TRIGGER calendar_sabbatical_changed AFTER UPDATE ON sabbatical
WHEN (OLD.state IN ('approved', 'done') OR NEW.state IN ('approved', 'done'))
 AND (OLD.state IN ('approved', 'done'), OLD.person, OLD.from_on, OLD.to_on, OLD.project) IS NOT
     (NEW.state IN ('approved', 'done'), NEW.person, NEW.from_on, NEW.to_on, NEW.project)
BEGIN
    INSERT INTO job (kind, subject, due_at) VALUES ('calendar.update', NEW.id || '.away', call_now())
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;
CREATE TRIGGER calendar_sabbatical_removed AFTER DELETE ON sabbatical WHEN OLD.state IN ('approved', 'done') BEGIN
    INSERT INTO job (kind, subject, due_at) VALUES ('calendar.update', OLD.id || '.away', call_now())
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;

-- A new address wants the invitations too, and to forget what is no longer theirs; who leaves has no more of them.
CREATE TRIGGER calendar_person_changed AFTER UPDATE OF name, email, hired_on, left_on ON person
WHEN (OLD.name, OLD.email, OLD.hired_on, OLD.left_on) IS NOT (NEW.name, NEW.email, NEW.hired_on, NEW.left_on) BEGIN
    INSERT INTO job (kind, subject, due_at)
    SELECT 'calendar.update', id, call_now() FROM turn WHERE member = NEW.id AND starts_at > call_now() AND published
    UNION
    SELECT 'calendar.update', t.id, call_now() FROM membership m JOIN turn t ON t.member = m.team
     WHERE m.person = NEW.id AND t.starts_at > call_now() AND t.published
    UNION
    SELECT 'calendar.update', t.id, call_now() FROM team JOIN turn t ON t.member = team.id
     WHERE team.lead = NEW.id AND t.starts_at > call_now() AND t.published
    UNION
    SELECT 'calendar.update', id || '.away', call_now() FROM sabbatical
     WHERE person = NEW.id AND state = 'approved'
    UNION
    SELECT 'calendar.update', uid, call_now() FROM invitation WHERE person = NEW.id AND over_at > call_now()
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;

CREATE TRIGGER calendar_team_changed AFTER UPDATE OF name, lead ON team
WHEN (OLD.name, OLD.lead) IS NOT (NEW.name, NEW.lead) BEGIN
    INSERT INTO job (kind, subject, due_at)
    SELECT 'calendar.update', id, call_now() FROM turn WHERE member = NEW.id AND starts_at > call_now() AND published
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;

-- Who joins a team is looked at by calendar_touch_team: a trigger would cost each of 100,000 imported people 25 us.
CREATE TRIGGER calendar_membership_changed AFTER UPDATE ON membership BEGIN
    INSERT INTO job (kind, subject, due_at)
    SELECT 'calendar.update', id, call_now() FROM turn
     WHERE member = NEW.team AND starts_at > call_now() AND published
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER calendar_membership_removed AFTER DELETE ON membership BEGIN
    INSERT INTO job (kind, subject, due_at)
    SELECT 'calendar.update', id, call_now() FROM turn
     WHERE member = OLD.team AND starts_at > call_now() AND published AND substr(local, 1, 10) >= OLD.from_on
    ON CONFLICT DO NOTHING;
END;

-- When invitations are sent again, what was missed meanwhile is made up for.
CREATE TRIGGER calendar_invitations_on AFTER UPDATE OF invitations ON company
WHEN NEW.invitations AND NOT OLD.invitations BEGIN
    INSERT INTO job (kind, subject, due_at)
    SELECT 'calendar.update', id, call_now() FROM turn WHERE starts_at > call_now() AND published
    UNION
    SELECT 'calendar.update', id || '.away', call_now() FROM sabbatical WHERE state = 'approved'
    UNION
    SELECT 'calendar.update', uid, call_now() FROM invitation WHERE over_at > call_now()
    ON CONFLICT DO UPDATE SET due_at = excluded.due_at;
END;

-- What was published before there were calendars.
INSERT INTO job (kind, subject, due_at)
SELECT 'calendar.update', id, 0 FROM turn WHERE published AND state IN ('open', 'planned')
UNION
SELECT 'calendar.update', id || '.away', 0 FROM sabbatical WHERE state = 'approved';
