SELECT l.seq, l.recorded_at, l.legal_at, l.act, l.actor, l.step, l.round, l.body
FROM ledger l
WHERE l.transfer_id = %s
ORDER BY l.seq
