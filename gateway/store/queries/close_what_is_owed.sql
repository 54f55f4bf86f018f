-- What an agency that has closed is still owed and nobody else should get, up to a thousand at a time. Withdrawn:
-- handovers of turns that are not under way any more, receipts of what concerned no transfer, cancellations it cannot
-- hear. Failed, so that it waits for a person as what cannot be delivered does: news of transfers that have ended;
-- what could be moved was moved before.
-- Each branch of what is pending is a probe (deliveries_mailbox, deliveries_due). Lock order: transfers by id.
WITH pending AS MATERIALIZED (
    SELECT d.id, d.transfer_id, d.kind, d.step, d.round
    FROM deliveries d
    WHERE d.agency = %(agency)s AND d.state = 'pending' AND d.parked
    UNION ALL
    SELECT d.id, d.transfer_id, d.kind, d.step, d.round
    FROM deliveries d
    WHERE d.agency = %(agency)s AND d.state = 'pending' AND NOT d.parked
),
judged AS (
    SELECT d.id, d.transfer_id,
        CASE
            WHEN d.transfer_id IS NULL THEN 'withdrawn'
            WHEN d.kind = 'handover.offered' AND NOT EXISTS (
                SELECT FROM hops h
                WHERE h.transfer_id = d.transfer_id AND h.step = d.step AND h.round = d.round
                  AND h.state IN ('dispatching', 'delivered', 'received', 'paused')
            ) THEN 'withdrawn'
            WHEN d.kind = 'handover.cancelled' AND NOT EXISTS (
                SELECT FROM endpoints e
                WHERE e.agency = %(agency)s AND e.enabled AND e.breaker = 'closed'
            ) THEN 'withdrawn'
            WHEN d.kind NOT IN ('handover.offered', 'handover.cancelled') AND EXISTS (
                SELECT FROM transfers t
                WHERE t.id = d.transfer_id AND t.state <> 'open'
            ) THEN 'failed'
        END AS state
    FROM pending d
),
owed AS MATERIALIZED (
    SELECT j.id, j.transfer_id, j.state
    FROM judged j
    WHERE j.state IS NOT NULL
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
SET state = o.state,
    settled_at = clock_timestamp(),
    lease_no = d.lease_no + 1,
    held_at = NULL,
    failure_code = CASE o.state WHEN 'withdrawn' THEN 'reorganised' ELSE 'successor-unknown' END
FROM owed o
LEFT JOIN locked l ON l.id = o.transfer_id
WHERE d.id = o.id
  AND d.state = 'pending'
RETURNING d.state
