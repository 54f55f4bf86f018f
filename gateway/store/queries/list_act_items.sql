SELECT i.no, i.transfer_id, i.step, i.round, i.delivery_id, i.inbox_id, i.agency, i.outcome, i.detail, i.ended_at
FROM operator_act_items i
WHERE i.act_id = %(act)s
  AND i.no > %(after)s
ORDER BY i.no
LIMIT %(limit)s
