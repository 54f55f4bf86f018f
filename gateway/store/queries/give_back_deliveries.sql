-- Leases under which nothing was sent and nothing will be: due again at once, for whoever may send. Only
-- while they run, and so only once.
UPDATE deliveries d
SET unused_leases = d.unused_leases + 1,
    next_attempt_at = clock_timestamp()
FROM unnest(%(ids)s::uuid[], %(leases)s::integer[]) AS x(id, lease_no)
WHERE d.id = x.id
  AND d.lease_no = x.lease_no
  AND d.state = 'pending'
  AND d.next_attempt_at > clock_timestamp()
