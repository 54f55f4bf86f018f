-- The latest statutory deadline that is open: the last entry of transfers_deadlines.
SELECT max(deadline_at)
FROM transfers
WHERE state = 'open'
  AND deadline_at IS NOT NULL
