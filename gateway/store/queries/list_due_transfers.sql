SELECT t.id
FROM transfers t
WHERE t.next_timer_at <= %s
ORDER BY t.next_timer_at
LIMIT %s
