-- Pause, go on, cancel: between two items, never in the middle of one.
UPDATE operator_acts
SET state = %(to)s,
    leased_until = NULL,
    finished_at = CASE WHEN %(to)s = 'cancelled' THEN clock_timestamp() END
WHERE id = %(id)s
  AND state = ANY(%(from)s::text[])
