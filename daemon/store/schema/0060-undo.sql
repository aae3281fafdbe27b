-- Undoing: of each act that can be undone, the calls that undo it. Kept for a day; a row goes when it is used.

-- `calls` is what service.batch takes. An act that changed something is undone only while `look`, the parameters of the
-- method that shows it, still shows what it left: `expected`.
CREATE TABLE undo (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    uid       INTEGER NOT NULL,
    actor     TEXT,
    method    TEXT NOT NULL,
    about     TEXT,
    calls     BLOB NOT NULL,
    look      BLOB,
    expected  BLOB
) STRICT;
