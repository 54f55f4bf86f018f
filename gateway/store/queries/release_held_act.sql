-- Start an act that waits for a second person: only with an approval, which is used up.
WITH approved AS (
    UPDATE proposals
    SET carried_out_at = clock_timestamp()
    WHERE subject = %(id)s::text
      AND kind IN ('archive-many', 'reorganise')
      AND state = 'approved'
      AND carried_out_at IS NULL
    RETURNING subject
)
UPDATE operator_acts a
SET state = 'running'
FROM approved
WHERE a.id = approved.subject::uuid
  AND a.state = 'held'
