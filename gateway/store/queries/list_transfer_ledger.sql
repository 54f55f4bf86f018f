-- What happened to a transfer, in order, with the message behind each entry.
SELECT l.seq, l.recorded_at, l.legal_at, l.act, l.actor, l.step, l.round, l.body, l.hash, i.message_id
FROM ledger l
LEFT JOIN inbox i ON i.id = l.cause
WHERE l.transfer_id = %s
ORDER BY l.seq
LIMIT 2000
