-- What lock_transfers returns, without the lock: for who decides nothing.
SELECT t.id, t.itinerary_no, t.seq, t.head_hash
FROM transfers t
WHERE t.id = ANY(%s::uuid[])
ORDER BY t.id
