-- name: audit_list
-- scans: backwards, on the reader's thread. An index by person would dirty a page of its own in nearly every write, to
-- speed up what is asked once a month
SELECT seq, at, actor, uid, method FROM audit
 WHERE about = :person AND seq < ifnull(:before, 9223372036854775807) ORDER BY seq DESC LIMIT :limit;
