UPDATE deliveries
SET state = 'withdrawn',
    settled_at = clock_timestamp()
WHERE agency = %(agency)s
  AND state = 'pending'
  AND transfer_id IS NULL
  AND kind = 'connection.tested'
