UPDATE examinations e
SET leased_until = clock_timestamp() + %(lease)s * interval '1 second',
    lease_no = e.lease_no + 1
WHERE e.id = (
    SELECT o.id
    FROM examinations o
    WHERE o.finished_at IS NULL
      AND o.leased_until <= clock_timestamp()
    FOR UPDATE SKIP LOCKED
)
RETURNING e.id, e.began_at, e.due_at, e.lease_no
