-- Whole transfers past the date promised to the citizen (transfers_deadlines); they have no step.
SELECT t.deadline_at AS since, t.deadline_at AS due_at, t.id AS transfer_id, NULL::text AS step, NULL::integer AS round,
    t.originator AS agency, t.originator AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, 'overall' AS failure, 'overall' AS detail,
    t.deadline_at AS key_at, t.id AS key_id, '' AS key_step, 0 AS key_round
FROM transfers t
WHERE t.state = 'open'
  AND t.deadline_at < %(now)s
  AND (t.deadline_at, t.id) >= (%(at)s::timestamptz, %(id)s::uuid)
  AND (t.deadline_at, t.id, '', 0) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND NOT t.archived
