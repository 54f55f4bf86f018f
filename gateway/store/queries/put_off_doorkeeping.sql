UPDATE doorkeeping
SET leased_until = clock_timestamp() + %(pause)s * interval '1 second'
WHERE lease_no = %(lease)s
