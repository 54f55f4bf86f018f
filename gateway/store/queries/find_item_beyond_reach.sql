-- An item of a list that touches the turn, message or connection of none of these agencies, or that there is not.
-- Whom it touches is decided as carrying it out does (gateway/operations/deeds.py): acts on messages touch those,
-- all others the turn, or without one the whole transfer, which is its originator's.
SELECT i.no
FROM operator_act_items i
LEFT JOIN transfers t ON t.id = i.transfer_id
LEFT JOIN hops h ON h.transfer_id = i.transfer_id AND h.step = i.step AND h.round = i.round
LEFT JOIN deliveries d ON d.id = i.delivery_id
LEFT JOIN inbox m ON m.id = i.inbox_id
WHERE i.act_id = %(act)s
  AND (CASE
      WHEN i.inbox_id IS NOT NULL THEN m.agency
      WHEN i.delivery_id IS NOT NULL AND %(of_messages)s::boolean THEN d.agency
      WHEN i.transfer_id IS NULL THEN i.agency
      WHEN i.step IS NULL THEN t.originator
      WHEN h.transfer_id IS NOT NULL THEN coalesce(h.agency, t.originator)
  END = ANY(%(reach)s::text[])) IS NOT TRUE
LIMIT 1
