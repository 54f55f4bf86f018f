-- What was stored while its agency was reached in another way, or in none: it goes the way that holds now.
-- What an agency may not have before it is live does not lie in its mailbox.
-- A lease that runs is let run. Each branch is a probe per agency (deliveries_due, deliveries_mailbox).
WITH astray AS (
    SELECT d.id
    FROM endpoints e
    CROSS JOIN LATERAL (
        SELECT c.id
        FROM deliveries c
        WHERE c.agency = e.agency AND c.state = 'pending' AND NOT c.parked AND c.held_at IS NULL
          AND c.next_attempt_at <= clock_timestamp()
          AND (e.traffic = 'all' OR (e.traffic = 'tests' AND c.transfer_id IS NULL))
        LIMIT 1000
        FOR UPDATE SKIP LOCKED
    ) d
    WHERE e.connector = 'mailbox'
    UNION ALL
    SELECT d.id
    FROM endpoints e
    CROSS JOIN LATERAL (
        SELECT c.id
        FROM deliveries c
        WHERE c.agency = e.agency AND c.state = 'pending' AND c.parked AND c.next_attempt_at <= clock_timestamp()
          AND (e.connector <> 'mailbox' OR c.transfer_id IS NOT NULL)
        LIMIT 1000
        FOR UPDATE SKIP LOCKED
    ) d
    WHERE e.connector <> 'mailbox'
       OR e.traffic = 'tests'
)
UPDATE deliveries d
SET parked = NOT d.parked
FROM astray a
WHERE d.id = a.id
