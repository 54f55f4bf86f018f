-- Due timers: the row lock is the claim; a process that dies gives it back at once.
SELECT t.id, t.itinerary_no, t.seq, t.head_hash, (SELECT e.no FROM outage_epoch e)
FROM transfers t
WHERE t.next_timer_at <= %s
ORDER BY t.next_timer_at
LIMIT %s
FOR UPDATE SKIP LOCKED
