-- Fair between agencies: at most %(each)s per agency and round; the lease is next_attempt_at with a raised number.
-- What goes through the broker is claimed only while that road has room (queue).
-- Order per dossier: only the oldest delivery owed to an agency for a transfer may go.
WITH due AS (
    SELECT d.id
    FROM endpoints e
    CROSS JOIN LATERAL (
        SELECT c.id
        FROM deliveries c
        WHERE c.agency = e.agency
          AND c.state = 'pending'
          AND NOT c.parked
          AND c.next_attempt_at <= clock_timestamp()
          AND NOT EXISTS (
              SELECT FROM deliveries o
              WHERE o.transfer_id = c.transfer_id AND o.state = 'pending' AND o.agency = c.agency AND o.ordinal < c.ordinal
          )
        ORDER BY c.next_attempt_at
        LIMIT CASE WHEN e.breaker = 'closed' THEN least(e.concurrency, %(each)s) ELSE 1 END
        FOR UPDATE SKIP LOCKED
    ) d
    WHERE e.enabled
      AND e.connector <> 'mailbox'
      AND (e.connector <> 'amqp' OR %(queue)s)
      AND (e.breaker = 'closed' OR e.breaker_until <= clock_timestamp())
      AND NOT e.agency = ANY(%(busy)s::text[])
    LIMIT %(most)s
)
UPDATE deliveries d
SET lease_no = d.lease_no + 1,
    next_attempt_at = clock_timestamp() + %(lease)s * interval '1 second'
FROM due
WHERE d.id = due.id
RETURNING d.id, d.agency, d.kind, d.transfer_id, d.step, d.round, d.subject, d.data, d.splice, d.cause,
    d.correlation, d.traceparent, d.lease_no, d.attempts, d.created_at
