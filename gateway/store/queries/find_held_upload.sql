SELECT u.id, u.agency, u.sha256, u.size, u.media_type, u.received, u.generation, u.key_id, u.sealed_key, u.state, u.problem, u.expires_at
FROM document_uploads u
WHERE u.agency = %(agency)s
  AND u.sha256 = %(sha256)s
  AND u.state = 'complete'
ORDER BY u.id DESC
LIMIT 1
