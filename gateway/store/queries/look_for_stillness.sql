-- Whether a delivery may go out within a second of machine time, and the next legal timer or beginning or end of an outage.
SELECT EXISTS (
        SELECT FROM endpoints e
        JOIN deliveries d ON d.agency = e.agency
        WHERE d.state = 'pending'
          AND d.held_at IS NULL
          AND d.next_attempt_at <= clock_timestamp() + interval '1 second'
          AND e.enabled
          AND (e.breaker = 'closed' OR e.breaker_until <= clock_timestamp() + interval '1 second')
    ),
    (
        SELECT least(
            (SELECT min(t.next_timer_at) FROM transfers t WHERE t.next_timer_at IS NOT NULL),
            (SELECT min(s.due_at) FROM outage_sweeps s WHERE s.done_at IS NULL AND s.not_before <= now())
        )
    )
