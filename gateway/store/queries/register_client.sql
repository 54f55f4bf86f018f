INSERT INTO clients (client_id, agency, roles, secret_hash, scope)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
