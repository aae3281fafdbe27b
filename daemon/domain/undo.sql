-- What undoes the acts of the last 24 hours.

-- name: undo_insert  takes uid integer, method text, about text?, calls value, look value?, expected value?
INSERT INTO undo (at, uid, actor, method, about, calls, look, expected)
VALUES (:now, :uid, :actor, :method, :about, :calls, :look, :expected);

-- name: undo_acts  takes uid integer, act integer?, limit integer  gives list of act integer, at instant, method text, about text?, calls value, look value?, expected value?
-- scans: backwards over the acts of one day
SELECT id AS act, at, method, about, calls, look, expected FROM undo
 WHERE uid = :uid AND actor IS :actor AND at > :now - 86400 AND (:act IS NULL OR id = :act)
 ORDER BY id DESC LIMIT :limit;

-- name: undo_delete  takes act integer
DELETE FROM undo WHERE id = :act;

-- name: undo_expire
-- scans: once a night, what one day has left
DELETE FROM undo WHERE at <= :now - 86400;
