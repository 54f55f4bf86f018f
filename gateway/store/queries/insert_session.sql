INSERT INTO sessions (id, token_hash, person_id, opened_at, seen_at, expires_at, passed_at, by_provider)
VALUES (%(id)s, %(token_hash)s, %(person)s, clock_timestamp(), clock_timestamp(),
    clock_timestamp() + %(longest)s, CASE WHEN %(passed)s THEN clock_timestamp() END, %(by_provider)s)
