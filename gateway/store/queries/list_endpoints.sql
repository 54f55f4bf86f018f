-- How every agency is reached and how it goes; never where exactly, never its secret.
SELECT e.agency, e.connector, e.enabled, e.breaker, e.breaker_failures, e.breaker_until, e.concurrency, e.calls_per_minute,
    e.burst, s.heard_at, e.changed_at
FROM endpoints e
LEFT JOIN agency_signs s ON s.agency = e.agency
WHERE e.agency > %s
ORDER BY e.agency
LIMIT %s
