-- What an agency that has closed is still owed and nobody else should get, up to a thousand at a time: handovers
-- of turns that are not under way any more, receipts of what concerned no transfer, cancellations it cannot hear.
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
owed AS MATERIALIZED (
    SELECT d.id, d.transfer_id
    FROM pending d
    LEFT JOIN endpoints e ON e.agency = %(agency)s
    WHERE d.transfer_id IS NULL
       OR d.kind = 'handover.offered' AND NOT EXISTS (
           SELECT FROM hops h
           WHERE h.transfer_id = d.transfer_id AND h.step = d.step AND h.round = d.round
             AND h.state IN ('dispatching', 'delivered', 'received', 'paused')
       )
       OR d.kind = 'handover.cancelled' AND (e.agency IS NULL OR NOT e.enabled OR e.breaker <> 'closed')
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
SET state = 'withdrawn',
    settled_at = clock_timestamp(),
    lease_no = d.lease_no + 1,
    held_at = NULL,
    failure_code = 'reorganised'
FROM owed o
LEFT JOIN locked l ON l.id = o.transfer_id
WHERE d.id = o.id
  AND d.state = 'pending'
