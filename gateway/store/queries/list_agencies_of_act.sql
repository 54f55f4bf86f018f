-- Whom the items of an act concern, as find_item_beyond_reach decides it; NULL where one concerns nobody in particular.
SELECT DISTINCT CASE
    WHEN i.inbox_id IS NOT NULL THEN m.agency
    WHEN i.delivery_id IS NOT NULL AND %(of_messages)s::boolean THEN d.agency
    WHEN i.transfer_id IS NULL THEN i.agency
    WHEN i.step IS NULL THEN t.originator
    WHEN h.transfer_id IS NOT NULL THEN coalesce(h.agency, t.originator)
END AS agency
FROM operator_act_items i
LEFT JOIN transfers t ON t.id = i.transfer_id
LEFT JOIN hops h ON h.transfer_id = i.transfer_id AND h.step = i.step AND h.round = i.round
LEFT JOIN deliveries d ON d.id = i.delivery_id
LEFT JOIN inbox m ON m.id = i.inbox_id
WHERE i.act_id = %(act)s
