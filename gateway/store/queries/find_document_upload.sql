SELECT u.id, u.agency, u.sha256, u.size, u.media_type, u.received, u.generation, u.key_id, u.sealed_key, u.state, u.problem, u.expires_at
FROM document_uploads u
WHERE u.id = %(id)s
  AND u.agency = %(agency)s
