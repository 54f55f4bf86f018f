-- The list of a bulk act, frozen: what it says now is what is acted on, whatever changes meanwhile.
INSERT INTO operator_act_items (act_id, no, transfer_id, step, round, delivery_id, inbox_id, agency)
SELECT %s, x.no, x.transfer_id, x.step, x.round, x.delivery_id, x.inbox_id, x.agency
FROM json_to_recordset(%s::json) AS x(no integer, transfer_id uuid, step text, round integer, delivery_id uuid, inbox_id uuid,
    agency text)
