-- The hand-over of a hop once more, under the same id, also if it was delivered and nobody answered: then the
-- agency may have it, and is asked first where it can be. What was delivered since somebody asked for this has come about.
UPDATE deliveries d
SET state = 'pending',
    next_attempt_at = clock_timestamp(),
    settled_at = NULL,
    failure_code = NULL,
    in_doubt = d.held_at IS NULL AND (d.in_doubt OR d.state = 'delivered'),
    held_at = NULL,
    archived_at = NULL
FROM hops h
WHERE d.transfer_id = %(transfer)s
  AND d.step = %(step)s
  AND d.round = %(round)s
  AND d.kind = 'handover.offered'
  AND (d.state IN ('pending', 'failed') OR d.state = 'delivered' AND d.settled_at < %(asked_at)s)
  AND h.transfer_id = d.transfer_id
  AND h.step = d.step
  AND h.round = d.round
  AND h.agency = d.agency
  AND h.state IN ('dispatching', 'delivered')
