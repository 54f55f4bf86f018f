-- Fair between agencies: at most %(each)s per agency and round, in an order drawn anew each time, so that none is always
-- last where a round is full. The lease is next_attempt_at with a raised number.
-- What goes through the broker is claimed only while that road has room (queue); what is called, only by a
-- caller that this process has (callers), and of a paced endpoint no more than its pace leaves.
-- Order per dossier: only the oldest delivery owed to an agency for a transfer may go.
-- An agency that is not live gets only what belongs to no transfer (deliveries_loose), its breaker or not.
-- Begins with the agencies that are owed anything, from one to the next along deliveries_due: with thousands of
-- endpoints, most are owed nothing most of the time.
WITH RECURSIVE owing AS (
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
    FROM owing o
    WHERE o.agency IS NOT NULL
),
reached AS MATERIALIZED (
    SELECT e.agency,
        least(e.concurrency, %(each)s,
            floor(e.burst - greatest(0, extract(epoch FROM e.next_call_at - clock_timestamp())) * e.calls_per_minute / 60)
        )::bigint AS most
    FROM owing o
    JOIN endpoints e ON e.agency = o.agency
    WHERE e.enabled
      AND e.breaker = 'closed'
      AND e.traffic = 'all'
      AND ((e.connector = 'amqp' AND %(queue)s) OR e.connector = ANY(%(callers)s::text[]))
      AND NOT e.agency = ANY(%(busy)s::text[])
    ORDER BY random()
),
-- One process probes, and says so in the same moment: who comes second finds the row changed.
probing AS (
    UPDATE endpoints e
    SET breaker = 'half-open',
        breaker_until = clock_timestamp() + %(lease)s * interval '1 second'
    WHERE e.enabled
      AND e.traffic = 'all'
      AND e.breaker <> 'closed'
      AND e.breaker_until <= clock_timestamp()
      AND ((e.connector = 'amqp' AND %(queue)s) OR e.connector = ANY(%(callers)s::text[]))
      AND NOT e.agency = ANY(%(busy)s::text[])
      AND EXISTS (
          SELECT FROM deliveries c
          WHERE c.agency = e.agency AND c.state = 'pending' AND NOT c.parked AND c.held_at IS NULL
      )
    RETURNING e.agency, e.breaker_level
),
due AS (
    SELECT d.id, NULL::integer AS probe
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
        LIMIT greatest(e.most, 0)
        FOR UPDATE SKIP LOCKED
    ) d
    UNION ALL
    -- A probe: what was tried least, even if its own next try is later. What lies ahead by more than
    -- a lease cannot be one. Reads all that one agency is owed, once per probe.
    SELECT p.id, e.breaker_level AS probe
    FROM probing e
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
    UNION ALL
    SELECT t.id, NULL::integer AS probe
    FROM endpoints e
    CROSS JOIN LATERAL (
        SELECT c.id
        FROM deliveries c
        WHERE c.agency = e.agency
          AND c.state = 'pending'
          AND NOT c.parked
          AND c.transfer_id IS NULL
          AND c.held_at IS NULL
          AND c.next_attempt_at <= clock_timestamp()
        ORDER BY c.next_attempt_at
        LIMIT least(e.concurrency, %(each)s)
        FOR UPDATE SKIP LOCKED
    ) t
    WHERE e.enabled
      AND e.traffic = 'tests'
      AND ((e.connector = 'amqp' AND %(queue)s) OR e.connector = ANY(%(callers)s::text[]))
      AND NOT e.agency = ANY(%(busy)s::text[])
    LIMIT %(most)s
)
UPDATE deliveries d
SET lease_no = d.lease_no + 1,
    next_attempt_at = clock_timestamp() + %(lease)s * interval '1 second'
FROM due
WHERE d.id = due.id
RETURNING d.id, d.agency, d.kind, d.transfer_id, d.step, d.round, d.subject, d.data, d.splice, d.cause,
    d.correlation, d.traceparent, d.lease_no, d.attempts, d.created_at, d.in_doubt, d.unused_leases, due.probe
