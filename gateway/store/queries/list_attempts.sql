-- The tries of some deliveries that did not simply deliver. A partner's own words are not among them.
SELECT a.delivery_id, a.lease_no, a.ended_at, a.outcome, a.code, a.unknown, a.latency_ms
FROM attempts a
WHERE a.delivery_id = ANY(%s::uuid[])
ORDER BY a.delivery_id, a.lease_no
