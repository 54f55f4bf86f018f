-- A transfer's ledger from one entry to another, with the message behind each entry, the hash before it, and the head
-- that its transfer has at the same moment.
SELECT l.seq, l.recorded_at, l.legal_at, l.act, l.actor, l.step, l.round, l.body, l.prev_hash, l.hash, i.message_id,
    t.seq, t.head_hash
FROM transfers t
JOIN ledger l ON l.transfer_id = t.id
LEFT JOIN inbox i ON i.id = l.cause
WHERE t.id = %(transfer)s
ORDER BY l.seq
LIMIT %(limit)s
