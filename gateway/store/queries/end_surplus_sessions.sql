-- Of a person whose row is held, leave the newest so many open; what has run out does not count.
UPDATE sessions
SET ended_at = clock_timestamp(), ended_by = 'replaced'
WHERE id IN (
    SELECT s.id
    FROM sessions s
    WHERE s.person_id = %(person)s
      AND s.ended_at IS NULL
      AND s.expires_at > clock_timestamp()
      AND s.seen_at > clock_timestamp() - %(idle)s::interval
    ORDER BY s.id DESC
    OFFSET %(most)s
)
