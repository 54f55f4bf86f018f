SELECT e.agency, e.connector, e.address, e.secret, e.timeout_ms, e.concurrency, e.events, e.options, e.enabled,
    e.breaker, e.breaker_failures, e.breaker_until
FROM endpoints e
