SELECT c.client_id, c.created_at, CASE WHEN c.previous_until > clock_timestamp() THEN c.previous_until END, c.disabled_at, c.scope
FROM clients c
WHERE c.agency IS NULL
  AND 'operator' = ANY(c.roles)
ORDER BY c.client_id
