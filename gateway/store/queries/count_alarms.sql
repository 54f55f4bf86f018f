SELECT a.kind, count(*)
FROM alarms a
WHERE a.cleared_at IS NULL
GROUP BY a.kind
ORDER BY a.kind
