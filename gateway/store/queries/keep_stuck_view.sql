-- A person's question under a name; so many at most, and the same name again is the same view.
INSERT INTO stuck_views (id, person, name, filter)
SELECT %(id)s, %(person)s, %(name)s, %(filter)s
WHERE (SELECT count(*) FROM stuck_views v WHERE v.person = %(person)s AND v.name <> %(name)s) < %(most)s
ON CONFLICT (person, name) DO UPDATE
SET filter = EXCLUDED.filter,
    kept_at = clock_timestamp()
RETURNING id
