-- The hashes that are good now: the present one, and the one before it while it overlaps.
SELECT c.agency, c.roles, c.secret_hash,
    CASE WHEN c.previous_until > clock_timestamp() THEN c.previous_hash END
FROM clients c
WHERE c.client_id = %s
  AND c.disabled_at IS NULL
