-- What a person prefers of the messages they get: their own time zone, and one mail for each or all in the weekly digest.

ALTER TABLE person ADD COLUMN zone TEXT;                                        -- NULL: the company's
ALTER TABLE person ADD COLUMN mail TEXT NOT NULL DEFAULT 'each' CHECK (mail IN ('each', 'weekly'));

DROP TRIGGER person_changed;
DROP TRIGGER person_removed;
CREATE TRIGGER person_changed AFTER UPDATE ON person BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'person', OLD.id,
        format('name=%Q, email=%Q, login=%Q, team=%Q, manager=%Q, title=%Q, hired_on=%Q, left_on=%Q, language=%Q, zone=%Q, mail=%Q',
               OLD.name, OLD.email, OLD.login, OLD.team, OLD.manager, OLD.title, OLD.hired_on, OLD.left_on, OLD.language,
               OLD.zone, OLD.mail));
END;
CREATE TRIGGER person_removed AFTER DELETE ON person BEGIN
    INSERT INTO history (at, actor, entity, id, was) VALUES (call_now(), call_actor(), 'person', OLD.id,
        format('name=%Q, email=%Q, login=%Q, team=%Q, manager=%Q, title=%Q, hired_on=%Q, left_on=%Q, language=%Q, zone=%Q, mail=%Q',
               OLD.name, OLD.email, OLD.login, OLD.team, OLD.manager, OLD.title, OLD.hired_on, OLD.left_on, OLD.language,
               OLD.zone, OLD.mail));
END;
