SELECT w.since, w.due_at, w.transfer_id, w.step, w.round, w.agency, w.issuer, w.code, w.procedure, w.delivery_id, w.inbox_id,
    w.failure, w.detail,
    (SELECT a.person FROM assignments a WHERE a.subject = coalesce(w.transfer_id, w.delivery_id, w.inbox_id)) AS person,
    (SELECT v.procedure_version FROM transfers v WHERE v.id = w.transfer_id) AS version,
    (SELECT count(*) FROM notes n WHERE n.subject = coalesce(w.transfer_id, w.delivery_id, w.inbox_id)) AS notes,
    w.key_at, w.key_id, w.key_step, w.key_round
FROM wanted w
ORDER BY w.key_at, w.key_id, w.key_step, w.key_round
LIMIT %(limit)s
