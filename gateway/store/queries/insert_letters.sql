-- With the act that moves the promised date. A second letter for a dossier cannot get here: the transfer's
-- row is locked, and whatever went before moved its ledger on.
INSERT INTO letters (id, issuer, code, transfer_id, seq, issued_at, issued_by, due_at, new_date, cause, party, step, round, agency,
    form, digest, document)
SELECT x.id, x.issuer, x.code, x.transfer_id, x.seq, x.issued_at, x.issued_by, x.due_at, x.new_date, x.cause, x.party, x.step,
    x.round, x.agency, x.form, x.digest, x.document
FROM json_to_recordset(%s::json) AS x(id uuid, issuer text, code text, transfer_id uuid, seq integer, issued_at timestamptz,
    issued_by text, due_at timestamptz, new_date timestamptz, cause text, party text, step text, round integer, agency text,
    form text, digest bytea, document json)
