SELECT b.id, b.agency, b.mark, b.made_by, b.made_at, b.seen_at,
    coalesce(b.seen_at > clock_timestamp() - interval '5 minutes', false)
FROM boards b
WHERE b.revoked_at IS NULL
  AND (%(agencies)s::text[] IS NULL OR b.agency = ANY(%(agencies)s))
ORDER BY b.agency, b.id
LIMIT %(limit)s
