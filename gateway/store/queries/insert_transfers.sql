INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version, submitted_at, ended_at,
    deadline_at, next_timer_at, itinerary_no, document, seq, head_hash)
SELECT x.id, x.issuer, x.code, x.originator, x.state, x.procedure, x.procedure_version, x.submitted_at, x.ended_at,
    x.deadline_at, x.next_timer_at, x.itinerary_no, x.document, x.seq, x.head_hash
FROM json_to_recordset(%s::json) AS x(id uuid, issuer text, code text, originator text, state text, procedure text,
    procedure_version text, submitted_at timestamptz, ended_at timestamptz, deadline_at timestamptz,
    next_timer_at timestamptz, itinerary_no integer, document json, seq integer, head_hash bytea)
