-- What an agency that has closed is still owed goes to who took over, at once. A try under way at the closed
-- agency becomes evidence: its lease is over. Handovers and their cancellations stay: the other has its own.
UPDATE deliveries d
SET agency = x.to_agency,
    parked = x.parked,
    state = 'pending',
    lease_no = d.lease_no + 1,
    attempts = d.lease_no + 1,
    unused_leases = 0,
    failure_code = NULL,
    in_doubt = false,
    held_at = NULL,
    settled_at = NULL,
    next_attempt_at = clock_timestamp()
FROM json_to_recordset(%s::json) AS x(transfer_id uuid, agency text, to_agency text, parked boolean)
WHERE d.transfer_id = x.transfer_id
  AND d.agency = x.agency
  AND d.kind NOT IN ('handover.offered', 'handover.cancelled')
  AND (d.state = 'pending' OR d.state = 'failed' AND d.archived_at IS NULL)
