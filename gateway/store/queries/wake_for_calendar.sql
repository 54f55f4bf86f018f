-- A version that knows more days came into force: the timekeeper looks at once at what waits for
-- one (hops_waiting, transfers_without_deadline). Transfers are locked by id, as everywhere.
WITH waiting AS (
    SELECT t.id
    FROM transfers t
    WHERE t.state = 'open'
      AND (t.next_timer_at IS NULL OR t.next_timer_at > %(now)s)
      AND (
          t.id IN (
              SELECT h.transfer_id
              FROM hops h
              WHERE h.waits_for = 'calendar'
          )
          OR t.id IN (
              SELECT o.id
              FROM transfers o
              WHERE o.state = 'open'
                AND o.deadline_at IS NULL
                AND o.document #>> '{clock,calendar_missing}' IS NOT NULL
          )
      )
    ORDER BY t.id
    FOR UPDATE OF t
)
UPDATE transfers t
SET next_timer_at = %(now)s
FROM waiting
WHERE t.id = waiting.id
