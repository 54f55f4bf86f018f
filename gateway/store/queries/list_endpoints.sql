-- How every agency is reached and how it goes; never where exactly, never its secret.
SELECT e.agency, e.connector, e.enabled, e.breaker, e.breaker_failures, e.breaker_until, e.concurrency, e.calls_per_minute,
    e.burst, e.last_seen_at, e.changed_at
FROM endpoints e
WHERE e.agency > %s
ORDER BY e.agency
LIMIT %s
