-- What an act on it is about, in the order of the lists.
SELECT w.transfer_id, w.step, w.round, w.delivery_id, w.inbox_id,
    CASE WHEN coalesce(w.transfer_id, w.delivery_id, w.inbox_id) IS NULL THEN w.agency END AS agency,
    w.key_at, w.key_id, w.key_step, w.key_round
FROM wanted w
ORDER BY w.key_at, w.key_id, w.key_step, w.key_round
LIMIT %(limit)s
