-- The one with this id; without an id the one that is under way.
SELECT e.id, e.began_at, e.due_at, e.finished_at, e.outcome, e.faults, e.lease_no
FROM examinations e
WHERE e.id = %(id)s
   OR (%(id)s::uuid IS NULL AND e.finished_at IS NULL)
