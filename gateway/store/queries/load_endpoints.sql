SELECT e.agency, e.connector, e.address, e.secret, e.timeout_ms, e.concurrency, e.events, e.options, e.enabled,
    e.breaker, e.calls_per_minute, e.traffic, m.capabilities
FROM endpoints e
LEFT JOIN members m ON m.agency = e.agency
