-- The ledgers of one page of transfers, each in order.
SELECT l.transfer_id, l.seq, l.body, l.prev_hash, l.hash, l.act, l.recorded_at
FROM ledger l
WHERE l.transfer_id = ANY(%s::uuid[])
ORDER BY l.transfer_id, l.seq
