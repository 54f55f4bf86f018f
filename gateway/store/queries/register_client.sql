INSERT INTO clients (client_id, agency, roles, secret_hash)
VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
