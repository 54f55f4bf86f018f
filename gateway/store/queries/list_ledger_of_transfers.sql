SELECT l.transfer_id, l.act, l.step, l.legal_at, l.recorded_at, l.body
FROM ledger l
WHERE l.transfer_id = ANY(%s::uuid[])
ORDER BY l.transfer_id, l.seq
