UPDATE documents d
SET state = %(state)s,
    judged_at = %(now)s,
    key_id = CASE WHEN %(state)s = 'infected' THEN NULL ELSE d.key_id END,
    sealed_key = CASE WHEN %(state)s = 'infected' THEN NULL ELSE d.sealed_key END
WHERE d.sha256 = %(sha256)s
  AND d.lease_no = %(lease_no)s
  AND d.state = 'quarantined'
RETURNING d.sha256
