SELECT id, agency, step, round, event, code, said_by, claimed_at, recorded_at
FROM partner_remarks
WHERE transfer_id = %s
ORDER BY id
LIMIT 1000
