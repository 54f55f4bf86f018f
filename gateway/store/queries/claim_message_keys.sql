-- One effect per (agency, message id): who inserts the key owns the message.
-- Sorted, so that two batches with the same keys wait for each other instead of deadlocking.
INSERT INTO message_keys (agency, message_id, digest, inbox_id)
SELECT x.agency, x.message_id, x.digest, x.inbox_id
FROM json_to_recordset(%s::json) AS x(no integer, agency text, message_id text, digest bytea, inbox_id uuid)
ORDER BY x.agency, x.message_id, x.no
ON CONFLICT DO NOTHING
RETURNING inbox_id
