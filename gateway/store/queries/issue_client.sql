INSERT INTO clients (client_id, agency, secret_hash, expires_at)
VALUES (%(name)s, %(agency)s, %(hash)s, clock_timestamp() + %(good_for)s)
ON CONFLICT DO NOTHING
RETURNING expires_at
