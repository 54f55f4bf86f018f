-- The next items of an act; the lease is prolonged, and lost if somebody else has it or it was stopped.
WITH held AS (
    UPDATE operator_acts
    SET leased_until = clock_timestamp() + %(lease)s * interval '1 second'
    WHERE id = %(act)s
      AND lease_no = %(lease_no)s
      AND state = 'running'
    RETURNING id
)
SELECT i.no, i.transfer_id, i.step, i.round, i.delivery_id, i.inbox_id, i.agency
FROM operator_act_items i
JOIN held ON held.id = i.act_id
WHERE i.outcome IS NULL
ORDER BY i.no
LIMIT %(limit)s
