UPDATE expected_acts a
SET verdict = x.verdict,
    found_at = x.found_at
FROM json_to_recordset(%(rows)s::json) AS x(no integer, verdict text, found_at timestamptz)
WHERE a.examination_id = %(id)s
  AND a.no = x.no
