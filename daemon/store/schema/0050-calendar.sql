-- Calendars: what an entry was when it was last told, so that a change is noticed.

-- `uid` is the turn, or the sabbatical and .away: a turn ends in a number. A row stays when its subject goes: one that comes
-- back under the same id must be newer than what was told of the first (RFC 5546, 2.1.4).
CREATE TABLE calendar_entry (
    uid         TEXT PRIMARY KEY,
    sequence    INTEGER NOT NULL,
    stamped_at  INTEGER NOT NULL,             -- of the last change
    print       TEXT                          -- a sum of all that it says and of who has it; NULL: it is gone
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
