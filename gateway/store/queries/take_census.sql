-- How every agency stands that takes part or is owed something. What waits is counted up to a limit for each
-- (deliveries_due, deliveries_mailbox); who is owed something is found from one to the next along deliveries_due.
WITH RECURSIVE owed AS (
    (
        SELECT d.agency
        FROM deliveries d
        WHERE d.state = 'pending'
          AND NOT d.parked
        ORDER BY d.agency
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT d.agency
        FROM deliveries d
        WHERE d.state = 'pending'
          AND NOT d.parked
          AND d.agency > o.agency
        ORDER BY d.agency
        LIMIT 1
    )
    FROM owed o
    WHERE o.agency IS NOT NULL
),
member AS (
    SELECT m.agency FROM members m
    UNION
    SELECT e.agency FROM endpoints e
    UNION
    SELECT c.agency FROM clients c WHERE c.agency IS NOT NULL
),
ending AS (
    SELECT l.agency, min(l.expires_at) AS ends_at
    FROM (
        SELECT c.agency, c.expires_at
        FROM clients c
        WHERE c.agency IS NOT NULL AND c.disabled_at IS NULL AND c.expires_at IS NOT NULL
        UNION ALL
        SELECT b.agency, b.expires_at
        FROM broker_credentials b
        WHERE b.revoked_at IS NULL AND b.successor IS NULL
    ) l
    GROUP BY l.agency
)
SELECT a.agency,
    CASE WHEN a.agency IN (SELECT agency FROM member) THEN coalesce(m.state, 'live') END AS state,
    m.since, e.connector, coalesce(e.enabled, false), coalesce(e.breaker, 'closed'), e.breaker_since, e.breaker_until,
    s.heard_at, s.taken_at, s.failed_at, s.failure, s.latency_ms,
    CASE WHEN coalesce(m.state, 'live') <> 'removed' THEN g.ends_at END AS ends_at,
    w.waiting, w.oldest_at, e.concurrency, e.calls_per_minute, e.burst
FROM (
    SELECT agency FROM member
    UNION
    SELECT agency FROM owed WHERE agency IS NOT NULL
) a
LEFT JOIN members m ON m.agency = a.agency
LEFT JOIN endpoints e ON e.agency = a.agency
LEFT JOIN agency_signs s ON s.agency = a.agency
LEFT JOIN ending g ON g.agency = a.agency
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting, min(x.created_at) AS oldest_at
    FROM (
        (
            SELECT d.created_at
            FROM deliveries d
            WHERE d.agency = a.agency
              AND d.state = 'pending'
              AND NOT d.parked
            ORDER BY d.next_attempt_at
            LIMIT %(most)s
        )
        UNION ALL
        (
            SELECT d.created_at
            FROM deliveries d
            WHERE d.agency = a.agency
              AND d.state = 'pending'
              AND d.parked
            ORDER BY d.id
            LIMIT %(most)s
        )
    ) x
) w
