SELECT d.sha256, d.blob
FROM documents d
WHERE d.state = 'purging'
LIMIT %(limit)s
