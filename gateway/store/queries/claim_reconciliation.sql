-- The next page of a follower's reconciliation, if one is due and no other process is at it. Who is followed for the
-- first time is compared after a whole interval: no row of a lease then.
INSERT INTO reconciliations AS r (agency, due_at)
VALUES (%(agency)s, clock_timestamp() + %(every)s * interval '1 second')
ON CONFLICT (agency) DO UPDATE
SET lease_no = r.lease_no + 1,
    leased_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE r.due_at <= clock_timestamp()
  AND r.leased_until <= clock_timestamp()
RETURNING r.lease_no, r.after, r.counts
