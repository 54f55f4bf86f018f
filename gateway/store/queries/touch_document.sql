UPDATE documents d
SET touched_at = %(now)s
WHERE d.sha256 = %(sha256)s
