-- A transfer whose timer our own code could not handle is looked at again later; others go on.
UPDATE transfers t
SET next_timer_at = x.until
FROM json_to_recordset(%s::json) AS x(id uuid, until timestamptz)
WHERE t.id = x.id
