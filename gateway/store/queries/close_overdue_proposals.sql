UPDATE proposals
SET state = 'expired', decided_at = clock_timestamp()
WHERE state = 'open'
  AND expires_at <= clock_timestamp()
RETURNING kind, subject
