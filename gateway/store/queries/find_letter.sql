-- The one letter of a dossier.
SELECT l.id, l.transfer_id, l.issuer, l.code, l.seq, l.issued_at, l.issued_by, l.due_at, l.new_date, l.cause, l.party, l.step,
    l.round, l.agency, l.form, l.digest, l.document
FROM letters l
WHERE l.issuer = %(issuer)s
  AND l.code = %(code)s
