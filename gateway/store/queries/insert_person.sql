INSERT INTO people (id, name, display_name, password_hash, must_change)
VALUES (%(id)s, %(name)s, %(display_name)s, %(password_hash)s, %(must_change)s)
ON CONFLICT (name) DO NOTHING
