-- Due timers: the row lock is the claim; a process that dies gives it back at once.
SELECT t.id, t.issuer, t.code, t.itinerary_no, t.document, t.seq, t.head_hash, i.document AS itinerary
FROM (
    SELECT d.id
    FROM transfers d
    WHERE d.next_timer_at <= %s
    ORDER BY d.next_timer_at
    LIMIT %s
    FOR UPDATE SKIP LOCKED
) due
JOIN transfers t ON t.id = due.id
JOIN itineraries i ON i.transfer_id = t.id AND i.no = t.itinerary_no
ORDER BY t.id
