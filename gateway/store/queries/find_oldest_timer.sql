-- The first entry of transfers_timers: what the timekeeper has to do next, or should have done already.
SELECT min(t.next_timer_at)
FROM transfers t
WHERE t.next_timer_at IS NOT NULL
