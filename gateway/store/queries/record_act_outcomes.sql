UPDATE operator_act_items i
SET outcome = x.outcome,
    detail = x.detail,
    ended_at = clock_timestamp()
FROM json_to_recordset(%s::json) AS x(act_id uuid, no integer, outcome text, detail text)
WHERE i.act_id = x.act_id
  AND i.no = x.no
  AND i.outcome IS NULL
