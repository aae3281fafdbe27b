-- Webhooks: places that posts go to. What goes to one is a reminder and a message like any other, with the webhook in place
-- of a person; and a message may be an invitation, which has no reminder behind it.

CREATE TABLE webhook (
    id         TEXT PRIMARY KEY,
    title      TEXT NOT NULL,
    url        TEXT NOT NULL,                 -- a secret: who has it may post there
    form       TEXT NOT NULL CHECK (form IN ('slack', 'mattermost', 'teams', 'plain')),
    language   TEXT,                          -- NULL: the company's
    is_paused  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER webhook_changed AFTER UPDATE ON webhook BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'webhook', OLD.id,
        format('title=%Q, form=%Q, language=%Q, is_paused=%d', OLD.title, OLD.form, OLD.language, OLD.is_paused));
END;
CREATE TRIGGER webhook_removed AFTER DELETE ON webhook BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'webhook', OLD.id,
        format('title=%Q, form=%Q, language=%Q, is_paused=%d', OLD.title, OLD.form, OLD.language, OLD.is_paused));
END;

-- ---- rules name webhooks

ALTER TABLE reminder_rule ADD COLUMN webhooks TEXT NOT NULL DEFAULT '[]';     -- a JSON array

DROP TRIGGER reminder_rule_changed;
DROP TRIGGER reminder_rule_removed;
CREATE TRIGGER reminder_rule_changed AFTER UPDATE ON reminder_rule WHEN OLD.next_local IS NEW.next_local BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'reminder_rule', OLD.id,
        format('title=%Q, text=%Q, starts=%Q, zone=%Q, rule=%Q, leads=%Q, recipients=%Q, people=%Q, team=%Q, role=%Q, ' ||
               'webhooks=%Q, channels=%Q, days=%Q, time=%Q, late=%Q, acknowledge=%d, paused=%d',
               OLD.title, OLD.text, OLD.starts, OLD.zone, OLD.rule, OLD.leads, OLD.recipients, OLD.people, OLD.team, OLD.role,
               OLD.webhooks, OLD.channels, OLD.days, OLD.time, OLD.late, OLD.acknowledge, OLD.paused));
END;
CREATE TRIGGER reminder_rule_removed AFTER DELETE ON reminder_rule BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'reminder_rule', OLD.id,
        format('title=%Q, text=%Q, starts=%Q, zone=%Q, rule=%Q, leads=%Q, recipients=%Q, people=%Q, team=%Q, role=%Q, ' ||
               'webhooks=%Q, channels=%Q, days=%Q, time=%Q, late=%Q, acknowledge=%d, paused=%d',
               OLD.title, OLD.text, OLD.starts, OLD.zone, OLD.rule, OLD.leads, OLD.recipients, OLD.people, OLD.team, OLD.role,
               OLD.webhooks, OLD.channels, OLD.days, OLD.time, OLD.late, OLD.acknowledge, OLD.paused));
END;

-- ---- one reminder: a person's, or a webhook's

CREATE TABLE reminder_anew (
    id            TEXT PRIMARY KEY,
    rule          TEXT,                       -- NULL: a notice
    message       TEXT NOT NULL,
    person        TEXT REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    webhook       TEXT REFERENCES webhook (id) ON UPDATE CASCADE ON DELETE CASCADE,
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
    escalate_at   INTEGER,
    CHECK ((person IS NULL) <> (webhook IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO reminder_anew (id, rule, message, person, about, subject, occurrence, lead, recipient, title, local, is_day, other,
                           detail, wanted_at, due_at, state, why, mail, snoozes, delivered_at, done_at, escalate_at)
SELECT id, rule, message, person, about, subject, occurrence, lead, recipient, title, local, is_day, other,
       detail, wanted_at, due_at, state, why, mail, snoozes, delivered_at, done_at, escalate_at FROM reminder;
DROP TABLE reminder;
ALTER TABLE reminder_anew RENAME TO reminder;
CREATE INDEX reminder_due ON reminder (due_at) WHERE state IN ('scheduled', 'snoozed');
CREATE INDEX reminder_person ON reminder (person, due_at);
CREATE INDEX reminder_webhook ON reminder (webhook) WHERE webhook IS NOT NULL;
CREATE INDEX reminder_subject ON reminder (subject, about);
CREATE INDEX reminder_mail ON reminder (mail) WHERE mail IS NOT NULL;
CREATE INDEX reminder_escalate ON reminder (escalate_at) WHERE escalate_at IS NOT NULL;
CREATE INDEX reminder_waiting ON reminder (rule) WHERE state = 'scheduled';

-- ---- messages on their way: to a person by mail, or to a webhook. `id` is the Message-ID or the Idempotency-Key.

CREATE TABLE outbox_anew (
    id          TEXT PRIMARY KEY,
    person      TEXT REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
    webhook     TEXT REFERENCES webhook (id) ON UPDATE CASCADE ON DELETE CASCADE,
    kind        TEXT NOT NULL                 -- one reminder, a digest, an invitation to a turn or sabbatical, a post
        CHECK (kind IN ('single', 'late', 'weekly', 'invitation', 'post')),
    subject     TEXT,                         -- of an invitation: the entry of the calendar
    week_on     TEXT NOT NULL,                -- the Monday of the week it counts in
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'sent', 'refused', 'given_up', 'dropped')),
    made_at     INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,             -- waiting: not handed out before; claimed: handed out again then
    attempt     INTEGER NOT NULL,
    first_at    INTEGER,                      -- of the first attempt
    settled_at  INTEGER,
    detail      TEXT,                         -- what the mail server or the webhook said last
    CHECK ((person IS NULL) <> (webhook IS NULL)),
    CHECK ((kind = 'post') = (webhook IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO outbox_anew (id, person, kind, week_on, state, made_at, next_at, attempt, first_at, settled_at, detail)
SELECT id, person, kind, week_on, state, made_at, next_at, attempt, first_at, settled_at, detail FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_anew RENAME TO outbox;
CREATE INDEX outbox_next ON outbox (next_at) WHERE state IN ('waiting', 'claimed');
CREATE INDEX outbox_week ON outbox (person, week_on);
CREATE INDEX outbox_webhook ON outbox (webhook) WHERE webhook IS NOT NULL;
CREATE INDEX outbox_state ON outbox (state, made_at);
