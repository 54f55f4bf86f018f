-- A hand-over that is no longer wanted need not be sent. One that the agency may have already (under lease,
-- or an attempt of unknown outcome) goes on until that is known; then the agency is told that it is cancelled.
-- A mailbox is told at its ack. An agency that has closed is not waited for (`at_once`).
UPDATE deliveries d
SET state = 'withdrawn',
    settled_at = clock_timestamp(),
    lease_no = d.lease_no + 1,
    failure_code = CASE WHEN x.at_once THEN x.reason ELSE d.failure_code END,
    held_at = CASE WHEN x.at_once THEN NULL ELSE d.held_at END
FROM json_to_recordset(%s::json) AS x(transfer_id uuid, step text, round integer, reason text, at_once boolean)
WHERE d.transfer_id = x.transfer_id
  AND d.step = x.step
  AND d.round = x.round
  AND d.kind = 'handover.offered'
  AND d.state IN ('pending', 'failed')
  AND (x.at_once OR d.parked OR (d.lease_no = d.attempts + d.unused_leases AND NOT d.in_doubt))
