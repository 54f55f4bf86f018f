-- Written down before a call that must not be made twice: if nothing is heard of it, it is in doubt. No row where
-- it is not to be called any more: another lease, taken back, or its endpoint switched off.
UPDATE deliveries d
SET in_doubt = true
FROM endpoints e
WHERE d.id = %(id)s
  AND d.lease_no = %(lease)s
  AND d.state = 'pending'
  AND d.held_at IS NULL
  AND e.agency = d.agency
  AND e.enabled
RETURNING d.id
