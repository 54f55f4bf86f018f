-- Fair between agencies: at most %(each)s per agency and round; the lease is next_attempt_at with a raised number.
-- What goes through the broker is claimed only while that road has room (queue); what is called, only by a
-- caller that this process has (callers).
-- Order per dossier: only the oldest delivery owed to an agency for a transfer may go.
WITH reached AS (
    SELECT e.agency, e.breaker, e.breaker_until, e.concurrency
    FROM endpoints e
    WHERE e.enabled
      AND ((e.connector = 'amqp' AND %(queue)s) OR e.connector = ANY(%(callers)s::text[]))
      AND NOT e.agency = ANY(%(busy)s::text[])
),
due AS (
    SELECT d.id
    FROM reached e
    CROSS JOIN LATERAL (
        SELECT c.id
        FROM deliveries c
        WHERE c.agency = e.agency
          AND c.state = 'pending'
          AND NOT c.parked
          AND c.held_at IS NULL
          AND c.next_attempt_at <= clock_timestamp()
          AND NOT EXISTS (
              SELECT FROM deliveries o
              WHERE o.transfer_id = c.transfer_id AND o.state = 'pending' AND o.agency = c.agency AND o.ordinal < c.ordinal
          )
        ORDER BY c.next_attempt_at
        LIMIT least(e.concurrency, %(each)s)
        FOR UPDATE SKIP LOCKED
    ) d
    WHERE e.breaker = 'closed'
    UNION ALL
    -- A probe: what was tried least, even if its own next try is later. What lies ahead by more than
    -- a lease cannot be one. Reads all that one agency is owed, once per probe.
    SELECT p.id
    FROM reached e
    CROSS JOIN LATERAL (
        SELECT c.id
        FROM deliveries c
        WHERE c.agency = e.agency
          AND c.state = 'pending'
          AND NOT c.parked
          AND c.held_at IS NULL
          AND (c.next_attempt_at <= clock_timestamp()
              OR c.next_attempt_at > clock_timestamp() + %(lease)s * interval '1 second')
          AND NOT EXISTS (
              SELECT FROM deliveries o
              WHERE o.transfer_id = c.transfer_id AND o.state = 'pending' AND o.agency = c.agency AND o.ordinal < c.ordinal
          )
        ORDER BY c.attempts, c.next_attempt_at
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    ) p
    WHERE e.breaker <> 'closed'
      AND e.breaker_until <= clock_timestamp()
    LIMIT %(most)s
)
UPDATE deliveries d
SET lease_no = d.lease_no + 1,
    next_attempt_at = clock_timestamp() + %(lease)s * interval '1 second'
FROM due
WHERE d.id = due.id
RETURNING d.id, d.agency, d.kind, d.transfer_id, d.step, d.round, d.subject, d.data, d.splice, d.cause,
    d.correlation, d.traceparent, d.lease_no, d.attempts, d.created_at, d.in_doubt
