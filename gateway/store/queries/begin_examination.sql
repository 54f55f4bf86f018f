-- One at a time (examinations_one_open), and not before the time since the last one has passed.
INSERT INTO examinations (id, began_at)
SELECT %(id)s, %(now)s
WHERE NOT EXISTS (SELECT FROM examinations e WHERE e.began_at > %(since)s)
ON CONFLICT DO NOTHING
