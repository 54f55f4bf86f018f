-- The whole state of transfers whose rows are locked.
SELECT t.id, t.document, i.document, h.documents
FROM transfers t
JOIN itineraries i ON i.transfer_id = t.id AND i.no = t.itinerary_no
CROSS JOIN LATERAL (
    SELECT json_agg(d.document ORDER BY d.no) AS documents
    FROM hops d
    WHERE d.transfer_id = t.id
) h
WHERE t.id = ANY(%s::uuid[])
