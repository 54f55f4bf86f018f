-- The frozen list of an act, and what came of each; with the dossier, and whose turn it was.
SELECT i.no, i.transfer_id, i.step, i.round, i.delivery_id, i.inbox_id, i.agency, i.outcome, i.detail, i.ended_at,
    t.code, coalesce(i.agency, d.agency, m.agency, h.agency, t.originator) AS whose, t.procedure, t.procedure_version
FROM operator_act_items i
LEFT JOIN transfers t ON t.id = i.transfer_id
LEFT JOIN hops h ON h.transfer_id = i.transfer_id AND h.step = i.step AND h.round = i.round
LEFT JOIN deliveries d ON d.id = i.delivery_id
LEFT JOIN inbox m ON m.id = i.inbox_id
WHERE i.act_id = %(act)s
  AND i.no > %(after)s
  AND (%(outcome)s::text IS NULL OR coalesce(i.outcome, 'open') = %(outcome)s)
ORDER BY i.no
LIMIT %(limit)s
