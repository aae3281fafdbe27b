-- Reminders: the rules they come from, what happens that they remind of, each single one, and the mail on its way.

-- Who is told what concerns everybody: a JSON array of people.
ALTER TABLE company ADD COLUMN admins TEXT NOT NULL DEFAULT '[]';

CREATE TABLE reminder_rule (
    id              TEXT PRIMARY KEY,
    title           TEXT NOT NULL,
    text            TEXT,
    message         TEXT NOT NULL,            -- which sentences it is told in
    fires           TEXT NOT NULL CHECK (fires IN ('once', 'every', 'relative')),
    starts          TEXT,                     -- local: of once the time, of every the anchor
    zone            TEXT NOT NULL,
    rule            TEXT,
    about           TEXT,
    leads           TEXT NOT NULL,            -- a JSON array: -14d, +3wd
    recipients      TEXT NOT NULL,            -- a JSON array: person, lead, …
    people          TEXT NOT NULL,
    team            TEXT REFERENCES team (id) ON UPDATE CASCADE ON DELETE SET NULL,
    role            TEXT,
    channels        TEXT NOT NULL,
    days            TEXT NOT NULL,
    time            TEXT NOT NULL,
    late            TEXT NOT NULL,
    expire_minutes  INTEGER,
    acknowledge     INTEGER NOT NULL,
    escalate_days   INTEGER,
    escalate_to     TEXT NOT NULL,
    paused          INTEGER NOT NULL,
    next_local      TEXT                      -- of every: the occurrence that is planned, by the rule
) STRICT;
CREATE INDEX reminder_rule_about ON reminder_rule (about);
CREATE INDEX reminder_rule_every ON reminder_rule (id) WHERE fires = 'every';

CREATE TRIGGER reminder_rule_changed AFTER UPDATE ON reminder_rule WHEN OLD.next_local IS NEW.next_local BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'reminder_rule', OLD.id,
        format('title=%Q, text=%Q, starts=%Q, zone=%Q, rule=%Q, leads=%Q, recipients=%Q, people=%Q, team=%Q, role=%Q, ' ||
               'channels=%Q, days=%Q, time=%Q, late=%Q, acknowledge=%d, paused=%d',
               OLD.title, OLD.text, OLD.starts, OLD.zone, OLD.rule, OLD.leads, OLD.recipients, OLD.people, OLD.team, OLD.role,
               OLD.channels, OLD.days, OLD.time, OLD.late, OLD.acknowledge, OLD.paused));
END;
CREATE TRIGGER reminder_rule_removed AFTER DELETE ON reminder_rule BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'reminder_rule', OLD.id,
        format('title=%Q, text=%Q, starts=%Q, zone=%Q, rule=%Q, leads=%Q, recipients=%Q, people=%Q, team=%Q, role=%Q, ' ||
               'channels=%Q, days=%Q, time=%Q, late=%Q, acknowledge=%d, paused=%d',
               OLD.title, OLD.text, OLD.starts, OLD.zone, OLD.rule, OLD.leads, OLD.recipients, OLD.people, OLD.team, OLD.role,
               OLD.channels, OLD.days, OLD.time, OLD.late, OLD.acknowledge, OLD.paused));
END;

