UPDATE proposals
SET state = %(state)s, decided_by = %(person)s, decided_at = clock_timestamp(), decision = %(reason)s
WHERE id = %(id)s
