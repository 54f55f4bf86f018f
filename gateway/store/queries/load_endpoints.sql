-- How agencies are reached whose endpoint or capabilities changed since a mark, and the next mark. What this snapshot
-- does not see yet comes of a transaction that is not below the mark: it is read next time, whenever it commits.
-- Marks are one server's: another one (a standby that took over, a restored backup) is read whole.
-- Where nothing changed, no endpoint is read (endpoint_changes_since). An agency without a connector has left.
SELECT s.mark::text, s.server, c.agency, e.connector, e.address, e.secret, e.timeout_ms, e.concurrency, e.events,
    e.options, e.enabled, e.breaker, e.calls_per_minute, e.traffic, m.capabilities
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS mark, pg_postmaster_start_time() AS server) s
LEFT JOIN endpoint_changes c
    ON c.xid >= CASE WHEN pg_postmaster_start_time() = %(server)s::timestamptz THEN %(mark)s::xid8 ELSE '0'::xid8 END
LEFT JOIN endpoints e ON e.agency = c.agency
LEFT JOIN members m ON m.agency = c.agency
