-- Written down once, by whoever holds the lease.
WITH mine AS (
    UPDATE examinations e
    SET due_at = %(due_at)s
    WHERE e.id = %(id)s
      AND e.lease_no = %(lease_no)s
      AND e.due_at IS NULL
    RETURNING e.id
)
INSERT INTO expected_acts (examination_id, no, transfer_id, rule, act, step, reason, threshold, legal_at)
SELECT m.id, x.no, x.transfer_id, x.rule, x.act, x.step, x.reason, x.threshold, x.legal_at
FROM mine m
CROSS JOIN json_to_recordset(%(rows)s::json) AS x(no integer, transfer_id uuid, rule text, act text, step text, reason text,
    threshold text, legal_at timestamptz)
