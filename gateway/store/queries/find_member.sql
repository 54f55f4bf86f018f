-- A member as it stands; an agency that was set up directly counts as live, and is one only by that.
SELECT a.agency, coalesce(m.state, 'live') AS state, m.resumes_as, coalesce(m.since, e.changed_at) AS since, m.contact,
    coalesce(m.capabilities, '{}') AS capabilities, m.test_id, m.agency IS NOT NULL AS kept,
    e.connector, e.address, e.enabled, e.concurrency, e.timeout_ms, e.events, e.breaker, s.heard_at, e.changed_at,
    e.former_until
FROM (SELECT %(agency)s::text AS agency) a
LEFT JOIN members m ON m.agency = a.agency
LEFT JOIN endpoints e ON e.agency = a.agency
LEFT JOIN agency_signs s ON s.agency = a.agency
WHERE m.agency IS NOT NULL
   OR e.agency IS NOT NULL
   OR EXISTS (SELECT FROM clients c WHERE c.agency = a.agency)
