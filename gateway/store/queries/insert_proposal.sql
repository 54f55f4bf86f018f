INSERT INTO proposals (id, kind, subject, agencies, reason, proposed_by, proposed_at, expires_at)
VALUES (%(id)s, %(kind)s, %(subject)s, %(agencies)s, %(reason)s, %(person)s, clock_timestamp(), clock_timestamp() + %(good_for)s)
ON CONFLICT (kind, subject) WHERE state = 'open' DO NOTHING
