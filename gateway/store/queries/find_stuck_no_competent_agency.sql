-- Hops whose turn has come and that no agency could be named for (hops_waiting). Until it has an agency,
-- it is within the reach of whoever answers for its originator.
SELECT (h.document ->> 'last_event_at')::timestamptz AS since, t.deadline_at AS due_at, h.transfer_id, h.step, h.round,
    h.agency, coalesce(h.agency, t.originator) AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, h.document #>> '{failure,kind}' AS failure,
    h.document #>> '{failure,kind}' AS detail,
    NULL::timestamptz AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
JOIN transfers t ON t.id = h.transfer_id AND t.state = 'open' AND NOT t.archived
WHERE h.waits_for = 'agency'
  AND (h.transfer_id, h.step, h.round) > (%(id)s::uuid, %(step)s::text, %(round)s::integer)
