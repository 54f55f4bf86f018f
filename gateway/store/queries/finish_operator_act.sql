-- An act is done when every item has its outcome.
UPDATE operator_acts a
SET state = 'done',
    leased_until = NULL,
    finished_at = clock_timestamp()
WHERE a.id = %(act)s
  AND a.lease_no = %(lease_no)s
  AND a.state = 'running'
  AND NOT EXISTS (SELECT FROM operator_act_items i WHERE i.act_id = a.id AND i.outcome IS NULL)
