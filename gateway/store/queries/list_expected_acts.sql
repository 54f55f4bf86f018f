SELECT x.no, x.transfer_id, x.rule, x.act, x.step, x.reason, x.threshold, x.legal_at, x.verdict, x.found_at
FROM expected_acts x
WHERE x.examination_id = %s
ORDER BY x.no
