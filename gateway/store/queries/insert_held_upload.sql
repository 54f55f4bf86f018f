-- A declaration of what is here already: an upload that is complete from its beginning.
INSERT INTO document_uploads AS u (id, agency, sha256, size, media_type, received, key_id, state, created_at, expires_at, ended_at, tidied_at)
VALUES (%(id)s, %(agency)s, %(sha256)s, %(size)s, %(media_type)s, %(size)s, 'none', 'complete', %(now)s, %(now)s, %(now)s, %(now)s)
RETURNING u.id, u.agency, u.sha256, u.size, u.media_type, u.received, u.generation, u.key_id, u.sealed_key, u.state, u.problem, u.expires_at
