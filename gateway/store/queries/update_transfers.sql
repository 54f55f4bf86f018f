UPDATE transfers t
SET state = x.state,
    originator = x.originator,
    ended_at = x.ended_at,
    deadline_at = x.deadline_at,
    next_timer_at = x.next_timer_at,
    itinerary_no = x.itinerary_no,
    document = x.document,
    archived = x.archived,
    seq = x.seq,
    head_hash = x.head_hash
FROM json_to_recordset(%s::json) AS x(id uuid, state text, originator text, ended_at timestamptz, deadline_at timestamptz,
    next_timer_at timestamptz, itinerary_no integer, document json, archived boolean, seq integer, head_hash bytea)
WHERE t.id = x.id
