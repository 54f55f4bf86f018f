-- One running act that nobody works on, under a lease; a named one, or the oldest.
UPDATE operator_acts a
SET lease_no = a.lease_no + 1,
    leased_until = clock_timestamp() + %(lease)s * interval '1 second'
FROM (
    SELECT c.id
    FROM operator_acts c
    WHERE c.state = 'running'
      AND (%(id)s::uuid IS NULL OR c.id = %(id)s)
      AND (c.leased_until IS NULL OR c.leased_until < clock_timestamp())
    ORDER BY c.id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
) free
WHERE a.id = free.id
RETURNING a.id, a.actor, a.act, a.details, a.lease_no, a.at
