-- Statutory totals that run over days on which calendar versions differ (transfers_deadlines).
SELECT t.deadline_at, t.id, '', 0, t.originator, t.issuer, t.code, t.document -> 'clock'
FROM transfers t
WHERE t.state = 'open'
  AND t.deadline_at IS NOT NULL
  AND t.deadline_at >= %(since)s
  AND (t.deadline_at, t.id, '', 0)
      > (coalesce(%(at)s::timestamptz, '-infinity'), %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND (t.document #>> '{clock,arrived_at}')::timestamptz < %(until)s
  AND (%(agencies)s::text[] IS NULL OR t.originator = ANY (%(agencies)s))
  AND (%(transfers)s::uuid[] IS NULL OR t.id = ANY (%(transfers)s))
ORDER BY t.deadline_at, t.id
LIMIT %(limit)s
