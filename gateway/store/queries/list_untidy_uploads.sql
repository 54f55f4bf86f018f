-- Uploads that ended and whose files may still lie there; and whether the whole file is a document's.
SELECT u.id, EXISTS (SELECT FROM documents d WHERE d.blob = u.id) AS kept
FROM document_uploads u
WHERE u.state <> 'open'
  AND u.tidied_at IS NULL
ORDER BY u.id
LIMIT %(limit)s
