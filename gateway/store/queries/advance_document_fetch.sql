-- Served [first, past): it counts where it goes on from what was served before, from the beginning.
INSERT INTO document_fetches AS f (agency, sha256, reached, fetched_at)
SELECT %(agency)s, %(sha256)s, %(past)s::bigint, CASE WHEN %(past)s::bigint = %(size)s THEN %(now)s::timestamptz END
WHERE %(first)s = 0 OR EXISTS (SELECT FROM document_fetches e WHERE e.agency = %(agency)s AND e.sha256 = %(sha256)s)
ON CONFLICT (agency, sha256)
DO UPDATE SET reached = EXCLUDED.reached,
    fetched_at = coalesce(f.fetched_at, EXCLUDED.fetched_at)
WHERE f.reached >= %(first)s
  AND f.reached < EXCLUDED.reached
