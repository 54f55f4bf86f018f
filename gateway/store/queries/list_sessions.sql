SELECT s.id, s.opened_at, s.seen_at
FROM sessions s
WHERE s.person_id = %(person)s
  AND s.ended_at IS NULL
  AND s.expires_at > clock_timestamp()
  AND s.seen_at > clock_timestamp() - %(idle)s::interval
ORDER BY s.id DESC
