-- One open alarm per kind and subject (alarms_one_open): raised again, it is seen again and counted.
INSERT INTO alarms AS a (id, kind, subject, detail)
VALUES (%(id)s, %(kind)s, %(subject)s, %(detail)s)
ON CONFLICT (kind, subject) WHERE cleared_at IS NULL DO UPDATE
SET last_seen_at = now(),
    count = a.count + 1,
    detail = EXCLUDED.detail
RETURNING a.id, a.count
