-- Everyone who takes part, those set up directly included, in code order.
SELECT a.agency, coalesce(m.state, 'live') AS state, m.since, e.connector, e.enabled, e.breaker, s.heard_at
FROM (
    SELECT agency FROM members
    UNION
    SELECT agency FROM endpoints
    UNION
    SELECT agency FROM clients WHERE agency IS NOT NULL
) a
LEFT JOIN members m ON m.agency = a.agency
LEFT JOIN endpoints e ON e.agency = a.agency
LEFT JOIN agency_signs s ON s.agency = a.agency
WHERE a.agency > %(after)s
  AND (%(state)s::text IS NULL OR coalesce(m.state, 'live') = %(state)s)
ORDER BY a.agency
LIMIT %(limit)s
