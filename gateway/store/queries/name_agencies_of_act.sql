-- Whom an act touches, for the trail: whose turns, messages and connections its frozen list names.
INSERT INTO trail_agencies (agency, id)
SELECT DISTINCT w.agency, i.act_id
FROM operator_act_items i
LEFT JOIN transfers t ON t.id = i.transfer_id
LEFT JOIN hops h ON h.transfer_id = i.transfer_id AND h.step = i.step AND h.round = i.round
LEFT JOIN deliveries d ON d.id = i.delivery_id
LEFT JOIN inbox m ON m.id = i.inbox_id
CROSS JOIN LATERAL (
    VALUES (i.agency), (d.agency), (m.agency), (coalesce(h.agency, t.originator)), (%(other)s::text)
) AS w (agency)
WHERE i.act_id = %(act)s
  AND w.agency IS NOT NULL
