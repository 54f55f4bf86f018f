INSERT INTO sessions (id, token_hash, person_id, opened_at, seen_at, expires_at)
VALUES (%(id)s, %(token_hash)s, %(person)s, clock_timestamp(), clock_timestamp(), clock_timestamp() + %(longest)s)
