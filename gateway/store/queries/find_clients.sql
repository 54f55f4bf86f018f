-- Of these clients, those that are good now, with the hashes that are: the present one, and the one before it while it
-- overlaps. Nobody signs in for an agency that is suspended or gone.
SELECT c.client_id, c.agency, c.roles, c.secret_hash,
    CASE WHEN c.previous_until > clock_timestamp() THEN c.previous_hash END,
    c.scope
FROM clients c
LEFT JOIN members m ON m.agency = c.agency
WHERE c.client_id = ANY(%s::text[])
  AND c.disabled_at IS NULL
  AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())
  AND coalesce(m.state, 'live') IN ('testing', 'live')
