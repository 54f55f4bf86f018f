-- Use one up; returns how many are left.
WITH used AS (
    UPDATE recovery_codes
    SET used_at = clock_timestamp()
    WHERE person_id = %(person)s
      AND code_hash = %(code_hash)s
      AND used_at IS NULL
    RETURNING code_hash
)
SELECT (SELECT count(*) FROM recovery_codes r WHERE r.person_id = %(person)s AND r.used_at IS NULL)::integer - 1
FROM used
