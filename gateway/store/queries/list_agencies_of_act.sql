-- Whom the items of an act touch; NULL where one touches nobody, or its parts do not belong together.
-- Whom it is decides carrying it out (gateway/operations/deeds.py): acts on messages touch those, all others the turn,
-- or without one the whole transfer, which is its originator's. An item that names somebody's own message beside
-- another's transfer must not pass for the one and be done to the other.
SELECT DISTINCT CASE
    WHEN i.inbox_id IS NOT NULL AND i.delivery_id IS NOT NULL THEN NULL
    WHEN i.transfer_id IS NOT NULL AND i.delivery_id IS NOT NULL AND d.transfer_id IS DISTINCT FROM i.transfer_id
        THEN NULL
    WHEN i.transfer_id IS NOT NULL AND i.inbox_id IS NOT NULL AND m.transfer_id IS DISTINCT FROM i.transfer_id
        THEN NULL
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
