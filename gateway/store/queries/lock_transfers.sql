-- Lock order: transfers by id. Who holds the row may change hops, clocks, timers, outcomes.
SELECT t.id, t.itinerary_no, t.seq, t.head_hash, (SELECT e.no FROM outage_epoch e)
FROM transfers t
WHERE t.id = ANY(%s::uuid[])
ORDER BY t.id
FOR UPDATE
