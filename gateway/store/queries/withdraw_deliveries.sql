-- A hand-over that is no longer wanted need not be sent. One that the agency may have already (under lease,
-- or an attempt of unknown outcome) goes on until that is known; then the agency is told that it is cancelled.
-- A mailbox is told at its ack.
UPDATE deliveries d
SET state = 'withdrawn',
    settled_at = clock_timestamp(),
    lease_no = d.lease_no + 1
FROM json_to_recordset(%s::json) AS x(transfer_id uuid, step text, round integer)
WHERE d.transfer_id = x.transfer_id
  AND d.step = x.step
  AND d.round = x.round
  AND d.kind = 'handover.offered'
  AND d.state IN ('pending', 'failed')
  AND (d.parked OR (d.lease_no = d.attempts + d.unused_leases AND NOT d.in_doubt))
