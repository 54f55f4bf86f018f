-- The audit trail, newest first (the key is a UUIDv7).
SELECT a.id, a.at, a.actor, a.act, a.reason, a.question, a.details, a.state, a.total, a.finished_at
FROM operator_acts a
WHERE a.id < %(before)s
ORDER BY a.id DESC
LIMIT %(limit)s
