SELECT d.state, d.blob
FROM documents d
WHERE d.sha256 = %(sha256)s
FOR UPDATE
