-- What is owed to synthetic agencies is fetched by nobody. Their transfers' rows are locked before.
UPDATE deliveries d
SET state = 'withdrawn',
    settled_at = clock_timestamp(),
    lease_no = d.lease_no + 1
WHERE d.transfer_id = ANY(%s::uuid[])
  AND d.state = 'pending'
