-- The row stays: that it was here, how large it was, and when it went.
UPDATE documents d
SET state = 'purged',
    purged_at = %(now)s,
    key_id = NULL,
    sealed_key = NULL
WHERE d.sha256 = %(sha256)s
  AND d.blob = %(blob)s
  AND d.state = 'purging'
RETURNING d.sha256
