-- What is shown to come: the copy that it is lived through on.

-- Handed out, and not heard of yet.
-- name: preview_on_its_way  gives list of id slug
SELECT id FROM outbox INDEXED BY outbox_state WHERE state = 'claimed';
