-- The hand-over of a hop that went out by itself after an act on it was ordered.
SELECT d.id
FROM deliveries d
WHERE d.transfer_id = %(transfer)s
  AND d.step = %(step)s
  AND d.round = %(round)s
  AND d.kind = 'handover.offered'
  AND d.state = 'delivered'
  AND d.settled_at >= %(asked_at)s
