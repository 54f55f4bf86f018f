-- Lock order: transfers by id. Who holds the row may change hops, clocks, timers, outcomes.
SELECT t.id, t.issuer, t.code, t.itinerary_no, t.document, t.seq, t.head_hash, i.document AS itinerary
FROM transfers t
JOIN itineraries i ON i.transfer_id = t.id AND i.no = t.itinerary_no
WHERE t.id = ANY(%s::uuid[])
ORDER BY t.id
FOR UPDATE OF t