-- What happens, as it was told last: rules that come later look here.
CREATE TABLE happening (
    about       TEXT NOT NULL,
    subject     TEXT NOT NULL,
    occurrence  TEXT NOT NULL,
    person      TEXT REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    team        TEXT REFERENCES team (id) ON UPDATE CASCADE ON DELETE CASCADE,
    title       TEXT NOT NULL,
    local       TEXT NOT NULL,                -- in the company's zone
    is_day      INTEGER NOT NULL,             -- the day counts, not the time of day
    catches_up  INTEGER NOT NULL,
    PRIMARY KEY (about, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX happening_person ON happening (person);
CREATE INDEX happening_team ON happening (team);

-- One reminder: its id is made of rule, subject, occurrence, lead and person, so that it exists once.
CREATE TABLE reminder (
    id            TEXT PRIMARY KEY,
    rule          TEXT,                       -- NULL: a notice
    message       TEXT NOT NULL,
    person        TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    about         TEXT,
    subject       TEXT NOT NULL,
    occurrence    TEXT NOT NULL,
    lead          TEXT,                       -- of a relative rule
    recipient     TEXT NOT NULL,              -- why this person: person, lead, admins, …
    title         TEXT NOT NULL,
    local         TEXT,                       -- when that is what it is about
    is_day        INTEGER NOT NULL,
    other         TEXT,
    detail        TEXT,
    wanted_at     INTEGER NOT NULL,           -- when it is to come by its rule
    due_at        INTEGER NOT NULL,           -- when it comes, which is later if the person is away
    state         TEXT NOT NULL
        CHECK (state IN ('scheduled', 'due', 'delivered', 'done', 'snoozed', 'expired', 'failed')),
    why           TEXT,                       -- why it expired or failed
    mail          TEXT,                       -- the message it went into
    snoozes       INTEGER NOT NULL DEFAULT 0,
    delivered_at  INTEGER,
    done_at       INTEGER,
    escalate_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_due ON reminder (due_at) WHERE state IN ('scheduled', 'snoozed');
CREATE INDEX reminder_person ON reminder (person, due_at);
CREATE INDEX reminder_subject ON reminder (subject, about);
CREATE INDEX reminder_mail ON reminder (mail) WHERE mail IS NOT NULL;
CREATE INDEX reminder_escalate ON reminder (escalate_at) WHERE escalate_at IS NOT NULL;
CREATE INDEX reminder_waiting ON reminder (rule) WHERE state = 'scheduled';

-- Mail on its way. `id` is the Message-ID.
CREATE TABLE outbox (
    id          TEXT PRIMARY KEY,
    person      TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN ('single', 'late', 'weekly')),   -- one reminder, or a digest
    week_on     TEXT NOT NULL,                -- the Monday of the week it counts in
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'sent', 'refused', 'given_up', 'dropped')),
    made_at     INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,             -- waiting: not handed out before; claimed: handed out again then
    attempt     INTEGER NOT NULL,
    first_at    INTEGER,                      -- of the first attempt
    settled_at  INTEGER,
    detail      TEXT                          -- what the mail server said last
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_next ON outbox (next_at) WHERE state IN ('waiting', 'claimed');
CREATE INDEX outbox_week ON outbox (person, week_on);
CREATE INDEX outbox_state ON outbox (state, made_at);

-- What the service last saw of the clock, to tell a jump from the time that passed, and whether it holds mail back.
CREATE TABLE courier_hold (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    seen_at    INTEGER,
    seen_boot  INTEGER,                       -- seconds since the machine started, at that moment
    held_at    INTEGER                        -- NULL: mail goes out
) STRICT;
INSERT INTO courier_hold VALUES (1, NULL, NULL, NULL);

-- Jobs that wait until mail goes out again.
CREATE TABLE parked_job (
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    due_at   INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;

-- The rules a company begins with; they may be changed and removed like any other.
INSERT INTO reminder_rule (id, title, message, fires, zone, about, leads, recipients, people, channels, days, time, late,
                           expire_minutes, acknowledge, escalate_days, escalate_to, paused)
VALUES
    ('turn', 'Your turn is coming', 'turn', 'relative', 'Europe/Copenhagen', 'turn', '["-14d","-1d"]', '["person"]', '[]',
     '["inbox","mail"]', 'working', '09:00', 'coalesce', NULL, 0, NULL, 'lead', 0),
    ('open-turn', 'Nobody has this turn', 'open_turn', 'relative', 'Europe/Copenhagen', 'open_turn', '["-14d","-7d","-1d"]',
     '["admins"]', '[]', '["inbox","mail"]', 'working', '09:00', 'coalesce', NULL, 0, NULL, 'admins', 0),
    ('sabbatical-preparation', 'Prepare your sabbatical', 'sabbatical_preparation', 'relative', 'Europe/Copenhagen',
     'sabbatical', '["-28d"]', '["person"]', '[]', '["inbox","mail"]', 'working', '09:00', 'coalesce', NULL, 0, NULL,
     'lead', 0),
    ('sabbatical-handover', 'Hand over before your sabbatical', 'sabbatical_handover', 'relative', 'Europe/Copenhagen',
     'sabbatical', '["-7d"]', '["person"]', '[]', '["inbox","mail"]', 'working', '09:00', 'coalesce', NULL, 0, NULL,
     'lead', 0),
    ('sabbatical-start', 'Your sabbatical begins', 'sabbatical_start', 'relative', 'Europe/Copenhagen', 'sabbatical',
     '["-1d"]', '["person","lead"]', '[]', '["inbox","mail"]', 'working', '09:00', 'expire', 1440, 0, NULL, 'lead', 0),
    ('sabbatical-report', 'Tell what came of your sabbatical', 'sabbatical_report', 'relative', 'Europe/Copenhagen',
     'sabbatical_end', '["+7d"]', '["person"]', '[]', '["inbox","mail"]', 'working', '09:00', 'deliver', NULL, 1, 10,
     'lead', 0),
    ('hire', 'Somebody new begins', 'hire', 'relative', 'Europe/Copenhagen', 'hire', '["-7d"]', '["lead"]', '[]',
     '["inbox","mail"]', 'working', '09:00', 'coalesce', NULL, 0, NULL, 'lead', 0);
