SELECT e.agency, e.connector, e.address, e.secret, e.timeout_ms, e.concurrency, e.events, e.options, e.enabled,
    e.breaker, e.calls_per_minute
FROM endpoints e
