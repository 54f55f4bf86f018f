INSERT INTO recovery_codes (person_id, code_hash)
SELECT %(person)s, x.code_hash
FROM unnest(%(hashes)s::bytea[]) AS x (code_hash)
