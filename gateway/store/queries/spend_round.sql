INSERT INTO spent_rounds (state_hash)
VALUES (%s)
ON CONFLICT (state_hash) DO NOTHING
