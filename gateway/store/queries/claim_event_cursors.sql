-- One process announces to an agency at a time. An agency that is new begins where the feed stands now.
WITH begun AS (
    INSERT INTO event_cursors (agency, xid, transfer_id, seq)
    SELECT e.agency, pg_snapshot_xmin(pg_current_snapshot()), '00000000-0000-0000-0000-000000000000', 0
    FROM endpoints e
    WHERE e.events AND e.enabled AND e.traffic = 'all' AND e.connector = 'amqp'
      AND NOT EXISTS (SELECT FROM event_cursors c WHERE c.agency = e.agency)
    ON CONFLICT DO NOTHING
)
SELECT c.agency, c.xid::text, c.transfer_id, c.seq
FROM event_cursors c
JOIN endpoints e ON e.agency = c.agency AND e.events AND e.enabled AND e.traffic = 'all' AND e.connector = 'amqp'
ORDER BY c.agency
FOR UPDATE OF c SKIP LOCKED
