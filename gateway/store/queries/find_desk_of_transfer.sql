-- What people keep beside a transfer: who works on it, how many notes and documents there are, the dossier's letter.
SELECT a.person, a.assigned_by, a.assigned_at,
    (SELECT count(*) FROM notes n WHERE n.subject = x.transfer_id),
    (SELECT count(*) FROM document_references r WHERE r.transfer_id = x.transfer_id),
    l.transfer_id, l.issued_at, l.issued_by, l.new_date
FROM (VALUES (%(transfer)s::uuid, %(issuer)s::text, %(code)s::text)) AS x(transfer_id, issuer, code)
LEFT JOIN assignments a ON a.subject = x.transfer_id
LEFT JOIN letters l ON l.issuer = x.issuer AND l.code = x.code
