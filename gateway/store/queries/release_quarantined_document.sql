UPDATE documents d
SET leased_until = clock_timestamp() + %(wait)s * interval '1 second'
WHERE d.sha256 = %(sha256)s
  AND d.lease_no = %(lease_no)s
  AND d.state = 'quarantined'
