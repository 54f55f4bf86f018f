-- Whole transfers whose deadline no calendar reaches (transfers_without_deadline); they have no step.
SELECT t.submitted_at AS since, NULL::timestamptz AS due_at, t.id AS transfer_id, NULL::text AS step, NULL::integer AS round,
    t.originator AS agency, t.originator AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, 'overall' AS failure, 'overall' AS detail,
    NULL::timestamptz AS key_at, t.id AS key_id, '' AS key_step, 0 AS key_round
FROM transfers t
WHERE t.state = 'open'
  AND t.deadline_at IS NULL
  AND t.id >= %(id)s::uuid
  AND (t.id, '', 0) > (%(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND t.document #>> '{clock,calendar_missing}' IS NOT NULL
  AND NOT t.archived
