-- The next contents in the order of their digests that were not handed in lately; what a batch refers to
-- at this very moment is passed over.
SELECT d.sha256
FROM documents d
WHERE d.state = 'kept'
  AND d.sha256 > %(after)s
  AND d.touched_at <= %(untouched_since)s
ORDER BY d.sha256
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
