-- Deadlines that the calendar is not known for: of hops (hops_waiting), and of whole transfers
-- (transfers_without_deadline; they have no step).
SELECT *
FROM (
    (
        SELECT (h.document ->> 'last_event_at')::timestamptz AS since, h.transfer_id, h.step, h.round, h.agency, t.issuer, t.code,
            NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, h.state AS detail,
            NULL::timestamptz AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
        FROM hops h
        JOIN transfers t ON t.id = h.transfer_id AND t.state = 'open' AND NOT t.archived
        WHERE h.waits_for = 'calendar'
          AND (h.transfer_id, h.step, h.round) > (%(id)s::uuid, %(step)s::text, %(round)s::integer)
          AND (%(agency)s::text IS NULL OR h.agency = %(agency)s)
          AND (%(transfer)s::uuid IS NULL OR h.transfer_id = %(transfer)s)
        ORDER BY h.transfer_id, h.step, h.round
        LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT t.submitted_at, t.id, NULL, NULL, t.originator, t.issuer, t.code, NULL, NULL, 'overall', NULL, t.id, '', 0
        FROM transfers t
        WHERE t.state = 'open'
          AND t.deadline_at IS NULL
          AND t.id >= %(id)s::uuid
          AND (t.id, '', 0) > (%(id)s::uuid, %(step)s::text, %(round)s::integer)
          AND t.document #>> '{clock,calendar_missing}' IS NOT NULL
          AND NOT t.archived
          AND (%(agency)s::text IS NULL OR t.originator = %(agency)s)
          AND (%(transfer)s::uuid IS NULL OR t.id = %(transfer)s)
        ORDER BY t.id
        LIMIT %(limit)s
    )
) missing
ORDER BY key_id, key_step, key_round
LIMIT %(limit)s
