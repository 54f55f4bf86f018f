-- Dossiers that will not make it and whose last chance of a letter (a day before the promised date) comes
-- within a working day: the date has not moved, nothing was issued (transfers_deadlines).
-- Will not make it: a turn has passed a limit, ends after the promised date, waits for a person, or was late
-- while others are still to come (what it overran is missing to them).
SELECT t.deadline_at AS since, t.deadline_at AS due_at, t.id AS transfer_id, NULL::text AS step, NULL::integer AS round,
    t.originator AS agency, t.originator AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, t.procedure AS failure, 'overall' AS detail,
    t.deadline_at AS key_at, t.id AS key_id, '' AS key_step, 0 AS key_round
FROM transfers t
WHERE t.state = 'open'
  AND t.deadline_at BETWEEN %(letter_from)s AND %(letter_until)s
  AND (t.deadline_at, t.id) >= (%(at)s::timestamptz, %(id)s::uuid)
  AND (t.deadline_at, t.id, '', 0) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND NOT t.archived
  AND t.document #>> '{clock,extensions}' IS NULL
  AND NOT EXISTS (SELECT FROM letters l WHERE l.issuer = t.issuer AND l.code = t.code)
  AND EXISTS (
      SELECT FROM hops h
      WHERE h.transfer_id = t.id
        AND (
            (h.superseded_by IS NULL
                AND (h.next_limit_at < %(now)s
                    OR h.waits_for IS NOT NULL
                    OR (h.state IN ('dispatching', 'delivered', 'received') AND h.deadline_at > t.deadline_at)))
            OR (h.next_limit_at IS NULL
                AND h.document #>> '{clock,breached}' LIKE '%%"deadline"%%'
                AND EXISTS (SELECT FROM hops n WHERE n.transfer_id = t.id AND n.state = 'planned' AND n.superseded_by IS NULL))
        )
  )
