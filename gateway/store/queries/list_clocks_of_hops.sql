-- Clocks of hops that run over days on which calendar versions differ: arrived before the end of
-- the last such day, due on or after the first. Read in the order of hops_limits.
SELECT h.next_limit_at, h.transfer_id, h.step, h.round, h.agency, t.issuer, t.code, h.document -> 'clock'
FROM hops h
JOIN transfers t ON t.id = h.transfer_id AND t.state = 'open'
WHERE h.next_limit_at IS NOT NULL
  AND (h.next_limit_at, h.transfer_id, h.step, h.round)
      > (coalesce(%(at)s::timestamptz, '-infinity'), %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND h.superseded_by IS NULL
  AND h.deadline_at >= %(since)s
  AND (h.document #>> '{clock,arrived_at}')::timestamptz < %(until)s
  AND (%(agencies)s::text[] IS NULL OR h.agency = ANY (%(agencies)s))
  AND (%(transfers)s::uuid[] IS NULL OR h.transfer_id = ANY (%(transfers)s))
ORDER BY h.next_limit_at, h.transfer_id, h.step, h.round
LIMIT %(limit)s
