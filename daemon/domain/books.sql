-- The books that are kept of all that happens: audit, first answers, the feed.

-- name: audit_insert  takes uid integer, method text, about text?
INSERT INTO audit (at, uid, actor, method, about) VALUES (:now, :uid, :actor, :method, :about);

-- name: request_row  takes id text, uid integer  gives method text, answer value
SELECT method, answer FROM request WHERE id = :id AND uid = :uid AND at > :now - 86400;

-- name: request_insert  takes id text, uid integer, method text, answer value
INSERT INTO request (id, uid, method, at, answer) VALUES (:id, :uid, :method, :now, :answer)
ON CONFLICT DO UPDATE SET method = excluded.method, at = excluded.at, answer = excluded.answer;

-- name: request_expire
DELETE FROM request WHERE at <= :now - 86400;

-- name: event_insert  takes kind text, fields value
INSERT INTO event (at, kind, fields) VALUES (:now, :kind, :fields);

-- name: event_rows_after  takes since integer, limit integer  gives list of seq integer, at instant, kind text, fields value
SELECT seq, at, kind, fields FROM event WHERE seq > :since ORDER BY seq LIMIT :limit;

-- name: event_bounds  gives first integer?, last integer?
SELECT (SELECT min(seq) FROM event) AS first, (SELECT max(seq) FROM event) AS last;

-- name: event_expire  takes before instant
-- scans: once a night, from its beginning up to the first event that is kept
DELETE FROM event WHERE seq < (SELECT seq FROM event WHERE at >= :before ORDER BY seq LIMIT 1);
