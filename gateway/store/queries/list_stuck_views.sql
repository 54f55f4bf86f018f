SELECT v.id, v.name, v.filter, v.kept_at
FROM stuck_views v
WHERE v.person = %s
ORDER BY v.name
