-- Hops whose turn has come and that no agency could be named for (hops_waiting).
SELECT (h.document ->> 'last_event_at')::timestamptz AS since, h.transfer_id, h.step, h.round, h.agency, t.issuer, t.code,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, h.document #>> '{failure,kind}' AS detail,
    NULL::timestamptz AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
JOIN transfers t ON t.id = h.transfer_id AND t.state = 'open' AND NOT t.archived
WHERE h.waits_for = 'agency'
  AND (h.transfer_id, h.step, h.round) > (%(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND (%(agency)s::text IS NULL OR h.agency = %(agency)s)
  AND (%(transfer)s::uuid IS NULL OR h.transfer_id = %(transfer)s)
ORDER BY h.transfer_id, h.step, h.round
LIMIT %(limit)s
