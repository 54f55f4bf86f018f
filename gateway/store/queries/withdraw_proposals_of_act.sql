-- Whoever cancels an act takes back what was proposed of it.
UPDATE proposals
SET state = 'withdrawn', decided_at = clock_timestamp()
WHERE subject = %s
  AND kind IN ('archive-many', 'reorganise')
  AND state = 'open'
