-- Letters that were issued, newest first.
SELECT l.id, l.transfer_id, l.issuer, l.code, l.seq, l.issued_at, l.issued_by, l.due_at, l.new_date, l.cause, l.party, l.step,
    l.round, l.agency, l.form, l.digest
FROM letters l
WHERE l.id < %(before)s
ORDER BY l.id DESC
LIMIT %(limit)s
