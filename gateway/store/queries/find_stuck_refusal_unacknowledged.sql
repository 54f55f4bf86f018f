-- Refusals that the sender has not taken note of (hops_waiting).
SELECT (h.document ->> 'last_event_at')::timestamptz AS since, t.deadline_at AS due_at, h.transfer_id, h.step, h.round,
    h.agency, coalesce(h.agency, t.originator) AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, h.document #>> '{refusal,reason}' AS failure,
    h.document #>> '{refusal,reason}' AS detail,
    NULL::timestamptz AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
JOIN transfers t ON t.id = h.transfer_id AND t.state = 'open' AND NOT t.archived
WHERE h.waits_for = 'acknowledgement'
  AND (h.transfer_id, h.step, h.round) > (%(id)s::uuid, %(step)s::text, %(round)s::integer)
