-- News of transfers that have ended, for an agency that has closed and that nobody follows: what could be moved was
-- moved before. It waits for a person, as what cannot be delivered does. Lock order: transfers by id.
-- Each branch of what is pending is a probe (deliveries_mailbox, deliveries_due).
WITH pending AS MATERIALIZED (
    SELECT d.id, d.transfer_id, d.kind, d.step, d.round
    FROM deliveries d
    WHERE d.agency = %(agency)s AND d.state = 'pending' AND d.parked
    UNION ALL
    SELECT d.id, d.transfer_id, d.kind, d.step, d.round
    FROM deliveries d
    WHERE d.agency = %(agency)s AND d.state = 'pending' AND NOT d.parked
),
owed AS MATERIALIZED (
    SELECT d.id, d.transfer_id
    FROM pending d
    JOIN transfers t ON t.id = d.transfer_id
    WHERE d.kind NOT IN ('handover.offered', 'handover.cancelled')
      AND t.state <> 'open'
    LIMIT 1000
),
locked AS MATERIALIZED (
    SELECT t.id
    FROM transfers t
    WHERE t.id IN (SELECT o.transfer_id FROM owed o)
    ORDER BY t.id
    FOR UPDATE
)
UPDATE deliveries d
SET state = 'failed',
    settled_at = clock_timestamp(),
    lease_no = d.lease_no + 1,
    held_at = NULL,
    failure_code = 'successor-unknown'
FROM owed o
JOIN locked l ON l.id = o.transfer_id
WHERE d.id = o.id
  AND d.state = 'pending'
