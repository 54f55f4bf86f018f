-- Open transfers that agencies have a part in, a page at a time: as originator, as whose turn it is, as
-- who finished a step before (its successor answers for that), as who a person named for a later turn.
SELECT t.id, t.issuer, t.code, t.originator, t.procedure, t.procedure_version,
    (t.document ->> 'received_at')::timestamptz, t.document -> 'places', coalesce(p.parts, '[]'::json)
FROM transfers t
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(h.step, h.round, h.state, h.agency) ORDER BY h.no) AS parts
    FROM hops h
    WHERE h.transfer_id = t.id
      AND h.superseded_by IS NULL
      AND (h.agency = ANY (%(agencies)s::text[])
          OR h.document #>> '{heirs,-1,0}' = ANY (%(agencies)s::text[]))
      AND (h.state IN ('dispatching', 'delivered', 'received', 'paused')
          OR h.state = 'planned' AND h.document ->> 'chosen' IS NOT NULL
          OR h.state = 'completed' AND h.step <> 'origin'
              AND coalesce(h.document #>> '{heirs,-1,0}', h.agency) = ANY (%(agencies)s::text[]))
) p
WHERE t.state = 'open'
  AND t.id > %(after)s
  AND (p.parts IS NOT NULL OR t.originator = ANY (%(agencies)s::text[]))
ORDER BY t.id
LIMIT %(limit)s
