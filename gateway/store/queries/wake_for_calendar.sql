-- A version that knows more days came into force: the timekeeper looks at once at what waits for
-- one (hops_waiting, transfers_without_deadline). Transfers are locked by id, as everywhere.
WITH missing AS (
    SELECT h.transfer_id AS id
    FROM hops h
    WHERE h.waits_for = 'calendar'
    UNION
    SELECT t.id
    FROM transfers t
    WHERE t.state = 'open'
      AND t.deadline_at IS NULL
      AND t.document #>> '{clock,calendar_missing}' IS NOT NULL
),
waiting AS (
    SELECT t.id
    FROM missing
    JOIN transfers t ON t.id = missing.id
    WHERE t.state = 'open'
      AND (t.next_timer_at IS NULL OR t.next_timer_at > %(now)s)
    ORDER BY t.id
    FOR UPDATE OF t
)
UPDATE transfers t
SET next_timer_at = %(now)s
FROM waiting
WHERE t.id = waiting.id
