-- One declaration of an agency at a time: what it has in use is summed and added to under this lock.
SELECT pg_advisory_xact_lock(hashtextextended('document quota ' || %(agency)s, 0))
