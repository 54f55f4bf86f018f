-- One page of transfers with all that is stored of their clocks, by key.
SELECT t.id, t.document, i.document, h.documents, t.seq, t.head_hash, t.deadline_at, t.next_timer_at
FROM transfers t
JOIN itineraries i ON i.transfer_id = t.id AND i.no = t.itinerary_no
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('document', d.document, 'deadline_at', d.deadline_at, 'state', d.state)
        ORDER BY d.no) AS documents
    FROM hops d
    WHERE d.transfer_id = t.id
) h
WHERE t.id > %(after)s
    AND (NOT %(open)s OR t.state = 'open')
    AND (%(transfer)s::uuid IS NULL OR t.id = %(transfer)s)
ORDER BY t.id
LIMIT %(limit)s
