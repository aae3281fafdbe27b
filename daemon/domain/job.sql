-- name: job_put  takes kind text, subject text, due_at instant
INSERT INTO job (kind, subject, due_at) VALUES (:kind, :subject, :due_at)
ON CONFLICT DO UPDATE SET due_at = excluded.due_at;

-- name: job_delete  takes kind text, subject text
DELETE FROM job WHERE kind = :kind AND subject = :subject;

-- name: job_first  gives kind text, subject text, due_at instant
SELECT kind, subject, due_at FROM job ORDER BY due_at, kind, subject LIMIT 1;
-- scans: the first of its index

-- name: job_count  gives count integer
-- scans: for service.status alone
SELECT count(*) AS count FROM job;
