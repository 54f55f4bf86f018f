-- What lies ready in one agency's mailbox, under a lease: next_attempt_at with a raised number.
-- Nothing is given out while the endpoint is switched off, or its agency suspended. Who is not live yet is given only what belongs to no transfer.
-- Order per dossier: only the oldest delivery owed to the agency for a transfer may go.
WITH ready AS (
    SELECT d.id
    FROM deliveries d
    WHERE d.agency = %(agency)s
      AND d.state = 'pending'
      AND d.parked
      AND d.next_attempt_at <= clock_timestamp()
      AND (%(live)s OR d.transfer_id IS NULL)
      AND NOT EXISTS (
          SELECT FROM endpoints e
          WHERE e.agency = %(agency)s AND (NOT e.enabled OR e.traffic = 'none')
      )
      AND NOT EXISTS (
          SELECT FROM deliveries o
          WHERE o.transfer_id = d.transfer_id AND o.state = 'pending' AND o.agency = d.agency AND o.ordinal < d.ordinal
      )
    ORDER BY d.id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE deliveries d
SET lease_no = d.lease_no + 1,
    next_attempt_at = clock_timestamp() + %(lease)s * interval '1 second'
FROM ready
WHERE d.id = ready.id
RETURNING d.id, d.agency, d.kind, d.transfer_id, d.step, d.round, d.subject, d.data, d.splice,
    d.correlation, d.traceparent, d.created_at, d.lease_no, d.attempts, d.next_attempt_at
